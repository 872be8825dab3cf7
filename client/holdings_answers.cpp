#include "client/holdings.hpp"

#include <algorithm>
#include <utility>

/// The other half of holdings.hpp: what a server's answers and notices mean.
namespace usher::client {
namespace {

using State = Seat::State;

void confirm(SeatNumber number, Seat& seat, Instant confirmed, std::vector<Event>& events)
{
    seat.confirmed = std::max(seat.confirmed, confirmed);
    if (std::exchange(seat.was_uncertain, false))
        events.push_back({Event::Kind::certain, number, {}, {}});
}

void lose(SeatNumber number, Seat& seat, v1::Refused why, std::string reason,
          std::vector<Event>& events)
{
    events.push_back({Event::Kind::lost, number, why, reason});
    seat.state = State::lost;
    seat.why = std::move(why);
    seat.reason = std::move(reason);
}

void grant(Seat& seat, const v1::Granted& granted, Instant confirmed)
{
    seat.state = State::held;
    seat.pool = granted.pool();
    seat.product = granted.product();
    seat.shares_seat = granted.shares_seat();
    seat.is_floating = granted.kind() == "floating";
    seat.term = std::chrono::milliseconds(granted.term_ms());
    seat.confirmed = confirmed;
    seat.why.reset();
}

/// What a notice of a lost seat means, in the words that a refusal has.
v1::Refused explain_loss(const v1::SeatLost& lost)
{
    struct Row {
        std::string_view reason;
        const char* text;
        const char* cure;
    };
    static constexpr Row rows[] = {
        {"revoked", "an operator took the seat away", "ask the operator why"},
        {"silent", "the server heard nothing of this program for a whole term",
         "see that nothing stops this program or its network for so long, then check out again"},
        {"connection_lost", "the connection ended and was not back in time", "check out again"},
        {"server_restarted", "maintenance of the server ended all seats", "check out again"},
        {"fixed_end", "the time that the seat was given for is over", "check out again"},
    };
    const auto* row = std::ranges::find(rows, lost.reason(), &Row::reason);
    v1::Refused why;
    why.set_code("UNKNOWN_LEASE");
    why.set_text(row != std::end(rows) ? row->text : "the server ended it: " + lost.reason());
    if (!lost.note().empty())
        why.mutable_text()->append(": " + lost.note());
    why.add_cures(row != std::end(rows) ? row->cure : "check out again");
    return why;
}

/// Of many seats at once the server explains the first, and says of the others the code alone.
v1::Refused in_words(const v1::Refused& refused)
{
    v1::Refused why = refused;
    if (why.text().empty() && !why.code().empty()) {
        why.set_text("the server said so of many seats at once, and explained the first of them");
        why.add_cures("see what was said of this program's other seats");
    }
    return why;
}

} // namespace

bool is_ending(const v1::Response& response)
{
    const std::string& code = response.refused().code();
    return code == "SERVER_ENDING" || code == "SERVER_DEPARTED" || code == "SERVER_ARRIVING";
}

std::vector<Event> Holdings::take(const v1::Response& response)
{
    Events events;
    if (response.id() == 0) {
        take_notice(response, events);
        return events;
    }
    const auto found = unanswered_.find(response.id());
    if (found == unanswered_.end())
        return events;
    const Unanswered question = std::move(found->second);
    unanswered_.erase(found);
    if (!is_ending(response))
        take_answer(question, response, events);
    return events;
}

void Holdings::take_answer(const Unanswered& question, const v1::Response& response, Events& events)
{
    if (question.verb == v1::Request::kRenew) {
        if (response.has_renewed())
            take_renewed(question, response.renewed(), events);
        return;
    }
    const auto found = seats_.find(question.about.front());
    if (found == seats_.end())
        return;
    auto& [number, seat] = *found;
    if (question.verb == v1::Request::kCheckin)
        seats_.erase(found); // Done, or there was nothing to give back.
    else if (seat.state != State::returning)
        take_checkout(number, seat, response, question.sent, events);
}

void Holdings::take_checkout(SeatNumber number, Seat& seat, const v1::Response& response,
                             Instant sent, Events& events)
{
    const bool had_waited = seat.state == State::waiting;
    if (response.has_granted()) {
        grant(seat, response.granted(), sent);
        if (had_waited)
            events.push_back({Event::Kind::granted, number, {}, {}});
    } else if (response.has_waiting()) {
        seat.state = State::waiting;
        seat.position = response.waiting().position();
        seat.why = response.waiting().refused();
    } else if (response.has_refused() && had_waited) {
        lose(number, seat, response.refused(), "no_longer_possible", events);
    } else if (response.has_refused()) {
        seat.state = State::refused;
        seat.why = response.refused();
    }
}

void Holdings::take_renewed(const Unanswered& question, const v1::Renewed& renewed, Events& events)
{
    const auto count = std::min<std::size_t>(question.about.size(),
                                             static_cast<std::size_t>(renewed.leases_size()));
    term_ = std::chrono::milliseconds(renewed.term_ms());
    for (std::size_t i = 0; i < count; ++i) {
        const v1::LeaseState& state = renewed.leases(static_cast<int>(i));
        const auto found = seats_.find(question.about[i]);
        if (found == seats_.end() || !is_ours(found->second) ||
            state.lease() != bytes_of(found->second))
            continue; // Given back, or lost, since it was asked for.
        auto& [number, seat] = *found;
        if (state.state() == v1::LeaseState::HELD || state.state() == v1::LeaseState::LOCKED) {
            seat.term = term_;
            confirm(number, seat, question.sent, events);
        }
        take_state(number, seat, state, events);
    }
    if (std::exchange(is_away_, false))
        events.push_back({Event::Kind::reconnected, 0, {}, {}});
}

void Holdings::take_state(SeatNumber number, Seat& seat, const v1::LeaseState& state,
                          Events& events)
{
    switch (state.state()) {
    case v1::LeaseState::HELD:
        seat.why.reset();
        if (std::exchange(seat.state, State::held) == State::locked)
            events.push_back({Event::Kind::unlocked, number, {}, {}});
        break;
    case v1::LeaseState::LOCKED:
        seat.why = in_words(state.refused());
        if (std::exchange(seat.state, State::locked) == State::held)
            events.push_back({Event::Kind::locked, number, seat.why, {}});
        break;
    case v1::LeaseState::UNKNOWN:
        lose(number, seat, in_words(state.refused()), state.ended_because(), events);
        break;
    default: break; // A word of a later version: nothing that we know has changed.
    }
}

void Holdings::take_notice(const v1::Response& notice, Events& events)
{
    if (notice.has_mode_changed())
        set_mode(notice.mode_changed().mode(), events);
    if (notice.has_granted()) {
        // When it was said is not known: it may have lain in the network, or here while this
        // program was stopped, until the seat was somebody else's. What we ask now has a time.
        const auto found = find_by_id(notice.granted().lease());
        if (found != seats_.end() && found->second.state == State::waiting)
            found->second.is_due = true;
    }
    if (notice.has_wait_ended()) {
        const auto found = find_by_id(notice.wait_ended().lease());
        if (found != seats_.end() && found->second.state == State::waiting)
            lose(found->first, found->second, notice.wait_ended().refused(),
                 notice.wait_ended().reason(), events);
    }
    if (notice.has_seat_lost()) {
        const auto found = find_by_id(notice.seat_lost().lease());
        if (found != seats_.end() && is_ours(found->second))
            lose(found->first, found->second, explain_loss(notice.seat_lost()),
                 notice.seat_lost().reason(), events);
    }
}

void Holdings::set_mode(const std::string& mode, Events& events)
{
    const bool was_put_off = is_put_off();
    const std::string before = std::exchange(mode_, mode);
    if (was_put_off && !is_put_off())
        ask_anew();
    if (mode == "maintenance" && before != mode)
        events.push_back({Event::Kind::maintenance, 0, {}, {}});
    if (mode == "serving" && before == "maintenance")
        events.push_back({Event::Kind::serving, 0, {}, {}});
}

std::map<SeatNumber, Seat>::iterator Holdings::find_by_id(const std::string& id)
{
    return std::ranges::find_if(seats_,
                                [&](const auto& entry) { return bytes_of(entry.second) == id; });
}

} // namespace usher::client
