#include "daemon/ledger/apply.hpp"

#include "daemon/ledger/paper.hpp"

#include <cassert>
#include <functional>

namespace usher::ledger {
namespace {

PoolRecord& pool_of(State& state, const PoolId& id)
{
    return state.pools.at(id);
}

/// Once a day, so that no use pays for more than itself.
void forget_old_clients(State& state, CalendarInstant at)
{
    const auto today = std::chrono::floor<std::chrono::days>(at);
    if (today == state.clients_pruned_on)
        return;
    state.clients_pruned_on = today;
    for (auto& [name, profile] : state.profiles)
        std::erase_if(profile.clients, [&](const auto& known) {
            return known.second.leases == 0 && known.second.last < client_memory_start(at);
        });
}

/// Remembers at `at` that a client used a profile; null where the profile has too many clients.
Client* note_client(State& state, ProfileRecord& profile, std::string key, CalendarInstant last,
                    CalendarInstant at)
{
    forget_old_clients(state, at);
    auto& clients = profile.clients;
    auto known = clients.find(key);
    if (known == clients.end()) {
        if (clients.size() >= clients_max)
            return nullptr;
        known = clients.try_emplace(std::move(key)).first;
    }
    known->second.last = std::max(known->second.last, last);
    return &known->second;
}

void forget_root(State& state, const PoolRecord& pool)
{
    const auto roots = state.roots.find(pool.pool.product);
    roots->second.erase(pool.number);
    if (roots->second.empty())
        state.roots.erase(roots);
}

} // namespace

void forget_boundaries(State& state, const Entitlement& entitlement,
                       const std::function<bool(CalendarInstant)>& is_over)
{
    for (const CalendarInstant instant : boundaries_of(state, entitlement))
        if (is_over(instant))
            state.boundaries.erase({instant, entitlement.id});
}

void look_at(State& state, const Entitlement& entitlement)
{
    for (const CalendarInstant instant : boundaries_of(state, entitlement))
        state.boundaries.emplace(instant, entitlement.id);
    state.uncounted.insert(entitlement.id);
    state.documents_changed = true;
}

void note_change(State& state, const PoolRecord& pool)
{
    if (!pool.watches.empty()) [[unlikely]]
        state.watches_due.insert(pool.watches.begin(), pool.watches.end());
}

void free_up(State& state, PoolRecord& pool)
{
    if (!pool.queue.empty())
        state.freed.emplace(pool.number, &pool);
}

void free_up_everything(State& state)
{
    for (const auto& [number, pool] : state.pools_in_order)
        free_up(state, *pool);
}

void offer_shares(State& state, const PoolRecord& pool)
{
    for (const auto& [key, place] : pool.wished)
        if (pool.seats.contains(key))
            state.shareable.emplace_back(pool.pool.id, key);
}

void open_up(State& state, const Profile& profile)
{
    for (const PoolId& id : profile.pools) // In a move it may come before its pools do.
        if (const auto pool = state.pools.find(id); pool != state.pools.end()) {
            free_up(state, pool->second);
            offer_shares(state, pool->second);
        }
}

void join_profile(State& state, LeaseRecord& lease, CalendarInstant at)
{
    const auto found = state.profiles.find(lease.lease.profile);
    if (found == state.profiles.end())
        return;
    ProfileRecord& profile = found->second;
    lease.profile = &profile;
    lease.client = note_client(state, profile, client_key(lease.lease.user, lease.lease.device),
                               lease.lease.started, at);
    if (lease.client)
        ++lease.client->leases;
    if (profile.profile.capacity)
        profile.in_use +=
            lease.seat ? profile.seats[lease.seat].sit_down(lease.lease.units) : lease.lease.units;
}

std::string denial_key(const ProfileName& profile, const UserName& user, const DeviceName& device)
{
    return profile.text + '\0' + client_key(user, device);
}

void Applier::operator()(const ProductDefined& fact) const
{
    state.products.insert_or_assign(fact.product.id, fact.product);
}

void Applier::operator()(const EntitlementInstalled& fact) const
{
    const Entitlement& entitlement = fact.entitlement;
    assert(entitlement.document);
    const bool is_new =
        state.entitlements.emplace(entitlement.id, EntitlementRecord{.entitlement = entitlement})
            .second;
    assert(is_new);
    PoolRecord& root = pool_of(state, entitlement.root);
    root.fed_by.insert(entitlement.id);
    note_paper(state, root);
    look_at(state, entitlement);
    state.expected.erase(entitlement.id);
}

void Applier::operator()(const LicenseExpected& fact) const
{
    assert(state.find_pool(fact.license.root));
    assert(!state.entitlements.contains(fact.license.id));
    state.expected.insert_or_assign(fact.license.id, fact.license);
}

void Applier::operator()(const EntitlementRemoved& fact) const
{
    const auto found = state.entitlements.find(fact.id);
    assert(found != state.entitlements.end());
    assert(!found->second.counts);
    const Entitlement& entitlement = found->second.entitlement;
    PoolRecord& root = pool_of(state, entitlement.root);
    root.fed_by.erase(fact.id);
    forget_boundaries(state, entitlement, [](CalendarInstant) { return true; });
    state.uncounted.erase(fact.id);
    state.entitlements.erase(found);
    note_paper(state, root);
    state.documents_changed = true;
}

void Applier::operator()(const NodeLockSeen& fact) const
{
    state.entitlements.at(fact.id).entitlement.on_this_node = fact.on_this_node;
    state.uncounted.insert(fact.id);
    state.documents_changed = true;
}

void Applier::operator()(const PoolOpened& fact) const
{
    const auto [found, is_new] = state.pools.try_emplace(fact.pool.id);
    assert(is_new);
    PoolRecord& record = found->second;
    record.pool = fact.pool;
    record.number = ++state.pools_numbered;
    record.seats = decltype(record.seats)(0, state.hash);
    record.scheme = &state.schemes.at(fact.pool.scheme);
    state.pools_in_order.emplace(record.number, &record);
    record.root = fact.pool.parent ? &pool_of(state, *fact.pool.parent) : &record;
    if (record.is_root())
        state.roots[fact.pool.product].emplace(record.number, &record);
    else
        record.root->children.emplace(record.number, &record);
    note_paper(state, record);
    for (const auto& [number, watch] : state.watches)
        if (watch.party.empty() && watch.asked == fact.pool.id)
            look_again(state, number); // It watched another one of this name.
    if (const auto owner = state.parties.find(fact.pool.owner); owner != state.parties.end()) {
        PoolRecord*& own = owner->second.own[record.root->pool.id];
        if (own)
            own->pool.owner = {}; // A closed one, which nobody comes home to any more.
        own = &record;
        look_again_for(state, fact.pool.owner);
        for (const PartyId& user : owner->second.users)
            look_again_for(state, user);
    }
}

void Applier::operator()(const PoolRemoved& fact) const
{
    const auto found = state.pools.find(fact.pool);
    assert(found != state.pools.end());
    PoolRecord& pool = found->second;
    assert(!pool.first && pool.queue.empty() && pool.fed_by.empty() && pool.stock == 0);
    assert(pool.children.empty() && pool.instances.empty());
    if (is_paper(pool))
        state.requirements.forget(fact.pool);
    state.freed.erase(pool.number);
    state.pools_in_order.erase(pool.number);
    if (pool.is_root())
        forget_root(state, pool);
    else
        pool.root->children.erase(pool.number);
    if (const auto owner = state.parties.find(pool.pool.owner); owner != state.parties.end())
        std::erase_if(owner->second.own, [&](const auto& own) { return own.second == &pool; });
    const std::set<std::uint64_t> watches = std::exchange(pool.watches, {});
    for (const std::uint64_t watch : watches)
        state.watches.at(watch).pool = nullptr;
    std::erase_if(state.expected, [&](const auto& one) { return one.second.root == fact.pool; });
    state.pools.erase(found);
    for (const std::uint64_t watch : watches)
        look_again(state, watch);
}

void Applier::operator()(const Posted& fact) const
{
    assert(fact.units > 0 && (fact.from || fact.to));
    const auto move = [this](const PoolId& id, Units units) {
        PoolRecord& pool = pool_of(state, id);
        pool.stock += units;
        free_up(state, pool); // A loss, too: who wants more than is left stands before nobody.
        state.hopes_changed |= !pool.queue.empty();
        note_change(state, pool);
        note_paper(state, pool);
    };
    if (fact.from)
        move(*fact.from, -fact.units);
    if (fact.to)
        move(*fact.to, fact.units);
}

void Applier::operator()(const EntitlementCounted& fact) const
{
    EntitlementRecord& record = state.entitlements.at(fact.id);
    PoolRecord& pool = pool_of(state, record.entitlement.root);
    if (record.counts) {
        --state.counting[record.entitlement.product];
        pool.unlimited -= record.unlimited ? 1 : 0;
    }
    record.counts = fact.counts;
    record.unlimited = fact.unlimited;
    record.units = fact.units;
    if (record.counts) {
        ++state.counting[record.entitlement.product];
        pool.unlimited += record.unlimited ? 1 : 0;
    }
    state.uncounted.erase(fact.id);
    note_change(state, pool);
    note_paper(state, pool);
    for (const auto& [number, child] : pool.children)
        note_change(state, *child); // Why it is short may be another reason.
    forget_boundaries(state, record.entitlement,
                      [this](CalendarInstant instant) { return instant <= at; });
    free_up_everything(state); // A product may stand on another one.
    state.hopes_changed = true;
}

void Applier::operator()(const ProfileSet& fact) const
{
    const auto [found, is_new] = state.profiles.try_emplace(fact.profile.name);
    ProfileRecord& record = found->second;
    if (is_new) {
        record.number = ++state.profiles_numbered;
        record.clients = decltype(record.clients)(0, state.hash);
    }
    record.profile = fact.profile;
    if (is_new) // One of this name was removed while leases that it had lent lived on.
        for (LeaseRecord& lease : state.leases.all())
            if (lease.lease.profile == fact.profile.name)
                join_profile(state, lease, at);
    state.hopes_changed = true; // Who waits under this name may want more than its capacity.
    if (fact.profile.is_default)
        state.defaults.emplace(record.number, &record);
    else
        state.defaults.erase(record.number);
}

void Applier::operator()(const ProfileRenamed& fact) const
{
    auto node = state.profiles.extract(fact.from); // Stays where it is: `defaults` points at it.
    assert(node);
    node.key() = fact.to;
    node.mapped().profile.name = fact.to;
    const bool is_free = state.profiles.insert(std::move(node)).inserted;
    assert(is_free);
    for (LeaseRecord& record : state.leases.all())
        if (record.lease.profile == fact.from)
            record.lease.profile = fact.to;
        else if (record.lease.profile == fact.to) // Of one of this name that was removed before.
            join_profile(state, record, at);
    for (auto& [place, record] : state.waiters) {
        Waiter& waiter = record.waiter;
        for (Way& way : waiter.ways)
            if (way.profile == fact.from)
                way.profile = fact.to;
        waiter.lease.profile = waiter.ways.front().profile;
    }
    state.hopes_changed = true;
}

void Applier::operator()(const ProfileRemoved& fact) const
{
    const auto found = state.profiles.find(fact.name);
    assert(found != state.profiles.end());
    for (LeaseRecord& lease : state.leases.all())
        if (lease.profile == &found->second) {
            lease.profile = nullptr;
            lease.client = nullptr;
        }
    open_up(state, found->second.profile);
    state.defaults.erase(found->second.number);
    state.profiles.erase(found);
}

void Applier::operator()(const ProfileUsed& fact) const
{
    note_client(state, state.profiles.at(fact.profile), client_key(fact.user, fact.device),
                fact.last, at);
}

void Applier::operator()(const UsersSet& fact) const
{
    PoolRecord& pool = pool_of(state, fact.pool);
    pool.pool.allow = fact.users;
    free_up(state, pool);
    offer_shares(state, pool);
    state.hopes_changed = true;
}

void Applier::operator()(const ModeSet& fact) const
{
    state.mode = fact.mode;
    free_up_everything(state);
    for (const auto& [number, pool] : state.pools_in_order)
        offer_shares(state, *pool);
}

void Applier::operator()(const CredentialIssued& fact) const
{
    state.credential_names.emplace(fact.credential.digest, fact.credential.name);
    const bool is_new = state.credentials.emplace(fact.credential.name, fact.credential).second;
    if (is_new && state.mode == Mode::arriving)
        state.credentials_followed.insert(fact.credential.name);
}

void Applier::operator()(const CredentialRevoked& fact) const
{
    const auto found = state.credentials.find(fact.name);
    assert(found != state.credentials.end());
    state.credential_names.erase(found->second.digest);
    state.credentials.erase(found);
    state.credentials_followed.erase(fact.name);
}

void Applier::operator()(const Denied& fact) const
{
    if (state.denials.size() == denials_max) {
        const Denied& oldest = state.denials.front();
        const auto last =
            state.denied_last.find(denial_key(oldest.profile, oldest.user, oldest.device));
        if (last != state.denied_last.end() && last->second == oldest.at)
            state.denied_last.erase(last);
        state.denials.pop_front();
    }
    state.denied_last[denial_key(fact.profile, fact.user, fact.device)] = fact.at;
    state.denials.push_back(fact);
}

/// The floor rises with every fact; this one is nothing else.
void Applier::operator()(const TimeSeen&) const {}

} // namespace usher::ledger
