#include "daemon/ledger/settle.hpp"

#include "daemon/ledger/admission.hpp"
#include "daemon/ledger/balance.hpp"
#include "daemon/ledger/home.hpp"

#include <algorithm>
#include <utility>

namespace usher::ledger {
namespace {

using Facts = std::vector<Fact>;
using Documents = std::vector<std::shared_ptr<const std::string>>;

/// The licenses that name this host, of each vendor in turns, those that count first: an
/// application trusts its own vendor only, and a greeting has room for some.
std::shared_ptr<const Documents> documents_to_show(const State& state)
{
    std::map<VendorName, std::vector<const EntitlementRecord*>> of_vendor;
    for (const bool counts : {true, false})
        for (const auto& [id, record] : state.entitlements)
            if (record.counts == counts && record.entitlement.lock != NodeLock::none &&
                record.entitlement.on_this_node)
                of_vendor[record.entitlement.product.vendor].push_back(&record);
    std::size_t longest = 0;
    for (const auto& [vendor, records] : of_vendor)
        longest = std::max(longest, records.size());
    auto documents = std::make_shared<Documents>();
    for (std::size_t round = 0; round < longest; ++round)
        for (const auto& [vendor, records] : of_vendor)
            if (round < records.size())
                documents->push_back(records[round]->entitlement.document);
    return documents;
}

/// What a root has of its own once all that is due is counted.
struct Net {
    Units stock = 0;
    std::size_t unlimited = 0;
};

/// Brings what stands in the accounts to what the entitlement is worth now.
void count(const State& state, const EntitlementRecord& record, Now now, Net& net, Facts& facts)
{
    const Entitlement& entitlement = record.entitlement;
    const Worth value = worth(state, entitlement, now.calendar);
    const bool unlimited = value.counts && !value.units;
    const Units units = value.counts ? value.units.value_or(0) : 0;
    const std::string cause = "entitlement " + entitlement.id.text;
    if (units > record.units)
        facts.emplace_back(Posted{
            .from = {}, .to = entitlement.root, .units = units - record.units, .cause = cause});
    if (units < record.units)
        facts.emplace_back(Posted{
            .from = entitlement.root, .to = {}, .units = record.units - units, .cause = cause});
    facts.emplace_back(EntitlementCounted{entitlement.id, value.counts, unlimited, units});
    net.stock += units - record.units;
    net.unlimited += unlimited ? 1 : 0;
    net.unlimited -= record.unlimited ? 1 : 0;
}

/// `sync` in the model: all of them first, then each root once, so that what ends and what begins
/// at one instant locks nobody (U-Q10).
Facts count_entitlements(const State& state, Now now)
{
    std::set<EntitlementId> due = state.uncounted;
    for (const auto& [instant, id] : state.boundaries) {
        if (instant > now.calendar)
            break;
        due.insert(id);
    }
    Facts facts;
    std::map<std::uint64_t, std::pair<const PoolRecord*, Net>> nets;
    for (const EntitlementId& id : due) {
        const EntitlementRecord& record = state.entitlements.at(id);
        const PoolRecord& root = *state.find_pool(record.entitlement.root);
        const auto [at, is_new] =
            nets.try_emplace(root.number, &root, Net{root.stock, root.unlimited});
        count(state, record, now, at->second.second, facts);
    }
    for (const auto& [number, of_root] : nets)
        rebalance(*of_root.first, of_root.second.stock, of_root.second.unlimited > 0, facts);
    return facts;
}

/// What covers requirements follows what happened, in its turn.
Facts reconcile(State& state)
{
    Facts facts;
    for (Coverage& coverage : state.requirements.step())
        facts.emplace_back(Covered{std::move(coverage)});
    return facts;
}

Facts end_silent_leases(const State& state, Now now)
{
    Facts facts;
    const auto end = [&](const std::list<LeaseRecord*>& leases, EndReason reason) {
        for (const LeaseRecord* lease : leases) {
            const auto silent = silent_at(state, *lease);
            if (!silent || now.steady < *silent)
                break;
            facts.emplace_back(
                LeaseEnded{.id = lease->lease.id, .reason = reason, .by = {}, .note = {}});
        }
    };
    end(state.lost, EndReason::connection_lost);
    end(state.speaking, EndReason::silent);
    return facts;
}

/// The pool in which a try goes on as a lease that was bought (B-R16): where its user's units come
/// from, of the first root of its product that has a seat; null: none.
const PoolRecord* commercial_pool(const State& state, const LeaseRecord& trial)
{
    const PartyRecord* party = state.find_party(trial.lease.party);
    const auto roots = state.roots.find(trial.pool->pool.product);
    if (!trial.pool->scheme->is_trial || !party || party->party.kind != Party::Kind::user ||
        roots == state.roots.end())
        return nullptr;
    for (const auto& [number, root] : roots->second) {
        if (root->scheme->rebind != Rebinding::carry)
            continue;
        const PoolRecord* home = pool_of_party(state, party->party, root);
        const Wish wish{trial.lease, trial.lease.profile, std::nullopt};
        if (home && !why_not_now(state, *home, wish))
            return home;
    }
    return nullptr;
}

/// One after the other: each may take the last seat.
Facts end_fixed_leases(const State& state, Now now)
{
    Facts facts;
    for (const auto& [instant, id] : state.fixed_ends) {
        if (now.calendar < instant)
            break;
        const PoolRecord* pool = commercial_pool(state, *state.find_lease(id));
        if (pool && !facts.empty())
            break;
        if (pool) {
            facts.emplace_back(
                LeaseMoved{id, pool->pool.id, pool->scheme->leases, now.steady + state.term});
            break;
        }
        facts.emplace_back(
            LeaseEnded{.id = id, .reason = EndReason::fixed_end, .by = {}, .note = {}});
    }
    return facts;
}

/// Whoever watches a pool hears that it stands otherwise.
Facts tell_watchers(State& state)
{
    Facts facts;
    for (const std::uint64_t number : std::exchange(state.watches_due, {})) {
        const WatchRecord& watch = state.watches.at(number);
        if (told_of(state, watch.pool) != watch.told)
            facts.emplace_back(StateTold{number});
    }
    return facts;
}

Facts end_waits(const State& state, Now now)
{
    Facts facts;
    for (const auto& [deadline, place] : state.wait_ends) {
        if (now.steady < deadline)
            break;
        const WaiterRecord& record = state.waiters.at(place);
        if (record.patient_until == SteadyInstant{})
            continue; // Replayed, and the start is still to come.
        const bool is_patient = now.steady < record.patient_until;
        facts.emplace_back(
            Unqueued{.id = record.waiter.lease.id,
                     .reason = is_patient ? EndReason::connection_lost : EndReason::patience_ended,
                     .by = {},
                     .note = {}});
    }
    return facts;
}

/// Tells those who wait for what cannot come any more.
Facts end_hopeless_waits(State& state)
{
    Facts facts;
    if (!std::exchange(state.hopes_changed, false))
        return facts;
    for (const auto& [place, record] : state.waiters)
        if (!is_possible(state, record.waiter))
            facts.emplace_back(Unqueued{.id = record.waiter.lease.id,
                                        .reason = EndReason::no_longer_possible,
                                        .by = {},
                                        .note = {}});
    return facts;
}

/// Lends to who waited. Who is not connected at the moment gets no more time by it.
Facts grant(const State& state, const PoolRecord& pool, const WaiterRecord& record, Now now)
{
    Lease lease = record.waiter.lease;
    lease.pool = pool.pool.id;
    lease.profile = wish_of(record.waiter, pool).profile;
    set_terms(lease, pool, now.calendar);
    lease.started = now.calendar;
    const LeaseId id = lease.id;
    Facts facts{LeaseGranted{std::move(lease), record.connection, now.steady + state.term}};
    if (!record.connection)
        facts.emplace_back(ConnectionLost{id, record.deadline});
    return facts;
}

/// Whom the pool serves next; empty: nobody yet.
Facts serve(const State& state, const PoolRecord& pool, Now now)
{
    for (const std::uint64_t place : pool.queue) {
        const WaiterRecord& record = state.waiters.at(place);
        const Wish wish = wish_of(record.waiter, pool);
        if (is_over_capacity(state, pool, wish))
            continue;
        const auto refusal = why_not_now(state, pool, wish);
        if (!refusal)
            return grant(state, pool, record, now);
        const bool is_full = refusal->code == Code::no_free_seat;
        if (refusal->code == Code::pool_locked || (is_full && has_enough(state, pool, wish)))
            return {}; // Nothing is lent, or this is the first whom the pool can serve some day.
    }
    return {};
}

/// Whoever waits for a seat that its own user or device now holds may share it at once.
Facts share(const State& state, const PoolRecord& pool, const std::string& key, Now now)
{
    for (auto wish = pool.wished.lower_bound({key, 0});
         wish != pool.wished.end() && wish->first == key; ++wish) {
        const WaiterRecord& record = state.waiters.at(wish->second);
        if (!why_not_now(state, pool, wish_of(record.waiter, pool)))
            return grant(state, pool, record, now);
    }
    return {};
}

Facts serve_queues(State& state, Now now)
{
    if (state.mode == Mode::maintenance) { // Its end opens every queue again.
        state.shareable.clear();
        state.freed.clear();
    }
    while (!state.shareable.empty()) {
        const auto& [id, key] = state.shareable.back();
        const PoolRecord* pool = state.find_pool(id);
        Facts facts = pool ? share(state, *pool, key, now) : Facts{};
        if (!facts.empty())
            return facts;
        state.shareable.pop_back();
    }
    while (!state.freed.empty()) {
        Facts facts = serve(state, *state.freed.begin()->second, now);
        if (!facts.empty())
            return facts;
        state.freed.erase(state.freed.begin());
    }
    return {};
}

} // namespace

Facts settle(State& state, Now now)
{
    if (Facts facts = count_entitlements(state, now); !facts.empty())
        return facts;
    if (state.documents_changed) {
        state.documents = documents_to_show(state);
        state.documents_changed = false;
    }
    if (state.requirements.is_unsettled()) [[unlikely]]
        if (Facts facts = reconcile(state); !facts.empty())
            return facts;
    if (Facts facts = end_silent_leases(state, now); !facts.empty())
        return facts;
    if (Facts facts = end_fixed_leases(state, now); !facts.empty())
        return facts;
    if (Facts facts = end_waits(state, now); !facts.empty())
        return facts;
    if (Facts facts = end_hopeless_waits(state); !facts.empty())
        return facts;
    if (Facts facts = serve_queues(state, now); !facts.empty())
        return facts;
    return tell_watchers(state);
}

std::optional<SteadyInstant> next_deadline(const State& state)
{
    std::optional<SteadyInstant> next;
    const auto consider = [&](std::optional<SteadyInstant> instant) {
        if (instant && (!next || *instant < *next))
            next = instant;
    };
    if (!state.lost.empty())
        consider(silent_at(state, *state.lost.front()));
    if (!state.speaking.empty())
        consider(silent_at(state, *state.speaking.front()));
    if (!state.wait_ends.empty())
        consider(state.wait_ends.begin()->first);
    return next;
}

std::optional<CalendarInstant> next_boundary(const State& state)
{
    std::optional<CalendarInstant> next;
    if (!state.boundaries.empty())
        next = state.boundaries.begin()->first;
    if (!state.fixed_ends.empty() && (!next || state.fixed_ends.begin()->first < *next))
        next = state.fixed_ends.begin()->first;
    return next;
}

} // namespace usher::ledger
