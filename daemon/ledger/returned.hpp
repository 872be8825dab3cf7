#pragma once

#include "daemon/ledger/types.hpp"

#include <cstddef>
#include <vector>

namespace usher::ledger {

/// Ids of leases that their holders gave back lately. A request that was on its way all the time,
/// over a connection that its client has long given up, must not take the seat once more for
/// nobody: a persistent one would be stuck for ever.
///
/// Of this run only, like the connections themselves, and no part of what a snapshot says. Each id
/// takes the pigeonhole that it names, whoever is in it: no allocation and no search, and of ids by
/// chance one that came later pushes it out with a chance of one in 16,384.
class Returned {
  public:
    static constexpr std::size_t holes = 1 << 14;

    void add(const LeaseId& id)
    {
        if (holes_.empty())
            holes_.resize(holes);
        holes_[hole_of(id)] = id;
    }
    [[nodiscard]] bool has(const LeaseId& id) const
    {
        return !holes_.empty() && holes_[hole_of(id)] == id && id != LeaseId{};
    }

  private:
    static std::size_t hole_of(const LeaseId& id)
    {
        return (std::size_t{id.bytes[0]} << 8 | id.bytes[1]) % holes;
    }

    std::vector<LeaseId> holes_; ///< Empty before the first; then zeros are an empty hole.
};

} // namespace usher::ledger
