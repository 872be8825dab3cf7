#pragma once

#include "daemon/trust/license_file.hpp"
#include "daemon/trust/node.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace usher::server {

class Authority;

/// What sessions need to know of the house that they are in. Immutable: a re-read configuration is
/// a new one, and every session takes the newest at its next request. Any thread.
struct Premises {
    std::string server;                    ///< `usherd 1.0.0`
    std::string uri;                       ///< `usher://host:port/?ca=sha256:…`
    bool anonymous = false;                ///< Whether applications may come with nothing.
    std::vector<trust::VendorKey> vendors; ///< Whose licenses may be installed.
    std::shared_ptr<const trust::Node> node;
    std::shared_ptr<const Authority> authority; ///< The CA that signs certificates.
};

} // namespace usher::server
