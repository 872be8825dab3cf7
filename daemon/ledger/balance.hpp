#pragma once

#include "daemon/ledger/state.hpp"

/// How a root that has less than it has given away gets it back.
namespace usher::ledger {

/// The facts that bring the pools under `root` to what is there once the root's own stock is
/// `stock` and it is `unlimited` or not: `rebalance` in the model.
///
/// What nobody holds is taken first, from all pools by as much of it as they have (U-Q2), then from
/// the newest pools on (U-Q3). So whoever is not locked stays so where enough is left for all that
/// is held (U-R9, I4); that goes for those who hold something of a root that lends, too.
/// O(pools under the root), and nothing where the root has enough.
void rebalance(const PoolRecord& root, Units stock, bool unlimited, std::vector<Fact>& facts);

/// How many units would be missing under `root` for all that is held there if it were limited and
/// `units` of it went; 0: none. Closed pools hold nothing that counts.
[[nodiscard]] Units shortage_without(const PoolRecord& root, Units units);

} // namespace usher::ledger
