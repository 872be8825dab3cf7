#include "client/holdings.hpp"

#include <algorithm>
#include <utility>

namespace usher::client {
namespace {

using State = Seat::State;

/// Seats of which nobody is silent end without us: they do not become uncertain.
Instant certain_until(const Seat& seat)
{
    return is_ours(seat) && seat.is_floating ? seat.confirmed + seat.term : Instant::max();
}

} // namespace

bool is_ours(const Seat& seat)
{
    return seat.state == State::held || seat.state == State::locked;
}

std::string bytes_of(const Seat& seat)
{
    return {reinterpret_cast<const char*>(seat.id.data()), seat.id.size()};
}

bool is_uncertain(const Seat& seat, Instant now)
{
    return now >= certain_until(seat);
}

std::optional<SeatNumber> Holdings::ask_for(Wish wish, const std::array<std::uint8_t, 16>& id)
{
    if (seats_.size() >= seats_max)
        return std::nullopt;
    Seat& seat = seats_[++last_number_];
    seat.id = id;
    seat.wish = std::move(wish);
    return last_number_;
}

void Holdings::give_back(SeatNumber number, Instant now)
{
    const auto found = seats_.find(number);
    if (found == seats_.end() || found->second.state == State::returning)
        return;
    Seat& seat = found->second;
    const bool is_over = seat.state == State::refused || seat.state == State::lost;
    if (is_over || !seat.was_sent) {
        seats_.erase(found);
        return;
    }
    seat.state = State::returning;
    seat.is_due = true;
    seat.patient_until = seat.is_floating ? now + term_ : Instant::max();
}

void Holdings::give_all_back(Instant now)
{
    std::vector<SeatNumber> numbers;
    for (const auto& [number, seat] : seats_)
        numbers.push_back(number);
    for (const SeatNumber number : numbers)
        give_back(number, now);
}

const Seat* Holdings::find(SeatNumber number) const
{
    const auto found = seats_.find(number);
    return found == seats_.end() ? nullptr : &found->second;
}

bool Holdings::has_any() const
{
    return std::ranges::any_of(seats_, [](const auto& entry) {
        return is_ours(entry.second) || entry.second.state == State::waiting;
    });
}

Heartbeat::Needs Holdings::needs() const
{
    Heartbeat::Needs needs;
    bool is_renewing = false;
    for (const auto& [request, question] : unanswered_) {
        needs.unanswered = std::min(needs.unanswered.value_or(Instant::max()), question.sent);
        is_renewing = is_renewing || question.verb == v1::Request::kRenew;
    }
    for (const auto& [number, seat] : seats_) {
        needs.line = needs.line || (seat.state != State::refused && seat.state != State::lost);
        if (is_ours(seat) && !is_renewing)
            needs.confirmed = std::min(needs.confirmed.value_or(Instant::max()), seat.confirmed);
    }
    if (is_put_off()) // Nobody falls silent meanwhile, and who renewed on and on would be a burden.
        needs.confirmed.reset();
    if (needs.confirmed) // A renewal that was refused is not asked for again at once.
        needs.confirmed = std::max(*needs.confirmed, renewed_);
    return needs;
}

std::vector<Event> Holdings::connected(const v1::Welcome& welcome)
{
    Events events;
    term_ = std::chrono::milliseconds(welcome.term_ms());
    ask_anew();
    set_mode(welcome.mode(), events);
    if (!must_renew_ && std::exchange(is_away_, false))
        events.push_back({Event::Kind::reconnected, 0, {}, {}});
    return events;
}

void Holdings::ask_anew()
{
    must_renew_ = false;
    for (auto& [number, seat] : seats_) {
        seat.is_due = !is_ours(seat);
        must_renew_ = must_renew_ || is_ours(seat);
    }
}

std::vector<Event> Holdings::disconnected(v1::Refused why, bool is_missed)
{
    forget_questions();
    if ((!has_any() && !is_missed) || std::exchange(is_away_, true))
        return {};
    return {{Event::Kind::disconnected, 0, std::move(why), {}}};
}

std::vector<Event> Holdings::tick(Instant now)
{
    Events events;
    std::erase_if(seats_, [&](const auto& entry) {
        return entry.second.state == State::returning && now >= entry.second.patient_until;
    });
    for (auto& [number, seat] : seats_)
        if (is_uncertain(seat, now) && !std::exchange(seat.was_uncertain, true))
            events.push_back({Event::Kind::uncertain, number, {}, {}});
    return events;
}

Instant Holdings::next_tick() const
{
    Instant next = Instant::max();
    for (const auto& [number, seat] : seats_) {
        if (!seat.was_uncertain)
            next = std::min(next, certain_until(seat));
        if (seat.state == State::returning)
            next = std::min(next, seat.patient_until);
    }
    return next;
}

std::optional<Holdings::Question> Holdings::next_question(Instant now) const
{
    if (is_put_off())
        return std::nullopt;
    if (must_renew_)
        if (Question question = renewal(); !question.about.empty())
            return question;
    if (unanswered_.size() >= unanswered_max)
        return std::nullopt;
    for (const auto& [number, seat] : seats_) {
        const bool is_asked_for = seat.state == State::asking || seat.state == State::waiting;
        if (!seat.is_due || !(is_asked_for || seat.state == State::returning))
            continue;
        Question question{.request = {}, .about = {number}};
        if (seat.state == State::returning) {
            question.request.mutable_checkin()->set_lease(bytes_of(seat));
            return question;
        }
        v1::Checkout& checkout = *question.request.mutable_checkout();
        checkout.set_lease(bytes_of(seat));
        checkout.set_profile(seat.wish.profile);
        checkout.set_units(seat.wish.units);
        checkout.set_user(seat.wish.user);
        checkout.set_device(seat.wish.device);
        checkout.set_party(seat.wish.party);
        checkout.set_pool(seat.wish.pool);
        checkout.set_pid(seat.wish.pid);
        // Of a wait that was cut off, what is left.
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(seat.patient_until - now);
        checkout.set_wait_ms(static_cast<std::uint32_t>(
            (seat.was_sent ? std::max(left, left.zero()) : seat.wish.wait).count()));
        return question;
    }
    return std::nullopt;
}

Holdings::Question Holdings::renewal() const
{
    Question question;
    v1::Renew& renew = *question.request.mutable_renew();
    for (const auto& [number, seat] : seats_) {
        if (!is_ours(seat))
            continue;
        renew.add_leases(bytes_of(seat));
        question.about.push_back(number);
    }
    return question;
}

void Holdings::begin(const Question& question, Instant now)
{
    const auto verb = question.request.ask_case();
    if (verb == v1::Request::kRenew) {
        must_renew_ = false;
        renewed_ = now;
        return;
    }
    Seat& seat = seats_.at(question.about.front());
    if (verb == v1::Request::kCheckout && !seat.was_sent)
        seat.patient_until = now + seat.wish.wait;
    seat.is_due = false;
    seat.was_sent = true;
}

void Holdings::sent(Question question, std::uint64_t request, Instant begun)
{
    unanswered_[request] = {question.request.ask_case(), std::move(question.about), begun};
}

} // namespace usher::client
