#include "daemon/ledger/routing.hpp"

#include "daemon/ledger/home.hpp"

#include <algorithm>

namespace usher::ledger {
namespace {

/// Takes a copy: what says why is made of it in the same breath.
Stop refused(Stop stop, Refusal refusal)
{
    stop.refusal = std::make_shared<const Refusal>(std::move(refusal));
    return stop;
}

Refusal not_home(const PoolRecord& pool, const PartyId& party)
{
    return refuse(Code::not_home_pool, pool.pool.id.text, party.text);
}

/// Where parties use a pool: theirs. Who names none is served by the pool that he names.
Stop stop_of_instance(const State& state, const PoolRecord& pool, Stop stop)
{
    if (stop.party.empty())
        return stop;
    const PartyRecord* known = state.find_party(stop.party);
    if (!known)
        return refused(stop, unknown_party(stop.party, "instance"));
    const Party& party = known->party;
    if (party.kind != Party::Kind::instance)
        return refused(stop, wrong_kind(party, "this is for an instance"));
    const PoolRecord* own = state.find_pool(party.pool);
    if (pool.is_root() ? own->root != &pool : own != &pool)
        return refused(stop, not_home(pool, party.id));
    stop.pool = own;
    return stop;
}

/// Where units follow users: the pool that the user's come from (B-R15), and no other.
Stop stop_of_user(const State& state, const PoolRecord& pool, const Asked& asked, Stop stop)
{
    if (stop.party.empty())
        stop.party.text = asked.user.text;
    const PartyRecord* known = state.find_party(stop.party);
    if (!known)
        return refused(stop, unknown_party(stop.party, "user"));
    const Party& party = known->party;
    if (party.kind != Party::Kind::user)
        return refused(stop, wrong_kind(party, "this is for a user"));
    const PoolRecord* home = pool_of_party(state, party, &pool);
    stop.pool = home;
    if (!pool.is_root() && home != &pool)
        return refused(stop, not_home(pool, party.id));
    return stop;
}

/// A try belongs to whoever makes it; that is known where parties are.
Stop stop_of_trial(const State& state, const Asked& asked, Stop stop)
{
    if (stop.party.empty() && state.find_party({asked.user.text}))
        stop.party.text = asked.user.text;
    return stop;
}

Stop stop_at(const State& state, const PoolRecord& pool, const ProfileName& profile,
             const Asked& asked)
{
    Stop stop{&pool, profile, pool.pool.id, asked.party, nullptr};
    if (pool.scheme->is_trial)
        return stop_of_trial(state, asked, std::move(stop));
    switch (pool.scheme->rebind) {
    case Rebinding::none: return stop;
    case Rebinding::drop: return stop_of_instance(state, pool, std::move(stop));
    case Rebinding::carry: return stop_of_user(state, pool, asked, std::move(stop));
    }
    return stop;
}

void append_stops(const State& state, const Profile& profile, const Asked& asked, Route& route)
{
    for (const PoolId& id : profile.pools) {
        const PoolRecord* pool = state.find_pool(id);
        if (!pool)
            continue;
        Stop stop = stop_at(state, *pool, profile.name, asked);
        if (!stop.pool || !std::ranges::count(route.stops, stop.pool, &Stop::pool))
            route.stops.push_back(std::move(stop));
    }
}

/// An instance uses one pool, so who names it and no profile has said which. A user has one under
/// each root. Null: nobody has said so.
const PoolRecord* pool_of_instance(const State& state, const Asked& asked)
{
    if (!asked.profile.empty() || asked.party.empty())
        return nullptr;
    const PartyRecord* known = state.find_party(asked.party);
    const bool is_instance = known && known->party.kind == Party::Kind::instance;
    return is_instance ? state.find_pool(known->party.pool) : nullptr;
}

} // namespace

Refusal refuse_without_pool(const Stop& stop, Units want)
{
    Refusal refusal = refuse(Code::no_free_seat, stop.party.text);
    refusal.stock = 0;
    refusal.held = 0;
    refusal.want = want;
    refusal.short_by = want;
    return refusal;
}

/// In the order of profiles and of their pools (A-Q7, A-Q8). A pool of several defaults is reached
/// through the first of them.
Route route_of(const State& state, const Asked& asked)
{
    Route route;
    if (!asked.pool.empty()) {
        if (const PoolRecord* pool = state.find_pool(asked.pool))
            route.stops.push_back(stop_at(state, *pool, {}, asked));
        else
            route.refusal = refuse(Code::unknown_pool, asked.pool.text);
        return route;
    }
    if (const PoolRecord* own = pool_of_instance(state, asked)) {
        route.stops.push_back(stop_at(state, *own, {}, asked));
    } else if (asked.profile.empty()) {
        for (const auto& [number, record] : state.defaults)
            append_stops(state, record->profile, asked, route);
    } else if (const ProfileRecord* named = state.find_profile(asked.profile)) {
        append_stops(state, named->profile, asked, route);
    }
    if (!route.stops.empty())
        return route;
    const bool names_nobody = asked.profile.empty() && !asked.party.empty() &&
                              !state.find_party(asked.party); // A party is all that it names.
    route.refusal = names_nobody ? unknown_party(asked.party)
                                 : refuse(Code::unknown_profile, asked.profile.text);
    return route;
}

} // namespace usher::ledger
