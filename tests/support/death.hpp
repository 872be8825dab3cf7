#pragma once

#include <charconv>
#include <csignal>
#include <string_view>
#include <unistd.h>

namespace usher::test {

/// When a program ends itself the hard way, as kill -9 does: before or after its n-th commit from 1
/// on. The thread that commits.
class Death {
  public:
    /// `before:N` or `after:N`; false: not understood.
    bool obey(std::string_view text)
    {
        is_before_ = text.starts_with("before:");
        if (!is_before_ && !text.starts_with("after:"))
            return false;
        text.remove_prefix(text.find(':') + 1);
        const char* const end = text.data() + text.size();
        const auto [read, error] = std::from_chars(text.data(), end, at_);
        return error == std::errc() && read == end && at_ > 0;
    }

    template <class Commit>
    void around(const Commit& commit)
    {
        ++commits_;
        come(true);
        commit();
        come(false);
    }

  private:
    void come(bool before) const
    {
        if (commits_ == at_ && before == is_before_)
            ::kill(::getpid(), SIGKILL);
    }

    bool is_before_ = false;
    unsigned at_ = 0; ///< 0: never.
    unsigned commits_ = 0;
};

} // namespace usher::test
