#pragma once

#include "daemon/ledger/refusal.hpp"
#include "daemon/ledger/types.hpp"
#include "protocol/usher.pb.h"

#include <optional>
#include <string_view>

/// Who may ask what: one table, complete by construction. Pure; any thread.
namespace usher::server {

/// A row of the table.
struct Verb {
    std::string_view word; ///< As people type it: `license install`.
    ledger::Role needs = ledger::Role::admin;
};

/// None: a request that this version does not know.
[[nodiscard]] std::optional<Verb> verb_of(const v1::Request& request);

/// NOT_ALLOWED, naming the role that is needed, or UNSUPPORTED; none: `role` may ask this.
[[nodiscard]] std::optional<ledger::Refusal> objection(const v1::Request& request,
                                                       ledger::Role role);

} // namespace usher::server
