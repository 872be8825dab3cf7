#pragma once

#include <exception>
#include <string>
#include <utility>

namespace usher::trust {

/// Why the daemon cannot start or go on as it was told to: a sentence for the operator and a hint,
/// lower case and without a full stop. Thrown where an operator must act, caught once in `main`.
class Fault : public std::exception {
  public:
    Fault(std::string sentence, std::string hint)
        : sentence_(std::move(sentence)), hint_(std::move(hint))
    {}
    const char* what() const noexcept override { return sentence_.c_str(); }
    const std::string& hint() const { return hint_; }

  private:
    std::string sentence_;
    std::string hint_;
};

} // namespace usher::trust
