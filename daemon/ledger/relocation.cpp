#include "daemon/ledger/relocation.hpp"

#include "daemon/ledger/home.hpp"
#include "daemon/ledger/pools.hpp"

#include <algorithm>

namespace usher::ledger {

/// What a user has under one root.
struct Relocation::Load {
    PartyId owner_before; ///< Of the pool that his units came from; empty: the root.
    PartyId owner_after;
    const PoolRecord* source = nullptr; ///< Where his leases are; null: he has none.
    std::vector<const LeaseRecord*> leases;
    const PoolRecord* own = nullptr; ///< His personal pool; null: he has none.
    Units carried = 0;               ///< Units of his seats, once he has gone.
};

/// The units of his seats that go to `target`; and what is held of the pool without them.
Units Relocation::weigh(const Load& load, const PoolId& target)
{
    Loss& loss = losses_.try_emplace(load.source, Loss{0, load.source->held}).first->second;
    Units units = 0;
    for (const LeaseRecord* lease : load.leases) {
        if (!lease->seat) {
            units += lease->lease.units;
            loss.left_held -= lease->lease.units;
            continue;
        }
        loss.left_held -=
            left_.try_emplace(lease->seat, *lease->seat).first->second.stand_up(lease->lease.units);
        Units& carried = carried_[{lease->seat, target}];
        units += std::max<Units>(0, lease->lease.units - carried);
        carried = std::max(carried, lease->lease.units);
    }
    loss.carried += units;
    return units;
}

/// `root/owner`, or the first number behind it that is free, where a pool of one of that name
/// before is still used.
PoolId Relocation::name_for(const PoolRecord& root, const PartyId& owner) const
{
    const auto is_free = [&](const PoolId& name) {
        const PoolRecord* known = state_.find_pool(name);
        const bool is_used = known && !(known->pool.closed && !known->first &&
                                        known->instances.empty() && known->pool.owner.empty());
        return !is_used &&
               std::ranges::none_of(opened_, [&](const auto& one) { return one.second == name; });
    };
    PoolId name{pool_stem(root.pool.id.text + "/" + owner.text)};
    for (std::size_t number = 2; !is_free(name); ++number)
        name.text = pool_stem(root.pool.id.text + "/" + owner.text) + "~" + std::to_string(number);
    return name;
}

std::variant<PoolId, Refusal> Relocation::home_under(const PoolRecord& root, const PartyId& owner)
{
    if (const auto opened = opened_.find({root.pool.id, owner}); opened != opened_.end())
        return opened->second;
    const PoolRecord* pool = pool_of_owner(state_, owner, root);
    if (pool && pool->pool.closed)
        return lock_refusal(state_, *pool);
    if (pool)
        return pool->pool.id;
    if (auto refusal = why_no_more_pools(state_))
        return *std::move(refusal);
    // It has had nothing so far.
    const PoolId id = name_for(root, owner);
    open_under(state_, root, id, owner, verdict_);
    opened_.emplace(std::pair(root.pool.id, owner), id);
    return id;
}

/// Each seat with its units: it stays what it is, and where it came from has fewer (B-R12, B-Q4).
std::optional<Refusal> Relocation::carry(const PoolRecord& root, Load& load)
{
    if (load.leases.empty() || load.owner_before == load.owner_after)
        return std::nullopt;
    const PoolRecord& source = *load.source;
    if (is_locked(source)) {
        Refusal refusal = lock_refusal(state_, source);
        name_holders(refusal, source);
        return refusal;
    }
    auto home = home_under(root, load.owner_after);
    if (auto* refusal = std::get_if<Refusal>(&home))
        return std::move(*refusal);
    const PoolId& target = std::get<PoolId>(home);
    const PoolRecord* there = state_.find_pool(target);
    load.carried = weigh(load, target);
    Units& gained = gained_[target];
    gained += load.carried;
    if (there && !there->pool.closed)
        if (auto refusal = why_too_many(*there, gained))
            return refusal;
    post(source, target, load.carried, cause_, verdict_);
    for (const LeaseRecord* lease : load.leases)
        verdict_.facts.emplace_back(
            LeaseMoved{lease->lease.id, target, lease->lease.kind, lease->deadline});
    return std::nullopt;
}

/// What of his own nobody holds follows its own table: to the root where the new company draws from
/// it or the old one did, to the new company's pool where it has one, and else it stays (B-R2,
/// B-R6 to B-R9).
std::optional<Refusal> Relocation::carry_rest(const PoolRecord& root, const Load& load,
                                              const Party& from, const Party& to)
{
    if (!load.own || load.own->pool.closed || to.source == Source::delegate)
        return std::nullopt;
    const auto lost = losses_.find(load.own);
    const Loss loss = lost == losses_.end() ? Loss{0, load.own->held} : lost->second;
    const Units rest = load.own->stock - loss.carried - loss.left_held;
    if (rest <= 0)
        return std::nullopt;
    PoolId target = root.pool.id;
    if (to.source == Source::pool && from.source != Source::root) {
        auto home = home_under(root, to.id);
        if (auto* refusal = std::get_if<Refusal>(&home))
            return std::move(*refusal);
        target = std::get<PoolId>(home);
    }
    post(*load.own, target, rest, cause_, verdict_);
    return std::nullopt;
}

std::optional<Refusal> Relocation::move(const Party& before, const Party& from, const Party& after,
                                        const Party& to)
{
    std::map<std::uint64_t, Load> loads; // By the number of the root.
    std::map<std::uint64_t, const PoolRecord*> roots;
    const auto load_under = [&](const PoolRecord& root) -> Load& {
        roots.emplace(root.number, &root);
        return loads[root.number];
    };
    if (const auto latest = state_.leases_of.find(before.id); latest != state_.leases_of.end())
        for (const LeaseRecord* lease = latest->second; lease; lease = lease->party_after)
            if (lease->pool->scheme->rebind == Rebinding::carry) { // Tries move with nobody.
                Load& load = load_under(*lease->pool->root);
                load.source = lease->pool;
                load.leases.push_back(lease);
            }
    for (const auto& [id, pool] : state_.find_party(before.id)->own)
        load_under(*pool->root).own = pool;
    for (auto& [number, load] : loads) {
        const PoolRecord& root = *roots.at(number);
        load.owner_before = home_owner(before, from);
        load.owner_after = home_owner(after, to);
        std::ranges::sort(load.leases, {}, &LeaseRecord::number);
        if (auto refusal = carry(root, load))
            return refusal;
        // Who stays where he is keeps his own, wherever his next seats are to come from.
        const bool goes = before.company != after.company || from.source != to.source;
        if (!goes)
            continue;
        if (auto refusal = carry_rest(root, load, from, to))
            return refusal;
    }
    if (home_owner(before, from) != home_owner(after, to))
        moved_.insert(before.id);
    return std::nullopt;
}

std::optional<Refusal> Relocation::finish()
{
    for (const auto& [source, loss] : losses_)
        if (!is_unlimited(*source) && source->stock - loss.carried < loss.left_held) {
            Refusal refusal = refuse(Code::would_overcommit, *source); // Others share a seat.
            refusal.want = loss.carried;
            refusal.short_by = loss.left_held - (source->stock - loss.carried);
            return refusal;
        }
    if (moved_.empty())
        return std::nullopt;
    const auto follows_parties = [&](const Way& way) {
        return state_.find_pool(way.pool)->scheme->rebind == Rebinding::carry;
    };
    for (const auto& [place, record] : state_.waiters)
        if (moved_.contains(record.waiter.lease.party) &&
            std::ranges::any_of(record.waiter.ways, follows_parties))
            verdict_.facts.emplace_back(Unqueued{.id = record.waiter.lease.id,
                                                 .reason = EndReason::no_longer_possible,
                                                 .by = {},
                                                 .note = {}});
    return std::nullopt;
}

} // namespace usher::ledger
