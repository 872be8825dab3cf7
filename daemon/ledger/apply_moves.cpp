#include "daemon/ledger/apply.hpp"

#include <cassert>

/// What each fact about a live move does.
namespace usher::ledger {
namespace {

/// Everything that another server may have given or taken: what stays is what is of this host, its
/// activations, its credentials and its moves.
void forget_what_crosses(State& state)
{
    State fresh(state.hash.seed, state.requirements.rules());
    fresh.floor = state.floor;
    fresh.mode = state.mode;
    fresh.term = state.term;
    fresh.grace = state.grace;
    fresh.leases_max = state.leases_max;
    fresh.validity = state.validity;
    fresh.schemes = std::move(state.schemes); // The configuration's, too.
    fresh.usual_scheme = std::move(state.usual_scheme);
    fresh.amnesty_from = state.amnesty_from;
    fresh.amnesty_until = state.amnesty_until;
    fresh.activations = std::move(state.activations);
    fresh.anchor = std::move(state.anchor);
    fresh.was_doubted = state.was_doubted;
    fresh.counter_reached = state.counter_reached;
    fresh.credentials = std::move(state.credentials);
    fresh.credential_names = std::move(state.credential_names);
    fresh.credentials_followed = std::move(state.credentials_followed);
    fresh.documents = std::move(state.documents);
    fresh.departure = std::move(state.departure);
    fresh.departure_confirmed = state.departure_confirmed;
    fresh.arrival = std::move(state.arrival);
    state = std::move(fresh);
}

/// What has come of another server, credentials too.
void forget_what_came(State& state)
{
    for (const std::string& name : std::exchange(state.credentials_followed, {})) {
        const auto known = state.credentials.find(name);
        state.credential_names.erase(known->second.digest);
        state.credentials.erase(known);
    }
    forget_what_crosses(state);
}

} // namespace

void Applier::operator()(const Departed& fact) const
{
    state.departure = fact.departure;
    state.departure_confirmed = false;
    state.documents = std::make_shared<const std::vector<std::shared_ptr<const std::string>>>(
        fact.departure.proofs);
    state.mode = Mode::departed;
    state.arrival.reset();
}

void Applier::operator()(const DepartureConfirmed&) const
{
    assert(state.departure);
    state.departure_confirmed = true;
    forget_what_crosses(state);
}

void Applier::operator()(const ArrivalBegun& fact) const
{
    assert(state.mode == Mode::arriving || is_empty(state));
    forget_what_came(state);
    state.mode = Mode::arriving;
    state.arrival = fact.arrival;
}

void Applier::operator()(const Followed& fact) const
{
    assert(state.mode == Mode::arriving);
    state.arrival->position += fact.count;
    state.arrival->is_whole = fact.is_end;
}

/// Nothing that was followed has been counted, granted or ended by our own clock yet.
void Applier::operator()(const Arrived&) const
{
    assert(state.mode == Mode::arriving);
    state.mode = Mode::serving;
    state.departure.reset();
    state.departure_confirmed = false;
    state.credentials_followed.clear();
    for (const auto& [id, record] : state.entitlements)
        state.uncounted.insert(id);
    state.documents_changed = true;
    state.hopes_changed = true;
    free_up_everything(state);
    for (const auto& [number, pool] : state.pools_in_order)
        offer_shares(state, *pool);
}

void Applier::operator()(const ArrivalAbandoned&) const
{
    assert(state.mode == Mode::arriving);
    forget_what_came(state);
    state.arrival.reset();
    state.mode = state.departure ? Mode::departed : Mode::serving;
}

void Applier::operator()(const StreamBegun& fact) const
{
    state.stream = Stream{.id = fact.stream,
                          .target = fact.target,
                          .uri = fact.uri,
                          .redirect = fact.redirect,
                          .beginning = fact.beginning,
                          .beginning_size = fact.beginning->list.size(),
                          .news = {}};
}

void Applier::operator()(const StreamRead& fact) const
{
    Stream& stream = *state.stream;
    if (fact.count < stream.beginning_size)
        return;
    stream.beginning.reset();
    const auto count =
        static_cast<std::ptrdiff_t>(fact.count - stream.beginning_size - stream.news_read);
    stream.news.erase(stream.news.begin(), stream.news.begin() + count);
    stream.news_read += static_cast<std::uint64_t>(count);
}

void stream_on(State& state, const Fact& fact)
{
    if (!crosses(fact))
        return;
    if (state.stream->news.size() >= news_max) { // Nobody reads it.
        state.stream.reset();
        return;
    }
    Fact& kept = state.stream->news.emplace_back(fact);
    // These are of this run of the daemon, and mean nothing to another one.
    if (auto* granted = std::get_if<LeaseGranted>(&kept)) {
        granted->connection = {};
        granted->deadline = {};
    } else if (auto* queued = std::get_if<Queued>(&kept)) {
        queued->connection = {};
        queued->deadline = {};
    } else if (auto* moved = std::get_if<LeaseMoved>(&kept)) {
        moved->deadline = {};
    }
}

} // namespace usher::ledger
