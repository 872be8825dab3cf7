#pragma once

#include "daemon/ledger/state.hpp"

#include <memory>

/// Where a wish may be served: by name, and where pools follow parties, by whom it is for.
namespace usher::ledger {

/// What is asked for: a pool, or a profile, or, where both are empty, the default profiles.
struct Asked {
    const ProfileName& profile;
    const PoolId& pool;
    const PartyId& party;
    const UserName& user;
};

/// A pool that the wish comes to, and the profile through which.
struct Stop {
    const PoolRecord* pool = nullptr; ///< Null: its party has none yet.
    ProfileName profile;
    PoolId asked;                           ///< The pool that was named, or that the profile names.
    PartyId party;                          ///< Whom a lease of it is for.
    std::shared_ptr<const Refusal> refusal; ///< Why it is none after all; null: it may be one.
};

/// NO_FREE_SEAT of a stop whose party has no pool yet.
[[nodiscard]] Refusal refuse_without_pool(const Stop& stop, Units want);

struct Route {
    std::vector<Stop> stops;        ///< In the order in which they are tried; no pool twice.
    std::optional<Refusal> refusal; ///< Why there are none.
};

/// UNKNOWN_PROFILE or UNKNOWN_POOL where there is none of that name.
[[nodiscard]] Route route_of(const State& state, const Asked& asked);

} // namespace usher::ledger
