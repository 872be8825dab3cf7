#pragma once

#include "daemon/ledger/state.hpp"
#include "daemon/ledger/summary.hpp"

namespace usher::ledger {

/// See `Ledger::facts`.
[[nodiscard]] std::vector<Fact> facts_of(const State& state);

/// Those of them that say what there is to lend, and to whom: licenses, pools and parties, without
/// what is held.
[[nodiscard]] std::vector<Fact> shape_of(const State& state);

/// Those that say what is required, and what covers it.
[[nodiscard]] std::vector<Fact> requirements_of(const State& state);

/// See `Summary`.
[[nodiscard]] Summary summary_of(const State& state, Now now);

} // namespace usher::ledger
