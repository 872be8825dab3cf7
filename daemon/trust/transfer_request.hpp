#pragma once

#include "daemon/trust/activation.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace usher::trust {

class Node;

/// The host on which a license is active asks for a ticket: the same license for another host, in
/// exchange for the activation that it names. Signed by the source; the target's text is signed by
/// the target. Any thread.
struct TransferRequest {
    std::string license;
    ActivationMark source; ///< Who signed, and the number of its activation.
    std::string host;      ///< The target's name for people.
    std::string target;    ///< The target's node text, one line without white space around it.
    NodeLockTerms lock;    ///< What is in it, with the kind that is asked for.
    Nonce nonce{};
    Instant made{};

    friend bool operator==(const TransferRequest&, const TransferRequest&) = default;
};

/// Refuses a target that is the source.
[[nodiscard]] std::variant<TransferRequest, DocumentError>
open_transfer_request(std::string_view text);

/// `source.node` and what is in `lock` but its kind are read from `node` and `target`. Throws
/// std::invalid_argument for what the parser would refuse, and says which field.
[[nodiscard]] std::string sign_transfer_request(const TransferRequest& request, const Node& node);

} // namespace usher::trust
