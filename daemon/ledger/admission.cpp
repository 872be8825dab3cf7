#include "daemon/ledger/admission.hpp"

#include "daemon/ledger/paper.hpp"

#include <algorithm>
#include <cassert>

namespace usher::ledger {
namespace {

/// A product that stands on another is refused with the other's reason and name (A-R26, A-Q15).
std::optional<Refusal> why_unfounded(const State& state, const PoolRecord& pool)
{
    const std::optional<ProductId> foundation = product_below(state, pool);
    if (!foundation)
        return std::nullopt;
    const std::optional<Code> code = why_missing(state, *foundation);
    if (!code)
        return std::nullopt;
    Refusal refusal = refuse(*code, foundation->name.text);
    refusal.wanted = pool.pool.product.name.text;
    return refusal;
}

/// The seat that its holder has already; null: none.
const Seat* seat_for(const PoolRecord& pool, const Lease& lease)
{
    if (pool.pool.metric == Metric::lease)
        return nullptr;
    const auto seat = pool.seats.find(seat_key(pool.pool.metric, lease.user, lease.device));
    return seat == pool.seats.end() ? nullptr : &seat->second;
}

/// What the wish takes beyond that.
Units further_units(const PoolRecord& pool, const Lease& lease)
{
    const Seat* seat = seat_for(pool, lease);
    return seat ? std::max<Units>(0, lease.units - seat->units()) : lease.units;
}

/// The same, of what its profile lends.
Units further_units(const ProfileRecord& profile, const PoolRecord& pool, const Lease& lease)
{
    const auto taken = profile.seats.find(seat_for(pool, lease));
    return taken == profile.seats.end() ? lease.units
                                        : std::max<Units>(0, lease.units - taken->second.units());
}

/// A profile that lends no more is as full as a pool is, with numbers of its own.
Refusal refuse_over_capacity(const State& state, const PoolRecord& pool, const Wish& wish)
{
    const ProfileRecord& profile = *state.find_profile(wish.profile);
    Refusal refusal = refuse(Code::no_free_seat, profile.profile.name.text);
    refusal.stock = profile.profile.capacity;
    refusal.held = profile.in_use;
    refusal.want = wish.lease.units;
    refusal.short_by =
        profile.in_use + further_units(profile, pool, wish.lease) - *profile.profile.capacity;
    return refusal;
}

/// Whether somebody whom `pool` can serve stands before the wish.
bool is_behind_somebody(const State& state, const PoolRecord& pool, const Wish& wish)
{
    for (const std::uint64_t place : pool.queue) {
        if (wish.place && place >= *wish.place)
            return false;
        const Wish other = wish_of(state.waiters.at(place).waiter, pool);
        if (has_enough(state, pool, other) && !why_never(state, pool, other.lease.user) &&
            !is_over_capacity(state, pool, other))
            return true;
    }
    return false;
}

} // namespace

Wish wish_of(const Waiter& waiter, const PoolRecord& pool)
{
    const auto way = std::ranges::find(waiter.ways, pool.pool.id, &Way::pool);
    assert(way != waiter.ways.end());
    return {waiter.lease, way->profile, waiter.place};
}

std::optional<Refusal> why_never(const State& state, const PoolRecord& pool, const UserName& user)
{
    if (is_paper(pool) || (pool.is_root() && !pool.scheme->root_leasable))
        return refuse(Code::not_leasable, pool.pool.id.text, is_paper(pool) ? "paper" : "");
    if (pool.pool.closed)
        return lock_refusal(state, pool);
    if (pool.pool.allow && !pool.pool.allow->contains(user)) {
        Refusal refusal = refuse(Code::not_registered_user, pool);
        refusal.detail = user.text;
        return refusal;
    }
    if (const std::optional<Code> code = why_empty(state, pool))
        return refuse(*code, pool);
    return why_unfounded(state, pool);
}

bool has_enough(const State& state, const PoolRecord& pool, const Wish& wish)
{
    const ProfileRecord* profile = state.find_profile(wish.profile);
    if (profile && profile->profile.capacity && wish.lease.units > *profile->profile.capacity)
        return false;
    return is_unlimited(pool) || wish.lease.units <= pool.stock;
}

bool is_over_capacity(const State& state, const PoolRecord& pool, const Wish& wish)
{
    const ProfileRecord* profile = state.find_profile(wish.profile);
    return profile && profile->profile.capacity &&
           profile->in_use + further_units(*profile, pool, wish.lease) > *profile->profile.capacity;
}

std::optional<Refusal> why_not_now(const State& state, const PoolRecord& pool, const Wish& wish)
{
    if (auto refusal = why_never(state, pool, wish.lease.user))
        return refusal;
    if (is_locked(pool)) {
        Refusal refusal = lock_refusal(state, pool);
        refusal.want = wish.lease.units;
        return refusal;
    }
    const Units further = further_units(pool, wish.lease);
    const bool fits = is_unlimited(pool) || further <= available(pool);
    if (further == 0 || (fits && !is_behind_somebody(state, pool, wish))) {
        if (is_over_capacity(state, pool, wish))
            return refuse_over_capacity(state, pool, wish);
        return std::nullopt;
    }
    Refusal refusal = refuse(Code::no_free_seat, pool);
    refusal.want = wish.lease.units;
    if (!is_unlimited(pool) && further > available(pool))
        refusal.short_by = further - available(pool);
    refusal.queue =
        static_cast<Units>(wish.place ? pool.queue.order_of_key(*wish.place) : pool.queue.size());
    return refusal;
}

bool is_possible(const State& state, const Waiter& waiter)
{
    return std::ranges::any_of(waiter.ways, [&](const Way& way) {
        const PoolRecord& pool = *state.find_pool(way.pool);
        return has_enough(state, pool, {waiter.lease, way.profile, waiter.place}) &&
               !why_never(state, pool, waiter.lease.user);
    });
}

Refusal why_waiting(const State& state, const Waiter& waiter)
{
    // What became vain stays vain when maintenance has ended.
    if (state.mode == Mode::maintenance && is_possible(state, waiter))
        return refuse(Code::in_maintenance);
    const PoolRecord& pool = *state.find_pool(waiter.ways.front().pool);
    auto refusal = why_not_now(state, pool, wish_of(waiter, pool));
    if (!refusal) // A wait may end in the very turn in which its seat becomes free.
        refusal = refuse(Code::no_free_seat, pool);
    name_holders(*refusal, pool);
    return *std::move(refusal);
}

} // namespace usher::ledger
