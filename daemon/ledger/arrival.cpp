#include "daemon/ledger/followed.hpp"
#include "daemon/ledger/install.hpp"
#include "daemon/ledger/limits.hpp"

#include <set>

/// The other half of a live move: what another server streams becomes what is here.
namespace usher::ledger {
namespace {

Position position_at(std::uint64_t position, Now now)
{
    return {.position = position, .at = now.calendar, .arrived = {}};
}

/// Why a stream is not the one that is followed; none: it is.
std::optional<Refusal> why_not_followed(const State& state, const StreamId& stream)
{
    if (state.mode == Mode::arriving && state.arrival->stream == stream)
        return std::nullopt;
    return move_again("this server follows no such stream");
}

bool has_arrived_by(const State& state, const StreamId& stream)
{
    return state.arrival && state.mode != Mode::arriving && state.arrival->stream == stream;
}

Refusal invalid(std::string what)
{
    return refuse(Code::document_invalid, {}, std::move(what));
}

/// Why a ticket makes nothing of what has come alive here; none: it does.
std::optional<Refusal> why_not_alive(const State& state, const Arrive::Ticket& ticket)
{
    const Entitlement& entitlement = ticket.install.entitlement;
    const EntitlementId& license = entitlement.id;
    if (ticket.source != state.arrival->source)
        return invalid("the ticket of license " + license.text +
                       " follows an activation of another host");
    if (!entitlement.on_this_node)
        return refuse(Code::nodelock_mismatch, license.text);
    const auto found = state.entitlements.find(license);
    if (found == state.entitlements.end())
        return refuse(Code::unknown_license, license.text);
    if (found->second.entitlement.activation == 0)
        return refuse(Code::already_installed, license.text);
    const Activation* activation = state.find_activation(license);
    if (activation && entitlement.activation <= spent(*activation))
        return refuse(Code::document_used, license.text,
                      "activation " + std::to_string(entitlement.activation) + " of license " +
                          license.text + " has ended here");
    return why_unlike(state.find_pool(found->second.entitlement.root)->pool, ticket.install);
}

/// A profile is followed before or after its pools; at the end they must all be there.
std::optional<Refusal> why_incomplete(const State& state)
{
    for (const auto& [name, record] : state.profiles)
        for (const PoolId& pool : record.profile.pools)
            if (!state.find_pool(pool))
                return invalid("profile " + name.text + " leads to a pool that has not come");
    return std::nullopt;
}

std::optional<Refusal> why_not_alive(const State& state, const Arrive& command)
{
    std::set<EntitlementId> seen;
    for (const Arrive::Ticket& ticket : command.tickets) {
        if (auto refusal = why_not_alive(state, ticket))
            return refusal;
        if (!seen.insert(ticket.install.entitlement.id).second)
            return invalid("license " + ticket.install.entitlement.id.text + " has two tickets");
    }
    return std::nullopt;
}

/// In place: its pool, the leases, the users and the names that lead there stay.
void make_alive(const State& state, const Arrive::Ticket& ticket, const Identity& by, Now now,
                Verdict& verdict)
{
    const Entitlement& entitlement = ticket.install.entitlement;
    verdict.facts.emplace_back(Activated{.license = entitlement.id,
                                         .number = entitlement.activation,
                                         .kind = entitlement.lock,
                                         .issuer = ticket.issuer,
                                         .check = ticket.check,
                                         .checked = std::min(ticket.made, now.calendar),
                                         .redeemed = *ticket.receipt,
                                         .by = by});
    if (const Doubt doubt = doubt_about_tickets(state); doubt != Doubt::none)
        verdict.facts.emplace_back(ActivationDoubted{entitlement.id, doubt});
    put_in_place(state, ticket.install, verdict);
}

} // namespace

Verdict decide(const State& state, const BeginArrival& command, Now now)
{
    const auto begun = [&] {
        return Verdict{position_at(0, now),
                       {ArrivalBegun{{command.source, command.stream, 0, false}, command.by}}};
    };
    if (state.mode == Mode::arriving) {
        if (state.arrival->source != command.source)
            return no(refuse(Code::target_not_empty));
        if (state.arrival->stream != command.stream)
            return begun();
        return {position_at(state.arrival->position, now), {}};
    }
    if (state.mode == Mode::departed && !state.departure_confirmed)
        return no(refuse_in_a_move(state));
    if (state.arrival && state.arrival->source == command.source &&
        (command.has_departed || has_arrived_by(state, command.stream))) {
        Position answer = position_at(state.arrival->position, now);
        answer.arrived = state.arrival;
        return {std::move(answer), {}};
    }
    if (!is_empty(state))
        return no(refuse(Code::target_not_empty));
    return begun();
}

Verdict decide(const State& state, const Follow& command, Now now)
{
    if (auto refusal = why_not_followed(state, command.stream))
        return no(*std::move(refusal));
    const Arrival& arrival = *state.arrival;
    if (command.source != arrival.source)
        return no(invalid("another host than the source has signed it"));
    const std::uint64_t end = command.from + command.facts.size();
    const bool is_the_end = command.is_end && !arrival.is_whole && end == arrival.position;
    if (end <= arrival.position && !is_the_end)
        return {position_at(arrival.position, now), {}};
    if (command.from != arrival.position)
        return no(refuse(Code::bad_request, {},
                         "mark: it begins at " + std::to_string(command.from) + ", and " +
                             std::to_string(arrival.position) + " facts have come"));
    if (arrival.is_whole)
        return no(invalid("the end of the stream has come already"));
    if (auto refusal = why_impossible(state, command.facts))
        return no(*std::move(refusal));
    Verdict verdict{position_at(end, now), {}};
    verdict.facts.reserve(1 + command.facts.size());
    verdict.facts.emplace_back(Followed{command.facts.size(), command.is_end});
    verdict.facts.insert(verdict.facts.end(), command.facts.begin(), command.facts.end());
    return verdict;
}

/// Every holder and everybody who waits has a full term from now on: it was not they who were away.
Verdict decide(const State& state, const Arrive& command, Now now)
{
    if (has_arrived_by(state, command.stream))
        return {*state.arrival, {}};
    if (auto refusal = why_not_followed(state, command.stream))
        return no(*std::move(refusal));
    if (!state.arrival->is_whole)
        return no(refuse(Code::bad_request, {}, "stream: its end has not come yet"));
    if (state.activations.size() + command.tickets.size() > activations_max)
        return no(
            refuse(Code::limit_reached, {},
                   "activations of " + std::to_string(activations_max) + " licenses can be known"));
    if (auto refusal = why_incomplete(state))
        return no(*std::move(refusal));
    if (auto refusal = why_not_alive(state, command))
        return no(*std::move(refusal));
    Verdict verdict{*state.arrival, {}};
    for (const Arrive::Ticket& ticket : command.tickets)
        make_alive(state, ticket, command.by, now, verdict);
    verdict.facts.emplace_back(Arrived{command.by});
    verdict.facts.emplace_back(AmnestyGranted{now.steady, now.steady + state.term});
    return verdict;
}

Verdict decide(const State& state, const AbandonArrival& command, Now)
{
    if (state.mode != Mode::arriving) // Abandoned before, and the answer was lost.
        return {Done{{"this server takes over from no other"}, {}}, {}};
    Done done;
    if (state.arrival->is_whole)
        done.warnings.emplace_back("the source has departed already, and whoever held a seat there "
                                   "has none before usher move, there, has been run again");
    return {std::move(done), {ArrivalAbandoned{command.by}}};
}

} // namespace usher::ledger
