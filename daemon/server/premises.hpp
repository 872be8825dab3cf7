#pragma once

#include "daemon/ledger/refusal.hpp"
#include "daemon/trust/license_file.hpp"
#include "daemon/trust/node.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace usher::server {

class Authority;
class Clock;

/// One identifier of this host, as operators are shown it: never its value.
struct IdentifierSeen {
    std::string name;
    bool found = false;
    bool matches = false; ///< Agrees with every license that named it when the daemon started.
};

/// Answers a document that was carried here, on the thread of the session; the answer may wait for
/// a disk, so a house with an answerer has one hall.
using Answerer =
    std::function<std::variant<std::string, ledger::Refusal>(const std::string& document)>;

/// What sessions need to know of the house that they are in. Immutable: a re-read configuration is
/// a new one, and every session takes the newest at its next request. Any thread.
struct Premises {
    std::string server;                      ///< `usherd 1.0.0`
    std::string uri;                         ///< `usher://host:port/?ca=sha256:…`
    bool anonymous = false;                  ///< Whether applications may come with nothing.
    std::vector<trust::VendorKey> vendors;   ///< Whose licenses may be installed.
    std::shared_ptr<const trust::Node> node; ///< None: an issuer's house, which proves nothing.
    const Clock* clock = nullptr;            ///< For the dates of documents; none: the machine's.
    trust::Instant started{};                ///< Of this run. No document is dated earlier.
    std::string node_id;   ///< How status names this host: 16 hex digits of its key's SHA-256.
    std::string node_text; ///< What a vendor signs for; empty: too few identifiers were found.
    std::vector<IdentifierSeen> identifiers;
    unsigned identifiers_needed = 2; ///< So many must agree with a license's node-lock.
    std::string counter_fault;       ///< Why this host's counter is not reached; empty: it is.
    std::string counter_hint;
    /// The TLS of the next connection, and the CA that signs certificates.
    std::shared_ptr<const Authority> authority;
    Answerer answerer; ///< Of an issuer's house; empty in usherd.
};

} // namespace usher::server
