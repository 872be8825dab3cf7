#include "tests/world/witness.hpp"

#include <algorithm>
#include <utility>

namespace usher::world {
namespace {

using ledger::LeaseId;
using ledger::State;
using ledger::Units;

// As the daemon has them by default.
constexpr Duration term = std::chrono::seconds(25);
constexpr Duration grace = std::chrono::seconds(2);

/// The desk looks up at least every second, and a turn may have to wait for a disk.
constexpr Duration slack = std::chrono::seconds(3);

std::string text(const LeaseId& lease)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < 4; ++i) {
        text += digits[lease.bytes[i] >> 4];
        text += digits[lease.bytes[i] & 15];
    }
    return text;
}

std::string text(Duration span)
{
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(span).count()) +
           " ms";
}

/// What is owned of all that feeds a root, by what the vendor signed.
Units owned(const State& state, const ledger::PoolRecord& root)
{
    Units all = 0;
    for (const auto& [id, record] : state.entitlements) {
        const ledger::Entitlement& license = record.entitlement;
        if (license.root != root.pool.id)
            continue;
        const bool has_begun = !license.from || *license.from <= state.floor;
        const bool has_ended = license.to && *license.to <= state.floor;
        if (has_begun && !has_ended)
            all += license.quantity.value_or(0);
    }
    return all;
}

} // namespace

void Witness::complain(std::string complaint)
{
    if (!complaint_)
        complaint_ = std::move(complaint);
}

Witness::Promise& Witness::note(const LeaseId& lease)
{
    return promises_[lease];
}

void Witness::heard(const std::vector<server::Letter>& letters, SteadyInstant stamp)
{
    stamp_ = stamp;
    for (const server::Letter& letter : letters) {
        if (const auto* const notice = std::get_if<ledger::Notice>(&letter.text)) {
            if (const auto* const granted = std::get_if<ledger::Granted>(notice))
                heard_granted(*granted, letter.to);
            continue;
        }
        ++figures_.answers;
        const auto& answer = std::get<ledger::Answer>(letter.text);
        if (const auto* const granted = std::get_if<ledger::Granted>(&answer))
            heard_granted(*granted, letter.to);
        else if (const auto* const renewed = std::get_if<ledger::Renewed>(&answer))
            heard_renewed(*renewed, letter.to);
    }
}

void Witness::heard_granted(const ledger::Granted& granted, ledger::ConnectionId to)
{
    Promise& promise = note(granted.id);
    if (over_.contains(granted.id))
        complain("lease " + text(granted.id) + " was granted again after it was given back");
    if (promise.units != 0 && (promise.units != granted.units || promise.pool != granted.pool))
        complain("lease " + text(granted.id) + " was granted a second time, and otherwise");
    promise.units = granted.units;
    promise.pool = granted.pool;
    granted_since_ += granted.units;
    speak(granted.id, to);
    ++figures_.grants;
}

void Witness::heard_renewed(const ledger::Renewed& renewed, ledger::ConnectionId to)
{
    for (const ledger::LeaseState& lease : renewed.leases)
        if (lease.state == ledger::LeaseState::State::held ||
            lease.state == ledger::LeaseState::State::locked)
            speak(lease.id, to);
}

/// A full term; unless whoever spoke is gone by now.
void Witness::speak(const LeaseId& lease, ledger::ConnectionId to)
{
    Promise& promise = note(lease);
    promise.speaker = to;
    excused_.erase(lease);
    promise.may_end = unwanted_.contains(lease) || clock_.steady() < taken_until_;
    promise.held_until = stamp_ + term;
    promise.gone_from = stamp_ + term + slack;
    if (const auto lost = lost_.find(to); lost != lost_.end())
        promise.held_until = std::min(promise.held_until, lost->second + grace);
}

void Witness::connection_lost(ledger::ConnectionId connection)
{
    const SteadyInstant now = clock_.steady();
    lost_.emplace(connection, now);
    for (auto& [lease, promise] : promises_) {
        if (promise.speaker != connection)
            continue;
        promise.held_until = std::min(promise.held_until, now + grace);
        promise.gone_from = std::min(promise.gone_from, now + grace + slack);
    }
}

void Witness::started(SteadyInstant alive)
{
    for (auto& [lease, promise] : promises_) {
        if (lost_.contains(promise.speaker))
            excused_.try_emplace(lease, clock_.steady() + term + slack);
        promise.speaker = {};
    }
    lost_.clear();
    all_begin_anew(alive);
}

void Witness::all_begin_anew(SteadyInstant alive)
{
    const SteadyInstant now = clock_.steady();
    for (auto& [lease, promise] : promises_)
        if (promise.held_until > alive && !lost_.contains(promise.speaker))
            promise.held_until = std::max(promise.held_until, now + term);
    all_may_begin_anew();
}

void Witness::all_may_begin_anew()
{
    anew_ = clock_.steady();
    for (auto& [lease, promise] : promises_)
        promise.gone_from = std::max(promise.gone_from, clock_.steady() + term + slack);
}

void Witness::holders_are_awaited()
{
    for (auto& [lease, promise] : promises_)
        if (const auto lost = lost_.find(promise.speaker);
            lost == lost_.end() || lost->second <= anew_)
            promise.gone_from = std::max(promise.gone_from, clock_.steady() + term + slack);
}

void Witness::taking_all(SteadyInstant until)
{
    if (clock_.steady() >= taken_until_) // Who was never answered has been forgotten by now.
        takings_ = 0;
    ++takings_;
    taken_until_ = std::max(taken_until_, until);
}

void Witness::taking_no_more()
{
    for (auto& [lease, promise] : promises_) // It may have been done by now.
        promise.may_end = true;
    if (takings_ > 0 && --takings_ == 0)
        taken_until_ = {};
}

void Witness::look(const ledger::Ledger& ledger, bool is_calm)
{
    look_at_promises(ledger.state());
    look_at_leases(ledger.state(), is_calm);
    look_at_pools(ledger.state(), is_calm);
}

/// What is held stays with its pool, as long as there is enough for all that is held (I4): also
/// where some of it was granted, or given back, in the same turn.
void Witness::look_at_pools(const State& state, bool is_calm)
{
    std::map<const ledger::PoolRecord*, std::pair<Units, Units>> of_root; // Held, and owned.
    for (const auto& [id, pool] : state.pools) {
        of_root[pool.root].first += pool.pool.closed ? 0 : pool.held;
        of_root[pool.root].second += pool.stock;
    }
    std::set<ledger::PoolId> over_committed;
    for (const auto& [id, pool] : state.pools) {
        if (pool.pool.closed || pool.held <= pool.stock)
            continue;
        over_committed.insert(id);
        const auto& [held, stock] = of_root[pool.root];
        const Units held_at_most = std::max(held, held_[pool.root->pool.id] + granted_since_);
        if (is_calm && held_at_most <= stock && !over_committed_.contains(id))
            complain("pool " + id.text + " has " + std::to_string(pool.stock) + " units for " +
                     std::to_string(pool.held) +
                     " that are held, though there are enough beside it");
    }
    over_committed_ = std::move(over_committed);
    granted_since_ = 0;
    held_.clear();
    for (const auto& [root, units] : of_root)
        held_[root->pool.id] = units.first;
}

/// Guarantee 2: a seat that was answered is held until it is given back, taken, or silent.
void Witness::look_at_promises(const State& state)
{
    const SteadyInstant now = clock_.steady();
    if (now < taken_until_)
        for (auto& [id, promise] : promises_)
            promise.may_end = true;
    std::erase_if(promises_, [&](const auto& entry) {
        const auto& [id, promise] = entry;
        const ledger::LeaseRecord* const held = state.find_lease(id);
        if (held == nullptr) {
            const bool is_promised =
                promise.units > 0 && !promise.may_end && now < promise.held_until;
            if (is_promised)
                complain("lease " + text(id) + " of " + promise.pool.text +
                         " is gone, though its holder may rely on it for another " +
                         text(promise.held_until - now));
            if (promise.may_end || lost_.contains(promise.speaker))
                excused_.try_emplace(id, now + term + slack);
            return !state.find_waiter(id) && now >= promise.held_until && promise.units > 0;
        }
        if (promise.units > 0 &&
            (held->lease.units != promise.units || held->lease.pool != promise.pool))
            complain("lease " + text(id) + " is not what its holder was told");
        return false;
    });
}

/// Guarantees 1 and 3: nothing is lent that is not owned, nor kept for who is silent.
void Witness::look_at_leases(const State& state, bool is_calm)
{
    const SteadyInstant now = clock_.steady();
    std::set<LeaseId> held;
    for (const ledger::LeaseRecord& record : state.leases.all()) {
        const LeaseId& id = record.lease.id;
        held.insert(id);
        if (over_.contains(id))
            complain("lease " + text(id) + " is held, though its holder was told that it is not");
        Promise& promise = note(id);
        if (!known_.contains(id)) {
            look_at_newcomer(state, id);
            if (is_calm)
                look_at_stock(state, record);
            promise.gone_from = std::max(promise.gone_from, now + term + slack);
        }
        if (now >= promise.gone_from)
            complain("lease " + text(id) + " of " + record.lease.pool.text + " is still held, " +
                     text(now - promise.gone_from + slack) + " after its holder fell silent");
    }
    known_ = std::move(held);
    stocks_.clear();
    for (const auto& [id, pool] : state.pools)
        stocks_[id] = pool.stock;
    places_.clear();
    for (const auto& [place, waiter] : state.waiters)
        places_[waiter.waiter.lease.id] = place;
}

void Witness::look_at_newcomer(const State& state, const LeaseId& lease)
{
    const ledger::LeaseRecord& record = *state.find_lease(lease);
    const auto place = places_.find(lease);
    if (is_overtaken(state, record.pool->pool.id,
                     place == places_.end() ? UINT64_MAX : place->second))
        complain("lease " + text(lease) + " came before somebody who has waited longer");
}

void Witness::look_at_stock(const State& state, const ledger::LeaseRecord& newcomer)
{
    const ledger::PoolRecord& root = *newcomer.pool->root;
    std::map<const ledger::PoolRecord*, Units> lent;
    for (const ledger::LeaseRecord& other : state.leases.all())
        lent[other.pool] += other.lease.units;
    Units of_root = 0; // Without what stands above a pool's stock since its owner shrank it.
    for (const auto& [pool, units] : lent)
        of_root += pool->root == &root ? std::min(units, std::max<Units>(pool->stock, 0)) : 0;
    if (const Units all = owned(state, root); of_root > all && is_unchanged(root))
        complain("oversold: " + root.pool.id.text + " owns " + std::to_string(all) +
                 " units and lends " + std::to_string(of_root));
    if (lent[newcomer.pool] > newcomer.pool->stock && is_unchanged(root))
        complain("oversold: pool " + newcomer.pool->pool.id.text + " has " +
                 std::to_string(newcomer.pool->stock) + " units and lends " +
                 std::to_string(lent[newcomer.pool]));
}

bool Witness::is_unchanged(const ledger::PoolRecord& root) const
{
    const auto is_same = [this](const ledger::PoolRecord& pool) {
        const auto before = stocks_.find(pool.pool.id);
        return before != stocks_.end() && before->second == pool.stock;
    };
    return is_same(root) && std::ranges::all_of(root.children, [&](const auto& child) {
               return is_same(*child.second);
           });
}

/// Whether somebody still waits who came first. Who wants more than there is holds up nobody.
bool Witness::is_overtaken(const State& state, const ledger::PoolId& pool,
                           std::uint64_t since) const
{
    return std::ranges::any_of(state.waiters, [&](const auto& entry) {
        const ledger::Waiter& waiter = entry.second.waiter;
        const auto place = places_.find(waiter.lease.id);
        return place != places_.end() && place->second < since && waiter.ways.size() == 1 &&
               waiter.ways.front().pool == pool &&
               waiter.lease.units <= state.find_pool(pool)->stock;
    });
}

/// Guarantee 1 as clients see it: nobody believes to hold what somebody else may be given.
void Witness::believe(const ledger::Ledger& ledger, const LeaseId& lease, std::uint64_t units)
{
    const auto excuse = excused_.find(lease);
    const bool may_be_gone = excuse != excused_.end() && clock_.steady() < excuse->second;
    const ledger::LeaseRecord* const held = ledger.state().find_lease(lease);
    if (held == nullptr && !may_be_gone)
        complain("a client is certain of lease " + text(lease) + ", and it is nobody's");
    if (held != nullptr && held->lease.units != static_cast<Units>(units))
        complain("a client is certain of " + std::to_string(units) + " units of lease " +
                 text(lease) + ", and it has others");
}

} // namespace usher::world
