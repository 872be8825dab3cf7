#pragma once

#include <csignal>
#include <initializer_list>
#include <optional>

namespace usher::tools {

/// Takes signals out of the way while it lives: they wait in a descriptor instead of ending the
/// program. What still waits when it goes is dropped, and the signals are as before.
///
/// Only the calling thread's: all others must have blocked them.
class SignalReader {
  public:
    explicit SignalReader(std::initializer_list<int> signals);
    ~SignalReader();
    SignalReader(const SignalReader&) = delete;
    SignalReader& operator=(const SignalReader&) = delete;

    /// Readable while one waits.
    [[nodiscard]] int fd() const { return fd_; }

    struct Caught {
        int number = 0;
        bool is_from_terminal = false; ///< The kernel sent it to every program of the terminal.
    };
    /// The next one; none: none waits.
    [[nodiscard]] std::optional<Caught> next() const;

    /// As they were before this.
    [[nodiscard]] const sigset_t& mask_before() const { return mask_before_; }

  private:
    sigset_t mask_before_{};
    int fd_ = -1;
};

} // namespace usher::tools
