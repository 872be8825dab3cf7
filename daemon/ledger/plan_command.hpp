#pragma once

#include "daemon/ledger/install_command.hpp"
#include "daemon/ledger/pool_command.hpp"

#include <optional>
#include <variant>

/// What would happen: asked before it is done.
namespace usher::ledger {

/// What is asked by a plan; `monostate`: nothing but that time passes.
using Plannable = std::variant<std::monostate, Install, Remove, OpenPool, Allocate, ClosePool,
                               AddParty, Rebind, SetSource, RemoveParty, Resize>;

/// Answered with a `Forecast`, and changes nothing. The rules that answer are those of the
/// command itself, on a copy of what it concerns.
struct Plan {
    Plannable what;
    std::optional<CalendarInstant> at; ///< When it is done; none, or before now: now.
};

} // namespace usher::ledger
