#pragma once

#include "daemon/trust/document.hpp"
#include "daemon/trust/instant.hpp"
#include "daemon/trust/signature.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace usher::trust {

class Node;

/// A server that has moved says where it is now. Who trusted it, because it proved its node key,
/// may follow to the node that it names; everything else is verified there as ever. Any thread.
struct Redirect {
    PublicKey from{}; ///< Who signed.
    PublicKey node{}; ///< The new server's key.
    std::string uri;  ///< `usher://…`
    Instant made{};

    friend bool operator==(const Redirect&, const Redirect&) = default;
};

[[nodiscard]] std::variant<Redirect, DocumentError> open_redirect(std::string_view text);

/// `from` is `node`'s. Throws std::invalid_argument for what the parser would refuse.
[[nodiscard]] std::string sign_redirect(const Redirect& redirect, const Node& node);

} // namespace usher::trust
