#include "daemon/ledger/apply.hpp"

#include <algorithm>
#include <cassert>

namespace usher::ledger {
namespace {

using Listening = LeaseRecord::Listening;

// The list of a pool's leases in the order of their grants.

void append(PoolRecord& pool, LeaseRecord& lease)
{
    lease.before = pool.last;
    lease.after = nullptr;
    (pool.last ? pool.last->after : pool.first) = &lease;
    pool.last = &lease;
    ++pool.leases;
}

void take_out(PoolRecord& pool, LeaseRecord& lease)
{
    (lease.before ? lease.before->after : pool.first) = lease.after;
    (lease.after ? lease.after->before : pool.last) = lease.before;
    --pool.leases;
}

// The leases of a party.

void join_party(State& state, LeaseRecord& lease)
{
    if (lease.lease.party.empty()) [[likely]]
        return;
    LeaseRecord*& latest = state.leases_of[lease.lease.party];
    lease.party_after = latest;
    if (latest)
        latest->party_before = &lease;
    latest = &lease;
}

void leave_party(State& state, LeaseRecord& lease)
{
    if (lease.lease.party.empty()) [[likely]]
        return;
    if (lease.party_after)
        lease.party_after->party_before = lease.party_before;
    if (lease.party_before) {
        lease.party_before->party_after = lease.party_after;
        return;
    }
    const auto latest = state.leases_of.find(lease.lease.party);
    latest->second = lease.party_after;
    if (!latest->second)
        state.leases_of.erase(latest);
}

/// Whoever holds a lease that no silence ends may ask for the list of them.
void keep(State& state, LeaseRecord& lease)
{
    if (lease.lease.kind != LeaseKind::floating)
        state.kept_by[lease.lease.identity].emplace(lease.number, &lease);
}

void keep_no_more(State& state, const LeaseRecord& lease)
{
    if (lease.lease.kind == LeaseKind::floating)
        return;
    const auto kept = state.kept_by.find(lease.lease.identity);
    kept->second.erase(lease.number);
    if (kept->second.empty())
        state.kept_by.erase(kept);
}

// Seats.

void sit_down(PoolRecord& pool, LeaseRecord& lease)
{
    if (pool.pool.metric == Metric::lease) {
        pool.held += lease.lease.units;
        return;
    }
    Seat& seat = pool.seats[seat_key(pool.pool.metric, lease.lease.user, lease.lease.device)];
    lease.shares_seat = !seat.leases.empty();
    lease.seat = &seat;
    pool.held += seat.sit_down(lease.lease.units);
}

void stand_up(PoolRecord& pool, LeaseRecord& lease)
{
    if (!lease.seat) {
        pool.held -= lease.lease.units;
        return;
    }
    pool.held -= lease.seat->stand_up(lease.lease.units);
    if (lease.seat->leases.empty())
        pool.seats.erase(seat_key(pool.pool.metric, lease.lease.user, lease.lease.device));
}

/// The lease is nobody's of its profile any more; who waited for the profile's capacity may go on.
void leave_profile(State& state, LeaseRecord& lease, CalendarInstant at)
{
    if (lease.client) {
        --lease.client->leases;
        lease.client->last = std::max(lease.client->last, at);
    }
    if (!lease.profile || !lease.profile->profile.capacity)
        return;
    ProfileRecord& profile = *lease.profile;
    if (!lease.seat) {
        profile.in_use -= lease.lease.units;
    } else {
        const auto taken = profile.seats.find(lease.seat);
        profile.in_use -= taken->second.stand_up(lease.lease.units);
        if (taken->second.leases.empty())
            profile.seats.erase(taken);
    }
    open_up(state, profile.profile);
}

// To whom the ledger listens.

void listen_no_more(State& state, LeaseRecord& lease)
{
    if (lease.listening != Listening::none)
        (lease.listening == Listening::speaking ? state.speaking : state.lost).erase(lease.listed);
    lease.listening = Listening::none;
}

void listen_to(State& state, LeaseRecord& lease)
{
    lease.listening = Listening::speaking;
    lease.listed = state.speaking.insert(state.speaking.end(), &lease);
}

void await_return(State& state, LeaseRecord& lease)
{
    // Nearly always the end: a waiter that was granted a seat after its connection ended is not.
    auto at = state.lost.end();
    while (at != state.lost.begin() && (*std::prev(at))->deadline > lease.deadline)
        --at;
    lease.listening = Listening::lost;
    lease.listed = state.lost.insert(at, &lease);
}

// The queue.

void set_deadline(State& state, WaiterRecord& record, SteadyInstant deadline)
{
    state.wait_ends.erase({record.deadline, record.waiter.place});
    record.deadline = deadline;
    state.wait_ends.emplace(record.deadline, record.waiter.place);
}

void take_out_of_queue(State& state, std::uint64_t place)
{
    const auto found = state.waiters.find(place);
    const Waiter& waiter = found->second.waiter;
    for (const Way& way : waiter.ways) {
        PoolRecord& pool = state.pools.at(way.pool);
        pool.queue.erase(place);
        pool.wished.erase(
            {seat_key(pool.pool.metric, waiter.lease.user, waiter.lease.device), place});
        free_up(state, pool);
    }
    state.wait_ends.erase({found->second.deadline, place});
    state.places.erase(waiter.lease.id);
    state.tags.erase(waiter.lease.tag);
    state.waiters.erase(found);
}

void remember_ending(State& state, const LeaseId& id, const Identity& identity, EndReason reason)
{
    if (reason == EndReason::checked_in)
        return; // Its holder knows.
    if (!state.endings.insert_or_assign(id, Ending{identity, reason}).second)
        return;
    state.endings_in_order.push_back(id);
    if (state.endings_in_order.size() > endings_max) {
        state.endings.erase(state.endings_in_order.front());
        state.endings_in_order.pop_front();
    }
}

} // namespace

void Applier::operator()(const LeaseGranted& fact) const
{
    if (const auto waits = state.places.find(fact.lease.id); waits != state.places.end())
        take_out_of_queue(state, waits->second);

    LeaseRecord& record = state.leases.add(fact.lease);
    PoolRecord& pool = state.pools.at(fact.lease.pool);
    record.number = ++state.leases_numbered;
    record.pool = &pool;
    record.connection = fact.connection;
    record.deadline = fact.deadline;
    state.tags.emplace(fact.lease.tag, fact.lease.id);
    append(pool, record);
    sit_down(pool, record);
    join_party(state, record);
    keep(state, record);
    note_change(state, pool);
    if (fact.lease.kind == LeaseKind::floating)
        listen_to(state, record);
    if (fact.lease.kind == LeaseKind::fixed && fact.lease.ends)
        state.fixed_ends.emplace(*fact.lease.ends, fact.lease.id);

    if (!pool.wished.empty() && record.seat)
        state.shareable.emplace_back(
            fact.lease.pool, seat_key(pool.pool.metric, fact.lease.user, fact.lease.device));
    join_profile(state, record, at);
}

void Applier::operator()(const LeaseEnded& fact) const
{
    LeaseRecord& record = state.leases.at(fact.id);
    PoolRecord& pool = *record.pool;
    listen_no_more(state, record);
    if (record.lease.kind == LeaseKind::fixed && record.lease.ends)
        state.fixed_ends.erase({*record.lease.ends, fact.id});
    leave_profile(state, record, at); // While its seat is there still.
    stand_up(pool, record);
    take_out(pool, record);
    leave_party(state, record);
    keep_no_more(state, record);
    note_change(state, pool);
    remember_ending(state, fact.id, record.lease.identity, fact.reason);
    state.tags.erase(record.lease.tag);
    state.leases.remove(fact.id);
    free_up(state, pool);
}

/// In its new pool it is the latest.
void Applier::operator()(const LeaseMoved& fact) const
{
    LeaseRecord& record = state.leases.at(fact.id);
    PoolRecord& from = *record.pool;
    PoolRecord& to = state.pools.at(fact.to);
    const bool is_heard_on =
        record.listening != Listening::none && fact.kind == LeaseKind::floating;
    if (!is_heard_on) // Else its term goes on.
        listen_no_more(state, record);
    if (record.lease.kind == LeaseKind::fixed && record.lease.ends)
        state.fixed_ends.erase({*record.lease.ends, fact.id});
    leave_profile(state, record, at);
    stand_up(from, record);
    take_out(from, record);

    keep_no_more(state, record);

    record.lease.pool = fact.to;
    record.lease.kind = fact.kind;
    record.lease.ends.reset();
    record.number = ++state.leases_numbered;
    keep(state, record);
    record.pool = &to;
    record.seat = nullptr;
    record.shares_seat = false;
    record.profile = nullptr;
    record.client = nullptr;
    append(to, record);
    sit_down(to, record);
    join_profile(state, record, at);
    if (fact.kind == LeaseKind::floating && !is_heard_on) {
        record.deadline = fact.deadline;
        listen_to(state, record);
    }
    if (!to.wished.empty() && record.seat)
        state.shareable.emplace_back(
            fact.to, seat_key(to.pool.metric, record.lease.user, record.lease.device));
    free_up(state, from);
    note_change(state, from);
    note_change(state, to);
}

void Applier::operator()(const EndingRemembered& fact) const
{
    remember_ending(state, fact.id, fact.identity, fact.reason);
}

void Applier::operator()(const Queued& fact) const
{
    assert(!fact.waiter.ways.empty());
    const Waiter& waiter = fact.waiter;
    const auto [found, is_new] = state.waiters.try_emplace(waiter.place);
    assert(is_new);
    found->second = {waiter, fact.connection, fact.deadline, fact.deadline};
    state.places_given = std::max(state.places_given, waiter.place);
    state.places.emplace(waiter.lease.id, waiter.place);
    state.tags.emplace(waiter.lease.tag, waiter.lease.id);
    state.wait_ends.emplace(fact.deadline, waiter.place);
    for (const Way& way : waiter.ways) {
        PoolRecord& pool = state.pools.at(way.pool);
        pool.queue.insert(waiter.place);
        if (pool.pool.metric != Metric::lease)
            pool.wished.emplace(seat_key(pool.pool.metric, waiter.lease.user, waiter.lease.device),
                                waiter.place);
    }
}

void Applier::operator()(const Unqueued& fact) const
{
    const std::uint64_t place = state.places.at(fact.id);
    remember_ending(state, fact.id, state.waiters.at(place).waiter.lease.identity, fact.reason);
    take_out_of_queue(state, place);
}

void Applier::operator()(const LeaseRenewed& fact) const
{
    if (const auto waits = state.places.find(fact.id); waits != state.places.end()) {
        WaiterRecord& record = state.waiters.at(waits->second);
        record.connection = fact.connection;
        set_deadline(state, record, fact.deadline);
        return;
    }
    LeaseRecord& record = state.leases.at(fact.id);
    record.connection = fact.connection;
    record.deadline = fact.deadline;
    if (record.listening == Listening::speaking) {
        state.speaking.splice(state.speaking.end(), state.speaking, record.listed);
    } else if (record.listening == Listening::lost) {
        state.speaking.splice(state.speaking.end(), state.lost, record.listed);
        record.listening = Listening::speaking;
    }
}

void Applier::operator()(const ConnectionLost& fact) const
{
    if (const auto waits = state.places.find(fact.id); waits != state.places.end()) {
        WaiterRecord& record = state.waiters.at(waits->second);
        record.connection = {};
        set_deadline(state, record, fact.deadline);
        return;
    }
    LeaseRecord& record = state.leases.at(fact.id);
    record.connection = {};
    if (record.listening == Listening::none)
        return;
    if (fact.deadline >= *silent_at(state, record))
        return; // It would be silent before: nothing is shortened.
    listen_no_more(state, record);
    record.deadline = fact.deadline;
    await_return(state, record);
}

void Applier::operator()(const AmnestyGranted& fact) const
{
    state.amnesty_until = std::max(state.amnesty_until, fact.until);
    if (fact.is_new) {
        state.amnesty_from = fact.from;
        for (LeaseRecord* lease : state.lost)
            lease->listening = Listening::speaking;
        state.speaking.splice(state.speaking.begin(), state.lost);
    }
    for (auto& [place, record] : state.waiters) {
        if (record.patient_until == SteadyInstant{}) // Replayed: its patience counts anew.
            record.patient_until = std::max(fact.from + record.waiter.patience, fact.until);
        if (!record.connection && record.deadline < fact.until)
            set_deadline(state, record, std::min(fact.until, record.patient_until));
    }
}

void Applier::operator()(const TermsSet& fact) const
{
    state.term = fact.term;
    state.grace = fact.grace;
    state.leases_max = fact.leases_max;
    state.validity = fact.validity;
}

} // namespace usher::ledger
