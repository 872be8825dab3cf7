#pragma once

#include "daemon/ledger/state.hpp"

/// Whether a pool lends to a wish: asked for a newcomer, for who waits, and for what-ifs alike.
namespace usher::ledger {

/// What somebody wants of one pool; the pool and the profile of `lease` are not looked at.
struct Wish {
    const Lease& lease;
    const ProfileName& profile;         ///< Through which it wants it.
    std::optional<std::uint64_t> place; ///< In the queue; none: a newcomer, behind everybody.
};

/// What a waiter wants of one of its pools.
[[nodiscard]] Wish wish_of(const Waiter& waiter, const PoolRecord& pool);

/// Why `pool` can never serve who wishes, as things are, however many seats are given back; none:
/// it can, or only fewer units than wanted are owned (`has_enough` says so).
[[nodiscard]] std::optional<Refusal> why_never(const State& state, const PoolRecord& pool,
                                               const UserName& user);

/// Whether the pool owns as many units as the wish wants, and its profile may lend as many.
[[nodiscard]] bool has_enough(const State& state, const PoolRecord& pool, const Wish& wish);

/// Whether as much is in use through the wish's profile that its capacity leaves too little. Such a
/// wish stands before nobody, for others take nothing from it.
[[nodiscard]] bool is_over_capacity(const State& state, const PoolRecord& pool, const Wish& wish);

/// Why `pool` does not serve the wish at once; none: it does. The guards stand in the order of
/// `Code`. Names no holders: `name_holders` does.
[[nodiscard]] std::optional<Refusal> why_not_now(const State& state, const PoolRecord& pool,
                                                 const Wish& wish);

/// Whether one of the waiter's pools may serve it some day.
[[nodiscard]] bool is_possible(const State& state, const Waiter& waiter);

/// Why the waiter has no seat yet, with who holds those that it waits for.
[[nodiscard]] Refusal why_waiting(const State& state, const Waiter& waiter);

} // namespace usher::ledger
