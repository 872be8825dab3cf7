#pragma once

#include "daemon/trust/activation.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace usher::trust {

class Node;

/// A host has ended an activation for ever, and says for whom: the issuer, or the one ticket that
/// follows. An activation has one receipt at most. Any thread.
struct Receipt {
    std::string license;
    ActivationMark ended; ///< Who signed, and the number of its activation.
    Instant made{};
    std::optional<ActivationMark> to; ///< The ticket, of a higher number; none: the issuer.

    friend bool operator==(const Receipt&, const Receipt&) = default;
};

[[nodiscard]] std::variant<Receipt, DocumentError> open_receipt(std::string_view text);

/// `ended.node` is `node`'s. Throws std::invalid_argument for what the parser would refuse.
[[nodiscard]] std::string sign_receipt(const Receipt& receipt, const Node& node);

/// Whether `receipt` is the one that makes `ticket` worth something: of the activation that the
/// ticket follows, and to that very ticket.
[[nodiscard]] bool redeems(const Receipt& receipt, const Activation& ticket);

} // namespace usher::trust
