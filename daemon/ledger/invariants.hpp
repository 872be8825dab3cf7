#pragma once

#include "daemon/ledger/ledger.hpp"

#include <string>
#include <vector>

namespace usher::ledger {

/// Walks the whole state and says, one sentence each, which invariants of the model do not hold;
/// empty: all do. O(everything held): after every turn in tests and simulation, on demand in
/// production. Needs a settled ledger.
std::vector<std::string> broken_invariants(const Ledger& ledger, Now now);

/// What must hold between two settled states with one command between them (I3, I5).
/// `before` and `after` are pictures; `shrank` says that an owner took units or the calendar did.
std::vector<std::string> broken_steps(const Summary& before, const Summary& after, bool shrank);

} // namespace usher::ledger
