#pragma once

#include "daemon/ledger/answer.hpp"
#include "daemon/ledger/state.hpp"

/// What a plan says of its copy.
namespace usher::ledger {

/// Says in `forecast` which pools stand otherwise `after` than `before`, which of them would lock,
/// and what would cure those. Pools are the same by their numbers, which a copy keeps: another one
/// of an old name is another one.
/// `on_paper`: those that cover requirements, too, because what they cover was copied.
void compare(const State& before, const State& after, bool on_paper, Forecast& forecast);

} // namespace usher::ledger
