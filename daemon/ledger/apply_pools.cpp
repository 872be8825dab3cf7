#include "daemon/ledger/apply.hpp"
#include "daemon/ledger/home.hpp"
#include "daemon/ledger/paper.hpp"
#include "daemon/ledger/watch.hpp"

#include <cassert>

/// What each fact about pools and parties does.
namespace usher::ledger {
namespace {

PoolRecord* pool_watched(State& state, const WatchRecord& watch)
{
    const PoolRecord* pool = state.find_pool(watch.asked);
    if (watch.party.empty())
        return const_cast<PoolRecord*>(pool); // The state is ours to change.
    const PartyRecord* party = state.find_party(watch.party);
    return const_cast<PoolRecord*>(party ? pool_of_party(state, party->party, pool) : nullptr);
}

void forget_watch(State& state, std::uint64_t number)
{
    const auto found = state.watches.find(number);
    WatchRecord& watch = found->second;
    if (watch.pool)
        watch.pool->watches.erase(number);
    if (const auto named = state.watches_for.find(watch.party); named != state.watches_for.end()) {
        named->second.erase(number);
        if (named->second.empty())
            state.watches_for.erase(named);
    }
    state.watches_due.erase(number);
    state.watches.erase(found);
}

void remember_told(State& state, std::uint64_t number)
{
    WatchRecord& watch = state.watches.at(number);
    watch.told = told_of(state, watch.pool);
}

/// Where an instance uses a pool, or a user is of a company, the other side knows.
void bind(State& state, const Party& party)
{
    if (party.kind == Party::Kind::instance)
        state.pools.at(party.pool).instances.insert(party.id);
    if (party.kind == Party::Kind::user)
        state.parties.at(party.company).users.insert(party.id);
}

void unbind(State& state, const Party& party)
{
    if (party.kind == Party::Kind::instance)
        state.pools.at(party.pool).instances.erase(party.id);
    if (party.kind == Party::Kind::user)
        state.parties.at(party.company).users.erase(party.id);
}

} // namespace

void look_again(State& state, std::uint64_t number)
{
    WatchRecord& watch = state.watches.at(number);
    PoolRecord* const pool = pool_watched(state, watch);
    if (watch.pool && watch.pool != pool)
        watch.pool->watches.erase(number);
    watch.pool = pool;
    if (pool)
        pool->watches.insert(number);
    state.watches_due.insert(number);
}

void look_again_for(State& state, const PartyId& party)
{
    const auto named = state.watches_for.find(party);
    if (named == state.watches_for.end()) [[likely]]
        return;
    for (const std::uint64_t watch : named->second)
        look_again(state, watch);
}

void Applier::operator()(const SchemeSet& fact) const
{
    state.schemes.insert_or_assign(fact.scheme.name, fact.scheme);
    if (fact.is_usual)
        state.usual_scheme = fact.scheme.name;
    for (const auto& [number, pool] : state.pools_in_order)
        if (pool->pool.scheme == fact.scheme.name) {
            free_up(state, *pool);
            note_paper(state, *pool);
        }
    state.hopes_changed = true;
}

void Applier::operator()(const EntitlementAmended& fact) const
{
    EntitlementRecord& record = state.entitlements.at(fact.entitlement.id);
    assert(fact.entitlement.document);
    assert(record.entitlement.root == fact.entitlement.root);
    forget_boundaries(state, record.entitlement, [](CalendarInstant) { return true; });
    record.entitlement = fact.entitlement;
    look_at(state, record.entitlement);
    note_paper(state, state.pools.at(fact.entitlement.root));
}

void Applier::operator()(const LicenseForgotten& fact) const
{
    state.expected.erase(fact.license);
}

void Applier::operator()(const PoolClosed& fact) const
{
    PoolRecord& pool = state.pools.at(fact.pool);
    assert(!pool.is_root() && pool.stock == 0);
    pool.pool.closed = true;
    free_up(state, pool);
    state.hopes_changed |= !pool.queue.empty();
    note_change(state, pool);
}

void Applier::operator()(const PoolRenamed& fact) const
{
    auto node = state.pools.extract(fact.from); // Stays where it is: others point at it.
    assert(node);
    PoolRecord& pool = node.mapped();
    assert(pool.pool.closed && pool.queue.empty());
    node.key() = fact.to;
    pool.pool.id = fact.to;
    const bool is_free = state.pools.insert(std::move(node)).inserted;
    assert(is_free);
    for (LeaseRecord* lease = pool.first; lease; lease = lease->after)
        lease->lease.pool = fact.to;
    for (const PartyId& instance : pool.instances)
        state.parties.at(instance).party.pool = fact.to;
}

void Applier::operator()(const PartySet& fact) const
{
    const auto [found, is_new] = state.parties.try_emplace(fact.party.id);
    PartyRecord& record = found->second;
    if (!is_new) {
        assert(record.party.kind == fact.party.kind);
        unbind(state, record.party);
    }
    record.party = fact.party;
    bind(state, record.party);
    look_again_for(state, fact.party.id);
    for (const PartyId& user : record.users)
        look_again_for(state, user);
}

void Applier::operator()(const PartyRemoved& fact) const
{
    const auto found = state.parties.find(fact.party);
    assert(found != state.parties.end() && found->second.users.empty());
    unbind(state, found->second.party);
    for (const auto& [root, pool] : found->second.own)
        pool->pool.owner = {}; // Another one of this name has nothing to do with it.
    state.parties.erase(found);
    look_again_for(state, fact.party);
}

void Applier::operator()(const StateWatched& fact) const
{
    const std::uint64_t number = ++state.watches_numbered;
    state.watches.emplace(number, WatchRecord{fact.connection, fact.party, fact.pool});
    state.watches_of[fact.connection].insert(number);
    if (!fact.party.empty())
        state.watches_for[fact.party].insert(number);
    look_again(state, number);
    state.watches_due.erase(number);
    remember_told(state, number);
}

void Applier::operator()(const WatchEnded& fact) const
{
    const auto found = state.watches_of.find(fact.connection);
    assert(found != state.watches_of.end());
    for (const std::uint64_t number : found->second)
        forget_watch(state, number);
    state.watches_of.erase(found);
}

void Applier::operator()(const StateTold& fact) const
{
    remember_told(state, fact.watch);
}

} // namespace usher::ledger
