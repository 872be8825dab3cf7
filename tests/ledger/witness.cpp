#include "tests/ledger/witness.hpp"

#include "tests/ledger/scene.hpp"

#include <algorithm>

namespace usher::ledger::test {
namespace {

/// The id of the lease that a notice is about; none: about none.
std::optional<LeaseId> subject(const Notice& notice)
{
    if (const auto* granted = std::get_if<Granted>(&notice))
        return granted->id;
    if (const auto* lost = std::get_if<SeatLost>(&notice))
        return lost->id;
    if (const auto* ended = std::get_if<WaitEnded>(&notice))
        return ended->id;
    return std::nullopt;
}

} // namespace

void Witness::watch(const std::vector<Message>& heard, Now now, const Summary& after)
{
    end_silence(now);
    see_grants(now, after);
    compare(now, after);
    check_queue(now);
    check_notices(heard);
    told_.clear();
}

void Witness::restart()
{
    for (Claims* claims : {&house_.holders, &house_.waiters})
        for (Claim& claim : *claims) {
            claim.connection = {};
            claim.deadline = claim.patient_until = {};
            claim.lost = false;
        }
    const NaiveHouse fresh;
    house_.term = fresh.term;
    house_.grace = fresh.grace;
    house_.leases_max = fresh.leases_max;
    house_.amnesty_from = house_.amnesty_until = {};
    house_.is_counter_reached = false;
    house_.returned.clear();
}

void Witness::expect(bool holds, const std::string& complaint)
{
    if (!holds)
        complaints.push_back(complaint);
}

/// Whoever fell silent, has waited long enough or waits in vain is gone.
void Witness::end_silence(Now now)
{
    const auto end = [&](Claims& claims, auto is_over) {
        for (const Claim& claim : claims)
            if (claim.connection && is_over(claim))
                told_.insert(claim.id);
        std::erase_if(claims, is_over);
    };
    end(house_.holders,
        [&](const Claim& holder) { return house_.silent_at(holder) <= now.steady; });
    end(house_.waiters, [&](const Claim& waiter) {
        return waiter.deadline <= now.steady || house_.is_hopeless(waiter, now.calendar);
    });
}

/// A lease that is new was a place in the queue: rightly?
void Witness::see_grants(Now now, const Summary& after)
{
    for (const LeasePicture& picture : after.leases) {
        if (find(house_.holders, picture.lease.id))
            continue;
        const auto waiter = std::ranges::find(house_.waiters, picture.lease.id, &Claim::id);
        if (waiter == house_.waiters.end()) {
            complaints.push_back("a lease of nobody who asked for it");
            continue;
        }
        const PoolId& pool = picture.lease.pool;
        expect(house_.mode == Mode::serving, "a seat is lent in maintenance");
        if (!waiter->way_by(pool)) {
            complaints.push_back("a seat of a pool not waited for");
            continue;
        }
        Claim claim = *waiter;
        const auto ahead = static_cast<std::size_t>(waiter - house_.waiters.begin());
        if (claim.connection)
            told_.insert(claim.id);
        house_.waiters.erase(waiter);
        grant(std::move(claim), pool, ahead, now);
    }
}

void Witness::grant(Claim claim, const PoolId& pool, std::size_t ahead, Now now)
{
    const auto code = house_.why_not(pool, claim, ahead, now.calendar);
    expect(!code, "lent in spite of " + std::string(code ? word(*code) : "") + " of " + pool.text);
    const SteadyInstant place = claim.deadline;
    claim.ways = {Way(*claim.way_by(pool))};
    claim.patient_until = {};
    claim.deadline = now.steady + house_.term;
    if (!claim.connection && place < house_.silent_at(claim)) {
        claim.deadline = place;
        claim.lost = true;
    }
    house_.holders.push_back(std::move(claim));
}

void Witness::compare(Now now, const Summary& after)
{
    expect(after.anchor == house_.anchor, "it is anchored elsewhere");
    expect(after.leases.size() == house_.holders.size(), "holders and leases are not as many");
    for (const LeasePicture& picture : after.leases) {
        const Lease& lease = picture.lease;
        const Claim* holder = find(house_.holders, lease.id);
        expect(holder && holder->pool() == lease.pool && holder->units == lease.units &&
                   holder->user == lease.user && holder->device == lease.device &&
                   holder->profile() == lease.profile && holder->identity == lease.identity &&
                   bool(holder->connection) == picture.connected,
               "a lease is not what its holder was told");
    }
    expect(std::ranges::equal(
               after.queue, house_.waiters, {},
               [](const WaiterPicture& picture) { return picture.waiter.lease.id; }, &Claim::id),
           "the queue is another one");
    expect(after.pools.size() == house_.licenses.size() + house_.expected.size(),
           "pools and licenses are not as many");
    for (const PoolPicture& pool : after.pools) {
        const auto stock = house_.stock(pool.pool.id, now.calendar);
        expect(pool.unlimited == !stock && (!stock || pool.stock == *stock),
               "another stock of " + pool.pool.id.text);
        expect(pool.held == house_.held(pool.pool.id), "others hold " + pool.pool.id.text);
    }
    expect(after.profiles.size() == house_.profiles.size(), "profiles come or go");
    for (const ProfilePicture& one : after.profiles)
        expect(std::ranges::count(house_.profiles, one.profile) == 1, "a profile is another one");
}

/// Nobody waits while what he waits for is free and nobody is before him.
void Witness::check_queue(Now now)
{
    if (house_.mode == Mode::maintenance)
        return;
    for (std::size_t i = 0; i < house_.waiters.size(); ++i)
        for (const Way& way : house_.waiters[i].ways)
            expect(house_.why_not(way.pool, house_.waiters[i], i, now.calendar).has_value(),
                   "somebody waits for a free seat of " + way.pool.text);
}

/// Each notice is for the connection that speaks for its lease, and none is missing.
void Witness::check_notices(const std::vector<Message>& heard)
{
    for (const Message& message : heard) {
        const auto id = subject(message.notice);
        if (!id)
            continue;
        expect(told_.erase(*id) == 1, "a notice that nobody needs");
        const Claim* holder = find(house_.holders, *id);
        expect(std::holds_alternative<Granted>(message.notice) ==
                   (holder && holder->connection == message.to),
               "a notice to a wrong connection");
    }
    expect(told_.empty(), "somebody is not told");
}

} // namespace usher::ledger::test
