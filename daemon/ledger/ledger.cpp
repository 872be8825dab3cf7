#include "daemon/ledger/ledger.hpp"

#include "daemon/ledger/admission.hpp"
#include "daemon/ledger/apply.hpp"
#include "daemon/ledger/decide.hpp"
#include "daemon/ledger/picture.hpp"
#include "daemon/ledger/settle.hpp"
#include "daemon/ledger/watch.hpp"

#include <algorithm>

namespace usher::ledger {
namespace {

/// What a fact means for others, where it means anything.
struct Herald {
    const State& state;
    using News = std::optional<Message>;

    template <class Other>
    News operator()(const Other&) const
    {
        return std::nullopt;
    }

    News operator()(const LeaseGranted& fact) const
    {
        const WaiterRecord* waiter = state.find_waiter(fact.lease.id);
        if (!waiter)
            return std::nullopt;
        const PoolRecord& pool = *state.find_pool(fact.lease.pool);
        const bool shares_seat =
            pool.seats.contains(seat_key(pool.pool.metric, fact.lease.user, fact.lease.device));
        return heard_by(waiter->connection, granted(state, fact.lease, shares_seat));
    }

    News operator()(const LeaseEnded& fact) const
    {
        if (fact.reason == EndReason::checked_in)
            return std::nullopt;
        return heard_by(state.find_lease(fact.id)->connection,
                        SeatLost{fact.id, fact.reason, fact.note});
    }

    News operator()(const Unqueued& fact) const
    {
        if (fact.reason == EndReason::checked_in)
            return std::nullopt;
        const WaiterRecord& record = *state.find_waiter(fact.id);
        return heard_by(record.connection, WaitEnded{fact.id, fact.reason,
                                                     why_waiting(state, record.waiter), fact.note});
    }

    News operator()(const ModeSet& fact) const { return Message{{}, ModeChanged{fact.mode}}; }

    News operator()(const Departed& fact) const
    {
        return Message{{}, Redirected{fact.departure.redirect}};
    }
    News operator()(const ArrivalBegun&) const { return Message{{}, ModeChanged{Mode::arriving}}; }
    News operator()(const Arrived&) const { return Message{{}, ModeChanged{Mode::serving}}; }
    News operator()(const ArrivalAbandoned&) const
    {
        return Message{{}, ModeChanged{state.departure ? Mode::departed : Mode::serving}};
    }

    News operator()(const StateTold& fact) const
    {
        const WatchRecord& watch = state.watches.at(fact.watch);
        return heard_by(watch.connection,
                        StateChanged{watch.party, watch.asked, pool_state(state, watch.pool)});
    }

    News operator()(const CredentialRevoked& fact) const
    {
        return Message{{}, CredentialGone{fact.name}};
    }

    static News heard_by(ConnectionId connection, Notice notice)
    {
        if (!connection)
            return std::nullopt; // It asks when it is back.
        return Message{connection, std::move(notice)};
    }
};

} // namespace

Ledger::Ledger(std::uint64_t seed, Rules rules) : state_(std::make_unique<State>(seed, rules)) {}
Ledger::~Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;

Verdict Ledger::decide(const Command& command, Now now) const
{
    if (is_counter_away(*state_)) [[unlikely]]
        if (auto verdict = decide_without_counter(*state_, command))
            return *std::move(verdict);
    if (stands_still(state_->mode)) [[unlikely]]
        if (auto verdict = decide_in_a_move(*state_, command))
            return *std::move(verdict);
    return std::visit([&](const auto& one) { return ledger::decide(*state_, one, now); }, command);
}

std::vector<Fact> Ledger::settle(Now now)
{
    if (stands_still(state_->mode)) [[unlikely]]
        return {};
    return ledger::settle(*state_, now);
}

void Ledger::apply(const Fact& fact, CalendarInstant at)
{
    std::visit(Applier{*state_, at}, fact);
    if (state_->stream) [[unlikely]]
        stream_on(*state_, fact);
    state_->floor = std::max(state_->floor, at);
}

std::optional<Message> Ledger::message_about(const Fact& fact) const
{
    return std::visit(Herald{*state_}, fact);
}

std::optional<SteadyInstant> Ledger::next_deadline() const
{
    return stands_still(state_->mode) ? std::nullopt : ledger::next_deadline(*state_);
}

std::optional<CalendarInstant> Ledger::next_boundary() const
{
    return stands_still(state_->mode) ? std::nullopt : ledger::next_boundary(*state_);
}

CalendarInstant Ledger::calendar_floor() const
{
    return state_->floor;
}

std::optional<Anchor> Ledger::anchor() const
{
    return state_->anchor;
}

std::optional<Anchor> Ledger::anchor_due() const
{
    const auto& reached = state_->counter_reached;
    const bool is_due = state_->anchor && reached && *reached < state_->anchor->value;
    return is_due ? state_->anchor : std::nullopt;
}

std::vector<Fact> Ledger::facts() const
{
    return facts_of(*state_);
}

std::vector<Entitlement> Ledger::entitlements() const
{
    std::vector<Entitlement> list;
    list.reserve(state_->entitlements.size());
    for (const auto& [id, record] : state_->entitlements)
        list.push_back(record.entitlement);
    return list;
}

std::size_t Ledger::leases_held() const
{
    return state_->leases.size();
}

std::size_t Ledger::places_taken() const
{
    return state_->leases.size() + state_->waiters.size();
}

const State& Ledger::state() const
{
    return *state_;
}

} // namespace usher::ledger
