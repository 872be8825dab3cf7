#include "client/attendant.hpp"

#include "client/at_end.hpp"
#include "daemon/trust/signature.hpp"

#include <cassert>
#include <utility>

namespace usher::client {
namespace {

std::uint64_t random_seed()
{
    std::array<std::uint8_t, 8> bytes{};
    trust::fill_random(bytes);
    std::uint64_t seed = 0;
    for (const std::uint8_t byte : bytes)
        seed = seed << 8 | byte;
    return seed;
}

} // namespace

Attendant::Attendant(std::unique_ptr<Door> door, Settings settings)
    : door_(std::move(door)), settings_(std::move(settings)),
      duty_(settings_.answer_max, random_seed(), settings_.pause_max)
{}

Attendant::~Attendant()
{
    assert(!is_forked() && !is_in_callback());
    Lock lock(guard_);
    is_closing_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return callers_ == 0; }); // Each still looks at its own seat.
    const Instant now = Clock::now();
    close_until_ = now + settings_.farewell_max;
    duty_.holdings().give_all_back(now);
    duty_.watches().clear();
    // A seat that nobody gives back stays taken for a term, so even a server that was away a moment
    // ago is tried once more before we go.
    attempts_at_close_ = duty_.attempts();
    duty_.hurry(now);
    work_.ring();
    if (!has_thread_)
        return;
    changed_.wait_until(lock, close_until_, [&] { return is_done_; });
    stop_.ring();
    lock.unlock();
    ::pthread_join(thread_, nullptr);
}

boost::system::result<Attendant::Given, No> Attendant::checkout(Wish wish, bool stays_in_queue)
{
    if (is_forked())
        return forked();
    if (is_in_callback())
        return in_callback();
    std::array<std::uint8_t, 16> id{};
    trust::fill_random(id);

    Lock lock(guard_);
    if (is_closing_)
        return closed();
    const auto number = duty_.holdings().ask_for(std::move(wish), id);
    if (!number)
        return too_many_seats();
    bool is_kept = false;
    // Also where there is no memory left for what follows: the server may have given it by then.
    const AtEnd over([&] {
        duty_.await_no_more(*number);
        if (is_kept)
            return;
        duty_.holdings().give_back(*number, Clock::now());
        work_.ring();
    });
    duty_.await(*number);
    if (!begin_thread())
        return no_thread();
    await_seat(lock, *number, stays_in_queue);

    const Seat& seat = *duty_.holdings().find(*number);
    const bool is_ours = seat.state == Seat::State::held || seat.state == Seat::State::locked;
    const bool is_waiting = seat.state == Seat::State::waiting && stays_in_queue && !is_closing_;
    is_kept = is_ours || is_waiting;
    if (is_kept)
        return Given{*number, is_waiting};
    const bool is_answered = seat.state == Seat::State::refused || seat.state == Seat::State::lost;
    return is_closing_   ? closed()
           : is_answered ? No{Setback::refused, seat.why.value_or(v1::Refused())}
                         : why_unanswered();
}

void Attendant::await_seat(Lock& lock, SeatNumber number, bool stays_in_queue)
{
    const Instant asked_until = Clock::now() + settings_.answer_max;
    const std::uint64_t attempts = duty_.attempts();
    ++callers_;
    const AtEnd over([this] {
        --callers_;
        changed_.notify_all();
    });
    work_.ring();
    for (;;) {
        const Seat& seat = *duty_.holdings().find(number);
        const bool is_waiting = seat.state == Seat::State::waiting;
        const bool is_hopeless = duty_.attempts() != attempts && duty_.last_failure() &&
                                 is_lasting(*duty_.last_failure());
        const bool goes_on =
            seat.state == Seat::State::asking ? !is_hopeless : is_waiting && !stays_in_queue;
        const Instant until = is_waiting ? seat.patient_until + settings_.answer_max : asked_until;
        if (!goes_on || is_closing_ || Clock::now() >= until)
            break;
        changed_.wait_until(lock, until);
    }
}

/// Waits until `is_answered`, for as long as there may be an answer.
template <class IsAnswered>
void Attendant::await(Lock& lock, IsAnswered is_answered)
{
    const Instant until = Clock::now() + settings_.answer_max;
    const std::uint64_t attempts = duty_.attempts();
    ++callers_;
    const AtEnd over([this] {
        --callers_;
        changed_.notify_all();
    });
    work_.ring();
    changed_.wait_until(lock, until, [&] {
        const bool is_hopeless = duty_.attempts() != attempts && duty_.last_failure() &&
                                 is_lasting(*duty_.last_failure());
        return is_answered() || is_closing_ || is_hopeless;
    });
}

boost::system::result<Attendant::Answered, No> Attendant::ask(v1::Request request,
                                                              Duration allowance)
{
    if (is_forked())
        return forked();
    if (is_in_callback())
        return in_callback();
    Lock lock(guard_);
    if (is_closing_)
        return closed();
    const InquiryNumber number = duty_.inquiries().add(std::move(request), allowance);
    const AtEnd over([&] { duty_.inquiries().forget(number); });
    if (!begin_thread())
        return no_thread();
    const Inquiry& inquiry = *duty_.inquiries().find(number);
    await(lock, [&] { return inquiry.answer.has_value(); });
    if (inquiry.answer)
        return Answered{*inquiry.answer, inquiry.times_sent};
    return is_closing_ ? closed() : why_unanswered();
}

boost::system::result<WatchNumber, No> Attendant::watch(PoolWish wish)
{
    if (is_forked())
        return forked();
    if (is_in_callback())
        return in_callback();
    Lock lock(guard_);
    if (is_closing_)
        return closed();
    const auto number = duty_.watches().add(std::move(wish));
    if (!number)
        return too_many_watches();
    bool is_kept = false;
    const AtEnd over([&] {
        if (!is_kept)
            duty_.watches().remove(*number);
    });
    if (!begin_thread())
        return no_thread();
    await(lock, [&] {
        const PoolWatch* const watch = duty_.watches().find(*number);
        return watch == nullptr || watch->standing || watch->no;
    });
    const PoolWatch* const watch = duty_.watches().find(*number);
    if (is_closing_)
        return closed();
    if (watch == nullptr) // Somebody guessed its number.
        return unknown_watch();
    if (watch->no)
        return No{Setback::refused, *watch->no};
    if (!watch->standing)
        return why_unanswered();
    is_kept = true;
    return *number;
}

std::optional<No> Attendant::unwatch(WatchNumber number)
{
    if (is_forked())
        return forked();
    const std::lock_guard lock(guard_);
    return duty_.watches().remove(number) ? std::nullopt : std::optional(unknown_watch());
}

std::optional<PoolStanding> Attendant::look_at(WatchNumber number) const
{
    if (is_forked())
        return std::nullopt;
    const std::lock_guard lock(guard_);
    const PoolWatch* const watch = duty_.watches().find(number);
    return watch == nullptr ? std::nullopt : watch->standing;
}

No Attendant::why_unanswered() const
{
    const Failure failure = duty_.last_failure().value_or(silent_server());
    return {setback_of(failure), as_refused(failure)};
}

std::optional<No> Attendant::checkin(SeatNumber number)
{
    if (is_forked())
        return forked();
    Lock lock(guard_);
    const Seat* const seat = duty_.holdings().find(number);
    if (seat == nullptr || seat->state == Seat::State::returning)
        return unknown_seat();
    duty_.holdings().give_back(number, Clock::now());
    work_.ring();
    if (is_in_callback())
        return std::nullopt;

    const Instant until = Clock::now() + settings_.answer_max;
    ++callers_;
    const AtEnd over([this] {
        --callers_;
        changed_.notify_all();
    });
    changed_.wait_until(lock, until, [&] {
        return duty_.holdings().find(number) == nullptr || !duty_.is_connected() || is_closing_;
    });
    if (duty_.holdings().find(number) == nullptr)
        return std::nullopt;
    return is_closing_ ? closed() : why_unanswered();
}

std::optional<Seat> Attendant::look(SeatNumber number) const
{
    if (is_forked())
        return std::nullopt;
    const std::lock_guard lock(guard_);
    const Seat* const seat = duty_.holdings().find(number);
    if (seat == nullptr || seat->state == Seat::State::returning)
        return std::nullopt;
    return *seat;
}

} // namespace usher::client
