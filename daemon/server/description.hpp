#pragma once

#include "daemon/ledger/command.hpp"
#include "daemon/ledger/refusal.hpp"

#include <string>
#include <variant>

/// Reads what `usher export` writes of a daemon: licenses, pools, parties, profiles, their mapping,
/// named users and policy, as JSON that people may have edited. Nothing in it is a right, and it
/// holds no secret. Any thread.
///
/// Every member must be there and no other may: a misspelled one would otherwise be lost without a
/// word. Only what earlier descriptions have not may be left out: `pool` and `scheme` of a license,
/// which are its number and `server` then, and the lists `pools` and `parties`.
///
/// `{"format": 1,
///   "written": {"by", "at", "host", "node"},                       shown only
///   "policy": {"term": "25s", "grace": "2s"},
///   "licenses": [{"number", "product", "vendor", "metric", "quantity": 10 or "unlimited",
///                 "nodelock": "none", "machine" or "personal", "activated", "users": null or
///                 […], "pool": the root that it feeds, "scheme"}],
///   "pools": [{"name", "root", "owner": null or a company or user}],
///   "parties": [{"name", "kind": "company", "user" or "instance", "source", "company" of a user,
///                "pool" of an instance}],
///   "profiles": [{"name", "pools": [license numbers or pools, in order], "default",
///                 "capacity": null or 4}]}`
namespace usher::server {

/// Gives the command, or DOCUMENT_INVALID with the place of the first mistake:
/// `profiles[2].pools[0]: names no license of this description`.
[[nodiscard]] std::variant<ledger::Import, ledger::Refusal>
open_description(const std::string& text);

} // namespace usher::server
