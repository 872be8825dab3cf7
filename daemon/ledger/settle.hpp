#pragma once

#include "daemon/ledger/ledger.hpp"
#include "daemon/ledger/state.hpp"

/// What follows by itself, whatever caused it.
namespace usher::ledger {

/// See `Ledger::settle`. Only takes items off the lists of what to look at.
[[nodiscard]] std::vector<Fact> settle(State& state, Now now);

/// When silence, or a wait's end, will first have consequences; none: never.
[[nodiscard]] std::optional<SteadyInstant> next_deadline(const State& state);

/// When a license will first begin or end, or a fixed lease end; none: never.
[[nodiscard]] std::optional<CalendarInstant> next_boundary(const State& state);

} // namespace usher::ledger
