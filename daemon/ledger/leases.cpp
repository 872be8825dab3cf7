#include "daemon/ledger/decide.hpp"

#include <algorithm>

namespace usher::ledger {
namespace {

/// What an asker is told of a lease that is not its own, or no more: why it ended, where its own.
LeaseState unknown_state(const State& state, const Identity& asker, const LeaseId& id)
{
    static const auto unknown = std::make_shared<const Refusal>(unknown_lease());
    LeaseState answer{.id = id, .refusal = unknown, .ended_because = {}};
    if (const auto ending = state.endings.find(id);
        ending != state.endings.end() && ending->second.identity == asker) {
        answer.ended_because = word(ending->second.reason);
        answer.refusal =
            std::make_shared<const Refusal>(unknown_lease(": it ended, " + answer.ended_because));
    }
    return answer;
}

/// Why a pool is locked, made once for all of its leases that stand together in a renewal.
struct LastLock {
    const PoolRecord* pool = nullptr;
    std::shared_ptr<const Refusal> refusal;
};

LeaseState state_of(const State& state, const Renew& command, const LeaseId& id, LastLock& last)
{
    const Identity& asker = command.asker.identity;
    LeaseState answer{
        .id = id, .state = LeaseState::State::held, .refusal = {}, .ended_because = {}};
    if (const LeaseRecord* record = state.find_lease(id);
        record && record->lease.identity == asker) {
        if (is_locked(*record->pool)) {
            answer.state = LeaseState::State::locked;
            if (last.pool != record->pool)
                last = {record->pool,
                        std::make_shared<const Refusal>(lock_refusal(state, *record->pool))};
            answer.refusal = last.refusal;
        }
        return answer;
    }
    if (const WaiterRecord* record = state.find_waiter(id);
        record && record->waiter.lease.identity == asker) {
        answer.state = LeaseState::State::waiting;
        return answer;
    }
    return unknown_state(state, asker, id);
}

SteadyInstant renewed_until(const State& state, const LeaseId& id, Now now)
{
    const WaiterRecord* waiter = state.find_waiter(id);
    return waiter ? waiter->patient_until : now.steady + state.term;
}

} // namespace

Refusal unknown_lease(std::string detail)
{
    return refuse(Code::unknown_lease, {}, std::move(detail));
}

Refusal id_was_returned()
{
    return refuse(Code::lease_id_reused, {}, ": it was given back");
}

Verdict decide(const State& state, const Renew& command, Now now)
{
    Verdict verdict;
    Renewed answer{.leases = {}, .term = state.term};
    answer.leases.reserve(command.leases.size());
    verdict.facts.reserve(command.leases.size());
    LastLock last;
    for (const LeaseId& id : command.leases) {
        answer.leases.push_back(state_of(state, command, id, last));
        if (answer.leases.back().state != LeaseState::State::unknown)
            verdict.facts.emplace_back(
                LeaseRenewed{id, command.asker.connection, renewed_until(state, id, now)});
    }
    verdict.answer = std::move(answer);
    return verdict;
}

Verdict decide(const State& state, const Checkin& command, Now)
{
    const Identity& asker = command.asker.identity;
    if (const LeaseRecord* record = state.find_lease(command.lease);
        record && record->lease.identity == asker)
        return {
            Done{},
            {LeaseEnded{.id = command.lease, .by = asker, .note = {}}, IdReturned{command.lease}}};
    if (const WaiterRecord* record = state.find_waiter(command.lease);
        record && record->waiter.lease.identity == asker)
        return {Done{},
                {Unqueued{.id = command.lease, .by = {}, .note = {}}, IdReturned{command.lease}}};
    Verdict verdict = no(*unknown_state(state, asker, command.lease).refusal);
    if (!state.find_lease(command.lease) && !state.find_waiter(command.lease))
        verdict.facts.emplace_back(IdReturned{command.lease});
    return verdict;
}

Verdict forget_connection(const State& state, ConnectionId connection)
{
    Verdict verdict;
    if (state.watches_of.contains(connection))
        verdict.facts.emplace_back(WatchEnded{connection});
    if (state.tables.contains(connection))
        verdict.facts.emplace_back(TableEnded{connection});
    return verdict;
}

/// Only shortens: whoever would be silent sooner stays so, and what has no term keeps having none.
Verdict decide(const State& state, const LoseConnection& command, Now now)
{
    Verdict verdict = forget_connection(state, command.connection);
    const SteadyInstant until = command.runs_on ? SteadyInstant::max() : now.steady + state.grace;
    for (const LeaseId& id : command.leases) {
        if (const LeaseRecord* lease = state.find_lease(id);
            lease && lease->connection == command.connection)
            verdict.facts.emplace_back(ConnectionLost{id, until});
        else if (const WaiterRecord* waiter = state.find_waiter(id);
                 waiter && waiter->connection == command.connection)
            verdict.facts.emplace_back(ConnectionLost{id, std::min(until, waiter->deadline)});
    }
    return verdict;
}

Verdict decide(const State& state, const Revoke& command, Now)
{
    const auto named = state.tags.find(command.lease);
    if (named == state.tags.end())
        return no(refuse(Code::unknown_lease));
    const LeaseId& id = named->second;
    if (state.find_waiter(id))
        return {
            Done{},
            {Unqueued{
                .id = id, .reason = EndReason::revoked, .by = command.by, .note = command.reason}}};
    return {Done{},
            {LeaseEnded{
                .id = id, .reason = EndReason::revoked, .by = command.by, .note = command.reason}}};
}

Verdict decide(const State& state, const Greet& command, Now)
{
    Greeted greeted{.identity = command.identity,
                    .role = command.role,
                    .term = state.term,
                    .grace = state.grace,
                    .mode = state.mode,
                    .documents = state.documents};
    if (command.credential) {
        const auto found = state.credential_names.find(*command.credential);
        if (found != state.credential_names.end()) {
            const Credential& known = state.credentials.at(found->second);
            const bool is_key = known.kind == Credential::Kind::key;
            greeted.identity.text = (is_key ? "key:" : "cert:") + known.name;
            greeted.role = known.role;
        } else if (state.mode == Mode::arriving) {
            return no(refuse_in_a_move(state)); // It may be one that is still to come.
        } else if (!command.certificate_is_foreign) {
            return no(refuse(Code::unknown_credential,
                             command.identity.empty() ? "this key" : command.identity.text));
        }
    }
    // No license names this host before it has arrived, so applications could not believe it.
    if (state.mode == Mode::arriving && greeted.role == Role::application)
        return no(refuse_in_a_move(state));
    return {std::move(greeted), {}};
}

Verdict decide(const State& state, const Start& command, Now now)
{
    Verdict verdict;
    for (const auto& [id, on_this_node] : command.on_this_node) {
        const auto found = state.entitlements.find(id);
        if (found != state.entitlements.end() &&
            found->second.entitlement.on_this_node != on_this_node)
            verdict.facts.emplace_back(NodeLockSeen{id, on_this_node});
    }
    if (command.counter)
        look_at_counter(state, *command.counter, verdict);
    verdict.facts.emplace_back(AmnestyGranted{now.steady, now.steady + state.term});
    return verdict;
}

/// Prolongs in large steps, so that asking again and again costs nothing.
Verdict decide(const State& state, const AwaitHolders&, Now now)
{
    const SteadyInstant until =
        std::min(now.steady + state.term, state.amnesty_from + Duration(amnesty_max));
    const bool is_over = now.steady >= state.amnesty_until;
    const bool is_ample = state.amnesty_until - now.steady > state.term / 2;
    if (is_over || is_ample || until <= state.amnesty_until)
        return {};
    return {Done{}, {AmnestyGranted{now.steady, until, false}}};
}

Verdict decide(const State& state, const SetTerms& command, Now now)
{
    const bool same_term = command.term == state.term && command.grace == state.grace;
    if (same_term && command.leases_max == state.leases_max && command.validity == state.validity)
        return {};
    Verdict verdict{Done{},
                    {TermsSet{command.term, command.grace, command.leases_max, command.validity}}};
    if (!same_term && !stands_still(state.mode)) // Else nobody's time has begun.
        verdict.facts.emplace_back(
            AmnestyGranted{now.steady, now.steady + std::max(command.term, state.term)});
    return verdict;
}

} // namespace usher::ledger
