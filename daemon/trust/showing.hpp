#pragma once

#include "daemon/trust/receipt.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace usher::trust {

class Node;

/// A host shows itself to the issuer with the activation that it has. Any thread.
struct Showing {
    std::string license;
    ActivationMark active; ///< Who signed, and the number of its activation.
    Nonce nonce{};
    Instant made{};
    Instant started{}; ///< When its daemon began to run; by the same clock, and not after `made`.
    std::string receipt_text; ///< By which a ticket became this activation; empty: it was none.
    std::optional<Receipt> receipt; ///< What is in it: to this very node and number.

    friend bool operator==(const Showing&, const Showing&) = default;
};

[[nodiscard]] std::variant<Showing, DocumentError> open_showing(std::string_view text);

/// `active.node` and `receipt` are read from `node` and `receipt_text`. Throws
/// std::invalid_argument for what the parser would refuse.
[[nodiscard]] std::string sign_showing(const Showing& showing, const Node& node);

/// What the issuer says to a showing or a receipt: whether that activation is the active one.
struct IssuerAnswer {
    std::string vendor; ///< Who speaks. It counts for licenses of this vendor only.
    std::string license;
    std::uint64_t number = 0;
    Nonce nonce{}; ///< Of the showing, or `nonce_of` the receipt.
    bool active = false;
    Instant made{};

    friend bool operator==(const IssuerAnswer&, const IssuerAnswer&) = default;
};

/// If one of `trusted` signed it in its own name.
[[nodiscard]] std::variant<IssuerAnswer, DocumentError>
open_issuer_answer(std::string_view text, const std::vector<VendorKey>& trusted);

/// The same without judging who signed: to inspect it.
[[nodiscard]] std::variant<IssuerAnswer, DocumentError>
read_issuer_answer_unverified(std::string_view text);

/// Throws std::invalid_argument for what the parser would refuse.
[[nodiscard]] std::string sign_issuer_answer(const IssuerAnswer& answer, const SigningKey& key);

/// A receipt is itself the question: the first 16 bytes of the SHA-256 over its line without white
/// space around it.
[[nodiscard]] Nonce nonce_of(std::string_view receipt_text);

} // namespace usher::trust
