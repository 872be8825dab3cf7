#pragma once

#include "daemon/trust/activation.hpp"
#include "daemon/trust/members.hpp"

#include <string>

/// Members that several documents have. For the files of this folder.
namespace usher::trust {

/// `{node, number}`.
[[nodiscard]] ActivationMark mark_in(Members members);
[[nodiscard]] nlohmann::json object_of(const ActivationMark& mark);

/// An address `usher://…` of up to 1024 bytes. What is at it is for who connects to find out.
[[nodiscard]] std::string address(Members& members, const std::string& name);
/// Empty: null.
[[nodiscard]] std::string address_or_null(Members& members, const std::string& name);

} // namespace usher::trust
