#include "tests/ledger/naive_house.hpp"

#include <algorithm>

namespace usher::ledger::test {
namespace {

std::string seat(Metric metric, const Claim& claim)
{
    switch (metric) {
    case Metric::lease: return {claim.id.bytes.begin(), claim.id.bytes.end()};
    case Metric::device: return claim.device.text;
    case Metric::user: return claim.user.text;
    case Metric::user_device: return claim.user.text + " on " + claim.device.text;
    }
    return "";
}

} // namespace

Claim* find(Claims& claims, const LeaseId& id)
{
    const auto found = std::ranges::find(claims, id, &Claim::id);
    return found == claims.end() ? nullptr : &*found;
}

const Way* Claim::way_by(const PoolId& pool) const
{
    const auto way = std::ranges::find(ways, pool, &Way::pool);
    return way == ways.end() ? nullptr : &*way;
}

void NaiveHouse::bring_in(const Install& command)
{
    const PoolId& root = command.entitlement.root;
    licenses[root] = command.entitlement;
    metrics[root] = command.metric;
    if (expected.erase(root) == 0)
        allowed[root] = std::nullopt;
    foundations[command.entitlement.product] = command.requires_product;
    const auto known = std::ranges::find(profiles, command.profile, &Profile::name);
    if (known == profiles.end())
        profiles.push_back({command.profile, {root}, false, {}});
    else if (std::ranges::count(known->pools, root) == 0)
        known->pools.push_back(root);
}

std::optional<Code> NaiveHouse::why_worthless(const PoolId& pool, CalendarInstant at) const
{
    if (expected.contains(pool))
        return Code::not_active_here;
    const Entitlement& license = licenses.at(pool);
    if (license.lock != NodeLock::none && !license.on_this_node)
        return Code::nodelock_mismatch;
    if (license.to && *license.to <= at)
        return Code::expired;
    if (license.from && at < *license.from)
        return Code::not_yet_valid;
    if (license.activation == 0)
        return std::nullopt;
    const NaiveActivation& one = activations.at(license.id);
    const bool is_active = one.active == license.activation;
    const bool is_overdue =
        is_active && one.check && at - one.checked >= one.check->every + one.check->grace;
    const bool is_doubted = is_active && !one.denied && one.doubt != Doubt::none;
    if (!is_active || is_overdue || one.denied || is_doubted)
        return one.pending  ? Code::activation_pending
               : is_doubted ? Code::state_in_doubt
               : is_active  ? Code::activation_lapsed
                            : Code::not_active_here;
    return std::nullopt;
}

std::optional<Units> NaiveHouse::stock(const PoolId& pool, CalendarInstant at) const
{
    return why_worthless(pool, at) ? 0 : licenses.at(pool).quantity;
}

Units NaiveHouse::held(const PoolId& pool) const
{
    std::map<std::string, Units> seats;
    for (const Claim& holder : holders)
        if (holder.pool() == pool) {
            Units& units = seats[seat(metrics.at(pool), holder)];
            units = std::max(units, holder.units);
        }
    Units sum = 0;
    for (const auto& [key, units] : seats)
        sum += units;
    return sum;
}

Units NaiveHouse::further(const PoolId& pool, const Claim& claim) const
{
    Units has = 0;
    for (const Claim& holder : holders)
        if (holder.pool() == pool &&
            seat(metrics.at(pool), holder) == seat(metrics.at(pool), claim))
            has = std::max(has, holder.units);
    return std::max<Units>(0, claim.units - has);
}

bool NaiveHouse::is_over_capacity(const PoolId& pool, const Claim& claim) const
{
    const ProfileName& through = claim.way_by(pool)->profile;
    const auto profile = std::ranges::find(profiles, through, &Profile::name);
    if (profile == profiles.end() || !profile->capacity)
        return false;
    std::map<std::string, Units> seats;
    const auto take = [&](const PoolId& from, const Claim& one) {
        Units& units = seats[from.text + " " + seat(metrics.at(from), one)];
        units = std::max(units, one.units);
    };
    for (const Claim& holder : holders)
        if (holder.profile() == through)
            take(holder.pool(), holder);
    take(pool, claim);
    Units sum = 0;
    for (const auto& [key, units] : seats)
        sum += units;
    return sum > *profile->capacity;
}

bool NaiveHouse::is_enough(const PoolId& pool, const Claim& claim, CalendarInstant at) const
{
    const auto profile = std::ranges::find(profiles, claim.way_by(pool)->profile, &Profile::name);
    if (profile != profiles.end() && profile->capacity && claim.units > *profile->capacity)
        return false;
    const auto units = stock(pool, at);
    return !units || claim.units <= *units;
}

std::optional<Code> NaiveHouse::why_never(const PoolId& pool, const Claim& claim,
                                          CalendarInstant at) const
{
    if (const auto& users = allowed.at(pool); users && !users->contains(claim.user))
        return Code::not_registered_user;
    if (const auto reason = why_worthless(pool, at))
        return reason;
    const ProductId& product = licenses.at(pool).product;
    const auto foundation = foundations.at(product);
    if (!foundation)
        return std::nullopt;
    std::optional<Code> first;
    for (const auto& [root, license] : licenses) {
        if (license.product != ProductId{product.vendor, *foundation})
            continue;
        const auto reason = why_worthless(root, at);
        if (!reason)
            return std::nullopt;
        first = first ? std::min(*first, *reason) : *reason;
    }
    return first.value_or(Code::not_active_here);
}

std::optional<Code> NaiveHouse::why_not(const PoolId& pool, const Claim& claim, std::size_t ahead,
                                        CalendarInstant at) const
{
    if (const auto reason = why_never(pool, claim, at))
        return reason;
    const auto units = stock(pool, at);
    const Units taken = held(pool);
    if (units && taken > *units)
        return Code::pool_locked;
    if (is_over_capacity(pool, claim))
        return Code::no_free_seat;
    const Units more = further(pool, claim);
    if (more == 0)
        return std::nullopt;
    if (units && taken + more > *units)
        return Code::no_free_seat;
    for (std::size_t i = 0; i < ahead; ++i)
        if (waiters[i].way_by(pool) && is_enough(pool, waiters[i], at) &&
            !why_never(pool, waiters[i], at) && !is_over_capacity(pool, waiters[i]))
            return Code::no_free_seat;
    return std::nullopt;
}

bool NaiveHouse::is_hopeless(const Claim& claim, CalendarInstant at) const
{
    return std::ranges::none_of(claim.ways, [&](const Way& way) {
        return is_enough(way.pool, claim, at) && !why_never(way.pool, claim, at);
    });
}

std::vector<Way> NaiveHouse::route(const ProfileName& asked) const
{
    std::vector<Way> ways;
    for (const Profile& profile : profiles)
        if (asked.empty() ? profile.is_default : profile.name == asked)
            for (const PoolId& pool : profile.pools)
                if (!std::ranges::count(ways, pool, &Way::pool))
                    ways.push_back({pool, profile.name});
    return ways;
}

SteadyInstant NaiveHouse::silent_at(const Claim& holder) const
{
    return holder.lost ? holder.deadline : std::max(holder.deadline, amnesty_until);
}

} // namespace usher::ledger::test
