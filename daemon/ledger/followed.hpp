#pragma once

#include "daemon/ledger/state.hpp"

#include <span>

/// Whether what another server says has happened can have happened to this state.
namespace usher::ledger {

/// Why the facts, one after another, cannot follow from this state, so that to apply them would be
/// a broken promise; none: they can. DOCUMENT_INVALID names the first that cannot; NAME_TAKEN a
/// credential that would take the name or the secret of one of our own; LIMIT_REACHED.
///
/// The whole is judged before any of it is applied: what the facts before one have changed is kept
/// beside the state, by as much as they name. O(facts), whatever is held.
[[nodiscard]] std::optional<Refusal> why_impossible(const State& state,
                                                    std::span<const Fact> facts);

} // namespace usher::ledger
