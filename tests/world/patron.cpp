#include "tests/world/patron.hpp"

#include "client/setback.hpp"
#include "protocol/frame.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace usher::world {
namespace {

using client::Duty;
using client::Failure;
using client::Seat;

// As a program has them that sets nothing (Attendant::Settings).
constexpr client::Duration connect_max = std::chrono::seconds(10);
constexpr client::Duration answer_max = std::chrono::seconds(10);

Failure unreachable()
{
    return {.step = client::Step::connect, .text = "nobody is there", .cure = "start it"};
}

Failure cut_off()
{
    return {.step = client::Step::exchange, .text = "cut off", .cure = "try again"};
}

} // namespace

Patron::Patron(Chance chance, Character character, const WorldClock& clock, Connect connect)
    : chance_(chance), character_(std::move(character)), clock_(clock), connect_(std::move(connect))
{
    begin_again();
}

void Patron::begin_again()
{
    is_dead_ = false;
    duty_ = std::make_unique<Duty>(answer_max, chance_.next());
    calls_.clear();
    seats_.clear();
    wake_ = clock_.steady();
}

void Patron::die(bool is_host_lost)
{
    if (is_dead_)
        return;
    is_dead_ = true;
    if (wire_ && is_host_lost)
        wire_->darken(); // Nobody is there any more to close anything.
    else if (wire_)
        wire_->close_client(false);
    wire_.reset();
    stage_ = Stage::away;
    incoming_.clear();
    held_back_.clear();
    checkins_.clear();
    thefts_.clear();
    hangs_until_ = {};
}

void Patron::checkout(const std::string& profile, std::uint64_t units, Duration wait)
{
    if (is_dead_)
        return;
    std::array<std::uint8_t, 16> id{};
    for (std::uint8_t& byte : id)
        byte = static_cast<std::uint8_t>(chance_.next());
    client::Wish wish;
    wish.profile = profile;
    wish.units = units;
    wish.user = character_.user;
    wish.device = character_.device;
    wish.wait = std::chrono::duration_cast<std::chrono::milliseconds>(wait);
    const auto number = duty_->holdings().ask_for(std::move(wish), id);
    if (!number)
        return;
    duty_->await(*number);
    calls_.push_back({*number, now() + answer_max});
    wake_ = clock_.steady();
}

void Patron::checkin(std::uint64_t which)
{
    if (is_dead_ || seats_.empty())
        return;
    release(seats_[which % seats_.size()]);
    wake_ = clock_.steady();
}

void Patron::checkin_all()
{
    if (is_dead_)
        return;
    for (const Call& call : std::exchange(calls_, {})) {
        duty_->await_no_more(call.seat);
        release(call.seat);
    }
    while (!seats_.empty())
        release(seats_.back());
    wake_ = clock_.steady();
}

void Patron::release(client::SeatNumber number)
{
    const Seat* const seat = duty_->holdings().find(number);
    if (seat != nullptr && seat->was_sent)
        when_giving_back(client::bytes_of(*seat));
    duty_->holdings().give_back(number, now());
    std::erase(seats_, number);
}

void Patron::steal(const std::string& lease, bool renews)
{
    if (is_dead_ || stage_ != Stage::open)
        return;
    v1::Request request;
    if (renews)
        request.mutable_renew()->add_leases(lease);
    else
        request.mutable_checkin()->set_lease(lease);
    const std::uint64_t id = send(std::move(request));
    thefts_[id] = lease;
}

bool Patron::act()
{
    if (is_dead_ || is_hanging())
        return false;
    bool has_acted = read();
    has_acted = look_at_calls() || has_acted;
    return do_duty() || has_acted;
}

SteadyInstant Patron::next_act() const
{
    if (is_dead_)
        return SteadyInstant::max();
    SteadyInstant next = wake_;
    if (wire_)
        next = std::min(next, wire_->next_arrival());
    for (const Call& call : calls_)
        next = std::min(next, world_time(call.until));
    if (stage_ == Stage::greeting)
        next = std::min(next, world_time(connect_until_));
    return std::max(next, hangs_until_);
}

/// As `Attendant::checkout` waits: where there is no answer in time, nothing is kept.
bool Patron::look_at_calls()
{
    bool has_ended = false;
    for (std::size_t i = 0; i < calls_.size();) {
        const Call call = calls_[i];
        const Seat* const seat = duty_->holdings().find(call.seat);
        const bool is_ours = seat != nullptr && client::is_ours(*seat);
        const bool is_waiting = seat != nullptr && seat->state == Seat::State::waiting;
        const bool is_asking = seat != nullptr && seat->state == Seat::State::asking;
        const client::Instant until = is_waiting ? seat->patient_until + answer_max : call.until;
        if ((is_asking || is_waiting) && now() < until) {
            calls_[i].until = until;
            ++i;
            continue;
        }
        calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(i));
        duty_->await_no_more(call.seat);
        if (is_ours)
            seats_.push_back(call.seat);
        else
            release(call.seat);
        has_ended = true;
    }
    for (const client::SeatNumber number : std::vector(seats_))
        if (const Seat* const seat = duty_->holdings().find(number);
            seat == nullptr || !client::is_ours(*seat)) {
            release(number); // It heard that the seat is lost.
            has_ended = true;
        }
    return has_ended;
}

bool Patron::read()
{
    if (!wire_ || !wire_->has_news_for_client())
        return false;
    incoming_ += wire_->receive();
    std::size_t used = 0;
    while (wire_) {
        const auto bytes = std::as_bytes(std::span(incoming_).subspan(used));
        const protocol::FrameView frame = protocol::first_frame(bytes);
        if (frame.error != protocol::FrameError::none) {
            when_wrong("the daemon sends what is no frame");
            lose(cut_off());
            return true;
        }
        if (!frame.message)
            break;
        v1::Response response;
        if (!response.ParseFromArray(frame.message->data(),
                                     static_cast<int>(frame.message->size())))
            when_wrong("the daemon sends what is no response");
        used += frame.consumed;
        hear(std::move(response));
    }
    incoming_.erase(0, std::min(used, incoming_.size()));
    if (wire_ && wire_->has_ended_for_client())
        stage_ == Stage::open ? lose(cut_off()) : fail(unreachable());
    return true;
}

/// In a storm it is lost, comes twice, or after the next one.
void Patron::hear(v1::Response response)
{
    const auto late = std::exchange(late_, std::nullopt);
    const bool is_mistreated =
        stage_ == Stage::open && weather_.one_in > 0 && chance_.one_in(weather_.one_in);
    switch (is_mistreated ? chance_.below(3) : 3) {
    case 0: break;
    case 1:
        on_response(response);
        if (wire_)
            on_response(std::move(response));
        break;
    case 2: late_ = std::move(response); break;
    default: on_response(std::move(response)); break;
    }
    if (late && wire_)
        on_response(*late);
}

void Patron::on_response(v1::Response response)
{
    if (stage_ == Stage::greeting)
        return on_welcome(response);
    if (response.has_ending()) {
        Failure failure = cut_off();
        failure.retry_after = std::chrono::milliseconds(response.ending().retry_after_ms());
        return lose(failure);
    }
    if (const auto theft = thefts_.find(response.id()); theft != thefts_.end()) {
        const bool is_refused = response.has_refused() ||
                                (response.has_renewed() && response.renewed().leases_size() == 1 &&
                                 response.renewed().leases(0).state() == v1::LeaseState::UNKNOWN);
        if (!is_refused)
            when_wrong("a stranger was let at another's lease");
        return;
    }
    if (const auto checkin = checkins_.find(response.id()); checkin != checkins_.end())
        if (response.has_done() || response.refused().code() == "UNKNOWN_LEASE")
            when_given_back(checkin->second);
    duty_->take(response, now());
}

void Patron::on_welcome(const v1::Response& response)
{
    if (response.has_welcome()) {
        stage_ = Stage::open;
        duty_->connected(response.welcome());
        return;
    }
    Failure failure{.step = client::Step::greeting, .text = "not let in", .cure = "see its log"};
    if (response.has_refused())
        failure.refused = response.refused();
    if (response.has_ending())
        failure.retry_after = std::chrono::milliseconds(response.ending().retry_after_ms());
    fail(std::move(failure));
}

/// As the attendant's thread: one thing after the other until there is nothing.
bool Patron::do_duty()
{
    if (stage_ == Stage::greeting) {
        wake_ = SteadyInstant::max(); // The attendant's thread waits for this alone.
        if (now() < connect_until_)
            return false;
        fail(unreachable());
        return true;
    }
    for (bool has_acted = false;; has_acted = true) {
        duty_->tick(now());
        static_cast<void>(duty_->take_news());
        Duty::Next next = duty_->next(now());
        switch (next.act) {
        case Duty::Act::rest: wake_ = world_time(next.until); return has_acted;
        case Duty::Act::connect: connect(); return true;
        case Duty::Act::hang_up: lose(client::silent_server()); break;
        case Duty::Act::ask: {
            const std::uint64_t id = send(next.asking->request);
            duty_->sent(*std::move(next.asking), id);
            break;
        }
        }
    }
}

void Patron::connect()
{
    wake_ = SteadyInstant::max();
    wire_ = connect_();
    if (!wire_)
        return fail(unreachable());
    incoming_.clear();
    checkins_.clear();
    thefts_.clear();
    held_back_.clear();
    late_.reset();
    last_id_ = 0;
    connect_until_ = now() + connect_max;
    stage_ = Stage::greeting;
    v1::Request hello;
    hello.mutable_hello()->set_version(1);
    hello.mutable_hello()->set_version_min(1);
    hello.mutable_hello()->set_client("patron");
    hello.mutable_hello()->set_key(character_.key);
    send(std::move(hello));
}

std::uint64_t Patron::send(v1::Request request)
{
    request.set_id(++last_id_);
    if (request.has_checkin())
        checkins_[last_id_] = request.checkin().lease();
    std::string frame;
    if (!protocol::append_frame(frame, request))
        when_wrong("a request is too long");
    put(std::move(frame));
    return last_id_;
}

void Patron::put(std::string frame)
{
    const bool is_mistreated =
        stage_ == Stage::open && weather_.one_in > 0 && chance_.one_in(weather_.one_in);
    if (is_mistreated) {
        switch (chance_.below(3)) {
        case 0: return; // It is lost.
        case 1: wire_->send(frame); break;
        default: held_back_ += frame; return;
        }
    }
    wire_->send(frame);
    wire_->send(std::exchange(held_back_, {}));
}

void Patron::hang_up()
{
    if (wire_)
        wire_->close_client(false);
    wire_.reset();
    stage_ = Stage::away;
}

void Patron::fail(Failure failure)
{
    hang_up();
    duty_->failed(failure, now());
    wake_ = clock_.steady();
}

void Patron::lose(const Failure& failure)
{
    hang_up();
    duty_->lost(failure, now());
    wake_ = clock_.steady();
}

std::vector<Patron::Belief> Patron::beliefs() const
{
    std::vector<Belief> all;
    const auto consider = [&](client::SeatNumber number) {
        const Seat* const seat = duty_->holdings().find(number);
        if (seat == nullptr)
            return;
        const bool is_ours = client::is_ours(*seat);
        all.push_back({.lease = client::bytes_of(*seat),
                       .units = seat->wish.units,
                       .is_ours = is_ours,
                       .is_certain = is_ours && !client::is_uncertain(*seat, now()),
                       .is_open = seat->state == Seat::State::asking});
    };
    for (const Call& call : calls_)
        consider(call.seat);
    for (const client::SeatNumber number : seats_)
        consider(number);
    return all;
}

} // namespace usher::world
