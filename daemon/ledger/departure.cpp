#include "daemon/ledger/install.hpp"
#include "daemon/ledger/limits.hpp"
#include "daemon/ledger/picture.hpp"

#include <algorithm>

/// The first half of a live move: what is here is streamed to another server and becomes its own.
namespace usher::ledger {
namespace {

Refusal not_movable(const EntitlementId& license, std::string detail)
{
    return refuse(Code::not_movable, license.text, std::move(detail));
}

/// A file that names this host is worth nothing anywhere else, and no issuer can be asked for it.
bool is_of_this_host_alone(const Entitlement& entitlement, CalendarInstant at)
{
    const bool is_over = entitlement.to && at >= *entitlement.to;
    return entitlement.activation == 0 && entitlement.lock != NodeLock::none &&
           entitlement.on_this_node && !is_over;
}

/// What is in the way of giving an active license away; none: nothing.
std::optional<Refusal> why_not_movable(const EntitlementId& license, const Activation& activation,
                                       CalendarInstant at)
{
    if (activation.denied)
        return not_movable(license, "its issuer says that it is not active here");
    if (activation.doubt != Doubt::none)
        return not_movable(license, "it may have ended here, and its issuer has not been heard");
    if (const auto lapse = lapse_of(activation); lapse && at >= *lapse)
        return not_movable(license, "this host did not show itself to the issuer in time");
    return std::nullopt;
}

std::optional<Refusal> why_not_movable(const State& state, CalendarInstant at)
{
    for (const auto& [id, record] : state.entitlements)
        if (is_of_this_host_alone(record.entitlement, at))
            return not_movable(id, "its file names this host, and no issuer activated it");
    for (const auto& [id, activation] : state.activations)
        if (activation.number != 0)
            if (auto refusal = why_not_movable(id, activation, at))
                return refusal;
    return std::nullopt;
}

/// Of those that are active here, each with what it takes to give it away.
std::vector<MoveBegun::License> active_licenses(const State& state)
{
    std::vector<MoveBegun::License> licenses;
    for (const auto& [id, activation] : state.activations)
        if (activation.number != 0)
            licenses.push_back({.license = id,
                                .number = activation.number,
                                .kind = activation.kind,
                                .issuer = activation.issuer,
                                .ticket = nullptr,
                                .receipt = nullptr});
    return licenses;
}

/// Of those that were given away.
std::vector<MoveBegun::License> departed_licenses(const State& state)
{
    std::vector<MoveBegun::License> licenses;
    for (const Departure::Ticket& ticket : state.departure->tickets) {
        const Activation& activation = state.activations.at(ticket.license);
        licenses.push_back({.license = ticket.license,
                            .number = activation.receipt->number,
                            .kind = activation.kind,
                            .issuer = activation.issuer,
                            .ticket = ticket.document,
                            .receipt = activation.receipt->document});
    }
    return licenses;
}

std::vector<std::string> warnings_about(const State& state)
{
    std::vector<std::string> warnings;
    if (state.mode == Mode::maintenance)
        warnings.emplace_back(
            "maintenance ends with the move: the target serves once it has it all");
    for (const auto& [id, activation] : state.activations)
        if (activation.pending)
            warnings.push_back("license " + id.text +
                               " waits for the response to an activation request of this host, and "
                               "after the move that response is worth nothing");
    return warnings;
}

StreamBegun begin_stream(const State& state, const BeginMove& command)
{
    auto facts = std::make_shared<FactList>(FactList{facts_of(state)});
    std::erase_if(facts->list, [](const Fact& fact) { return !crosses(fact); });
    return {command.stream, command.target, command.uri, command.redirect, std::move(facts)};
}

/// The same departure, read by one stream more.
Departed departed_by(Departure departure, const StreamId& stream)
{
    if (departure.streams.size() >= departure_streams_max)
        departure.streams.erase(departure.streams.begin() + 1);
    departure.streams.push_back(stream);
    return {std::move(departure), {}};
}

/// Why the tickets do not give away exactly what is active here; none: they do.
std::optional<Refusal> why_not_covered(const State& state, const Depart& command)
{
    std::map<EntitlementId, const Depart::Ticket*> tickets;
    for (const Depart::Ticket& ticket : command.tickets) {
        const Activation* activation = state.find_activation(ticket.license);
        if (!activation || activation->number == 0 || activation->number != ticket.follows)
            return not_movable(ticket.license, "its ticket follows activation " +
                                                   std::to_string(ticket.follows) +
                                                   ", which is not the one that is active here");
        if (ticket.target != state.stream->target)
            return not_movable(ticket.license, "its ticket is for another host");
        // The target looks at this too, but then there is no way back any more.
        const Entitlement& here = state.entitlements.at(ticket.license).entitlement;
        if (auto refusal = why_unlike(state.find_pool(here.root)->pool, ticket.install))
            return refusal;
        if (!tickets.emplace(ticket.license, &ticket).second)
            return not_movable(ticket.license, "it has two tickets");
    }
    for (const auto& [id, activation] : state.activations)
        if (activation.number != 0 && !tickets.contains(id))
            return not_movable(id, "it has no ticket");
    return std::nullopt;
}

Receipts receipts_of(const State& state)
{
    Receipts answer{{}, state.departure->redirect};
    for (const Departure::Ticket& ticket : state.departure->tickets)
        answer.receipts.push_back(state.activations.at(ticket.license).receipt->document);
    return answer;
}

ActivationEnded ended_by(const Depart::Ticket& ticket, const Identity& by)
{
    return {ticket.license,
            {.number = ticket.follows, .document = ticket.receipt, .digest = ticket.digest},
            by};
}

} // namespace

Refusal move_again(std::string what)
{
    return refuse(Code::document_used, {}, std::move(what) + "; run usher move again");
}

Verdict decide(const State& state, const BeginMove& command, Now now)
{
    const bool has_departed = state.mode == Mode::departed;
    if (state.mode == Mode::arriving || (has_departed && state.departure->target != command.target))
        return no(refuse_in_a_move(state));
    if (!has_departed && is_empty(state))
        return no(refuse(Code::not_movable));
    if (!has_departed)
        if (auto refusal = why_not_movable(state, now.calendar))
            return no(*std::move(refusal));
    StreamBegun stream = begin_stream(state, command);
    MoveBegun answer{.stream = command.stream,
                     .facts = stream.beginning->list.size(),
                     .licenses = has_departed ? departed_licenses(state) : active_licenses(state),
                     .has_departed = has_departed,
                     .is_confirmed = has_departed && state.departure_confirmed,
                     .at = now.calendar,
                     .warnings = has_departed ? std::vector<std::string>{} : warnings_about(state)};
    Verdict verdict{std::move(answer), {}};
    verdict.facts.emplace_back(std::move(stream));
    if (has_departed && !state.departure_confirmed)
        verdict.facts.emplace_back(departed_by(*state.departure, command.stream));
    return verdict;
}

Verdict decide(const State& state, const ReadStream& command, Now)
{
    const auto& stream = state.stream;
    const bool is_in_beginning = stream && command.after < stream->beginning_size;
    if (!stream || stream->id != command.stream || (is_in_beginning && !stream->beginning) ||
        (!is_in_beginning && command.after < stream->beginning_size + stream->news_read))
        return no(move_again("the stream is gone"));
    if (command.after > stream->size())
        return no(refuse(Code::bad_request, {},
                         "after: the stream has " + std::to_string(stream->size()) +
                             " facts, not " + std::to_string(command.after)));
    StreamPart part{
        .stream = stream->id, .target = stream->target, .from = command.after, .facts = {}};
    const auto take = [&](const auto& facts, std::uint64_t first) {
        const auto begin = facts.begin() + static_cast<std::ptrdiff_t>(command.after - first);
        const auto count = std::min<std::ptrdiff_t>(facts.end() - begin, part_facts_max);
        part.facts.assign(begin, begin + count);
    };
    if (is_in_beginning)
        take(stream->beginning->list, 0);
    else
        take(stream->news, stream->beginning_size + stream->news_read);
    part.has_more = command.after + part.facts.size() < stream->size();
    part.is_end = !part.has_more && state.mode == Mode::departed;
    return {std::move(part), {StreamRead{command.after}}};
}

Verdict decide(const State& state, const RequestTransfer& command, Now now)
{
    const Activation* activation = state.find_activation(command.license);
    if (!activation || activation->number == 0 || activation->number != command.number)
        return no(refuse(Code::not_active_here, command.license.text));
    if (auto refusal = why_not_movable(command.license, *activation, now.calendar))
        return no(*std::move(refusal));
    return {Handed{.document = command.document,
                   .number = command.number,
                   .issuer = activation->issuer,
                   .warnings = {}},
            {}};
}

Verdict decide(const State& state, const Depart& command, Now now)
{
    if (state.mode == Mode::departed &&
        std::ranges::count(state.departure->streams, command.stream) > 0)
        return {receipts_of(state), {}};
    if (stands_still(state.mode))
        return no(refuse_in_a_move(state));
    if (!state.stream || state.stream->id != command.stream)
        return no(move_again("the stream is gone"));
    if (auto refusal = why_not_movable(state, now.calendar))
        return no(*std::move(refusal));
    if (auto refusal = why_not_covered(state, command))
        return no(*std::move(refusal));

    Departure departure{.target = state.stream->target,
                        .uri = state.stream->uri,
                        .redirect = state.stream->redirect,
                        .streams = {command.stream},
                        .tickets = {},
                        .proofs = *state.documents};
    Verdict verdict;
    Receipts answer{{}, departure.redirect};
    for (const Depart::Ticket& ticket : command.tickets) {
        departure.tickets.push_back({ticket.license, ticket.document});
        answer.receipts.push_back(ticket.receipt);
        verdict.facts.emplace_back(ended_by(ticket, command.by));
    }
    if (!command.tickets.empty())
        pass_counter(state, verdict);
    // A response that comes later would wake the license up here while it is alive there.
    for (const auto& [id, activation] : state.activations)
        if (activation.pending)
            verdict.facts.emplace_back(ActivationCancelled{id, command.by});
    verdict.facts.emplace_back(Departed{std::move(departure), command.by});
    verdict.answer = std::move(answer);
    return verdict;
}

Verdict decide(const State& state, const ConfirmDeparture& command, Now)
{
    if (!state.departure)
        return no(move_again("this server has not departed"));
    if (state.departure->target != command.target ||
        std::ranges::count(state.departure->streams, command.stream) == 0)
        return no(refuse(Code::document_invalid, {}, "it is of another move"));
    if (state.departure_confirmed)
        return {};
    return {Done{}, {DepartureConfirmed{command.by}}};
}

} // namespace usher::ledger
