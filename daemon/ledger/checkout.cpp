#include "daemon/ledger/admission.hpp"
#include "daemon/ledger/apply.hpp"
#include "daemon/ledger/decide.hpp"
#include "daemon/ledger/routing.hpp"

#include <algorithm>

namespace usher::ledger {
namespace {

Lease lease_for(const Checkout& command, CalendarInstant at)
{
    return {.id = command.id,
            .tag = command.tag,
            .units = command.units,
            .identity = command.asker.identity,
            .party = command.party,
            .user = command.user,
            .device = command.device,
            .process = command.process,
            .asked = command.profile,
            .started = at};
}

/// Who names no party may have got the one of the user's name.
bool is_for(const Lease& lease, const PartyId& party)
{
    return lease.party == party || (party.empty() && lease.party.text == lease.user.text);
}

/// A lease by which `command` was answered before, or another's that has its id.
bool is_same(const Lease& lease, const Checkout& command)
{
    return lease.identity == command.asker.identity && lease.units == command.units &&
           lease.user == command.user && lease.device == command.device &&
           is_for(lease, command.party) &&
           (command.profile == lease.asked || command.profile == lease.profile);
}

/// The same question again has the same answer, and proves that its asker lives.
std::optional<Verdict> answered_before(const State& state, const Checkout& command, Now now)
{
    if (const LeaseRecord* record = state.find_lease(command.id)) {
        if (!is_same(record->lease, command))
            return no(refuse(Code::lease_id_reused));
        return Verdict{
            granted(state, record->lease, record->shares_seat),
            {LeaseRenewed{command.id, command.asker.connection, now.steady + state.term}}};
    }
    if (const WaiterRecord* record = state.find_waiter(command.id)) {
        const Waiter& waiter = record->waiter;
        if (!is_same(waiter.lease, command))
            return no(refuse(Code::lease_id_reused));
        const PoolRecord& pool = *state.find_pool(waiter.ways.front().pool);
        return Verdict{Waiting{command.id, pool.queue.order_of_key(waiter.place) + 1,
                               why_waiting(state, waiter)},
                       {LeaseRenewed{command.id, command.asker.connection, record->patient_until}}};
    }
    if (state.tags.contains(command.tag))
        return no(refuse(Code::lease_id_reused));
    if (state.returned.has(command.id))
        return no(id_was_returned());
    return std::nullopt;
}

Verdict denied(const State& state, const Checkout& command, Refusal refusal, Now now)
{
    return denied(state, {command.profile, command.user, command.device}, std::move(refusal), now);
}

/// The first stop that serves the wish at once, or the first one's refusal; and where to wait.
struct Search {
    const Stop* served = nullptr;
    std::optional<Refusal> refusal; ///< Of the first stop.
    std::vector<const Stop*> to_wait_for;
};

/// Why the stop does not serve the wish at once; none: it does.
std::optional<Refusal> why_not_at(const State& state, const Stop& stop, const Wish& wish)
{
    if (stop.refusal)
        return *stop.refusal;
    if (stop.pool)
        return why_not_now(state, *stop.pool, wish);
    return refuse_without_pool(stop, wish.lease.units);
}

Search search(const State& state, const Route& route, const Lease& lease)
{
    Search found;
    for (const Stop& stop : route.stops) {
        const Wish wish{lease, stop.profile, std::nullopt};
        std::optional<Refusal> refusal = why_not_at(state, stop, wish);
        if (!refusal) {
            found.served = &stop;
            return found;
        }
        if (refusal->code == Code::no_free_seat && stop.pool && has_enough(state, *stop.pool, wish))
            found.to_wait_for.push_back(&stop);
        if (!found.refusal) {
            if (stop.pool && !stop.refusal)
                name_holders(*refusal, *stop.pool);
            found.refusal = std::move(refusal);
        }
    }
    return found;
}

/// The lease that the stop would give.
void put_at(const Stop& stop, Lease& lease, CalendarInstant at)
{
    lease.pool = stop.pool->pool.id;
    lease.profile = stop.profile;
    lease.party = stop.party;
    set_terms(lease, *stop.pool, at);
}

/// Who waits counts too: then a seat that comes free never meets the bound.
std::optional<Refusal> why_no_more_leases(const State& state)
{
    if (state.leases.size() + state.waiters.size() < state.leases_max)
        return std::nullopt;
    return refuse(Code::limit_reached, {},
                  std::to_string(state.leases.size()) + " leases are held and " +
                      std::to_string(state.waiters.size()) + " wait, and leases_max is " +
                      std::to_string(state.leases_max));
}

Verdict enqueue(const State& state, const Checkout& command, Lease lease, Search found, Now now)
{
    if (state.waiters.size() >= waiters_max)
        return denied(state, command,
                      refuse(Code::limit_reached, {},
                             std::to_string(waiters_max) + " checkouts wait already"),
                      now);
    const Stop& first = *found.to_wait_for.front();
    // Whoever waits does so for one party: what it may take is the party's of its first way.
    std::erase_if(found.to_wait_for, [&](const Stop* stop) { return stop->party != first.party; });
    put_at(first, lease, now.calendar);
    Waiter waiter{.lease = std::move(lease),
                  .ways = {},
                  .place = state.places_given + 1,
                  .patience = command.patience};
    for (const Stop* stop : found.to_wait_for)
        waiter.ways.push_back({stop->pool->pool.id, stop->profile});
    const std::size_t position = first.pool->queue.size() + 1;
    return {Waiting{command.id, position, *std::move(found.refusal)},
            {Queued{std::move(waiter), command.asker.connection, now.steady + command.patience}}};
}

} // namespace

Verdict denied(const State& state, const Disappointed& who, Refusal refusal, Now now)
{
    const auto is_recent = [now](CalendarInstant at) {
        return now.calendar - at < denial_interval;
    };
    Verdict verdict = no(std::move(refusal));
    const bool is_flood =
        state.denials.size() == denials_max && is_recent(state.denials.front().at);
    const auto last = state.denied_last.find(denial_key(who.profile, who.user, who.device));
    const bool is_known = last != state.denied_last.end() && is_recent(last->second);
    if (!is_flood && !is_known)
        verdict.facts.emplace_back(Denied{now.calendar, who.profile, who.user, who.device,
                                          std::get<Refusal>(verdict.answer)});
    return verdict;
}

Granted granted(const State& state, const Lease& lease, bool shares_seat)
{
    return {.id = lease.id,
            .pool = lease.pool,
            .product = state.find_pool(lease.pool)->pool.product.name,
            .units = lease.units,
            .shares_seat = shares_seat,
            .kind = lease.kind,
            .term = state.term};
}

Verdict decide(const State& state, const Checkout& command, Now now)
{
    if (auto verdict = answered_before(state, command, now))
        return *std::move(verdict);
    if (command.units < 1 || command.units > units_max) {
        Refusal refusal = refuse(Code::bad_quantity, "a checkout");
        refusal.want = command.units;
        return no(std::move(refusal));
    }
    if (state.mode == Mode::maintenance)
        return denied(state, command, refuse(Code::in_maintenance), now);
    Route route = route_of(state, {command.profile, command.pool, command.party, command.user});
    if (route.refusal)
        return denied(state, command, *std::move(route.refusal), now);

    Lease lease = lease_for(command, now.calendar);
    Search found = search(state, route, lease);
    const bool waits =
        !found.served && command.patience > Duration::zero() && !found.to_wait_for.empty();
    if (found.served || waits)
        if (auto refusal = why_no_more_leases(state))
            return denied(state, command, *std::move(refusal), now);
    if (found.served) {
        put_at(*found.served, lease, now.calendar);
        const PoolRecord& pool = *found.served->pool;
        const bool shares_seat =
            pool.seats.contains(seat_key(pool.pool.metric, lease.user, lease.device));
        Granted answer = granted(state, lease, shares_seat);
        return {
            std::move(answer),
            {LeaseGranted{std::move(lease), command.asker.connection, now.steady + state.term}}};
    }
    if (waits)
        return enqueue(state, command, std::move(lease), std::move(found), now);
    return denied(state, command, *std::move(found.refusal), now);
}

} // namespace usher::ledger
