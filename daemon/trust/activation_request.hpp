#pragma once

#include "daemon/trust/activation_code.hpp"
#include "daemon/trust/license_file.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace usher::trust {

class Node;

/// A host asks for a license with its activation code. Signed by the node, and by the code's key
/// over what the node says: so it shows that the asker has the code without telling it, and no
/// other host can use it. Any thread.
struct ActivationRequest {
    std::string license;
    std::string host;   ///< A name for people.
    NodeLockTerms lock; ///< The host, as its node text tells it; `need` is the issuer's to say.
    Nonce nonce{};
    Instant made{};
    PublicKey code{}; ///< Public half of the code's key.

    friend bool operator==(const ActivationRequest&, const ActivationRequest&) = default;
};

/// Both signatures hold. Who may use that code is the issuer's to say.
[[nodiscard]] std::variant<ActivationRequest, DocumentError>
open_activation_request(std::string_view text);

/// What may be asked for: `license` is the code's, `lock` the node's. Throws std::invalid_argument
/// for what the parser would refuse, Fault where the host shows too few identifiers.
[[nodiscard]] std::string make_activation_request(const ActivationCode& code, const Node& node,
                                                  const std::string& kind, const std::string& host,
                                                  const Nonce& nonce, Instant made);

} // namespace usher::trust
