#pragma once

#include "protocol/common.pb.h"

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace usher::tools {

/// A server's no; caught once, in `main`.
class Refused : public std::exception {
  public:
    explicit Refused(v1::Refused refused) : refused_(std::move(refused)) {}
    [[nodiscard]] const char* what() const noexcept override { return refused_.text().c_str(); }
    [[nodiscard]] const v1::Refused& refused() const { return refused_; }

  private:
    v1::Refused refused_;
};

/// What keeps a command from being obeyed; caught once, in `main`.
class Fault : public std::exception {
  public:
    enum class Kind : int {
        failed = 1, ///< Something between here and there did not work.
        usage = 2,  ///< What was typed is not understood.
    };

    /// Lower case, without a full stop; so are the hints.
    Fault(std::string sentence, std::vector<std::string> hints, Kind kind = Kind::failed)
        : sentence_(std::move(sentence)), hints_(std::move(hints)), kind_(kind)
    {}

    [[nodiscard]] const char* what() const noexcept override { return sentence_.c_str(); }
    [[nodiscard]] const std::vector<std::string>& hints() const { return hints_; }
    [[nodiscard]] Kind kind() const { return kind_; }
    [[nodiscard]] int exit_code() const { return static_cast<int>(kind_); }

  private:
    std::string sentence_;
    std::vector<std::string> hints_;
    Kind kind_;
};

} // namespace usher::tools
