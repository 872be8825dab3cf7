#pragma once

#include "daemon/ledger/state.hpp"

/// Pools whose rights are counted on paper, as reconciling sees them.
namespace usher::ledger {

[[nodiscard]] bool is_paper(const PoolRecord& pool);
[[nodiscard]] PaperPool paper_of(const State& state, const PoolRecord& pool);

/// Tells reconciling how the pool stands, where it is its business.
void note_paper(State& state, const PoolRecord& pool);

/// The products of a circle that would be closed if licenses of `product` could be downgraded to
/// `older`, in its order and with its beginning at the end again; empty: none would.
[[nodiscard]] std::vector<ProductName> downgrade_circle(const State& state,
                                                        const EntitlementId& license,
                                                        const ProductId& product,
                                                        const std::set<ProductName>& older);

} // namespace usher::ledger
