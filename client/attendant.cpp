#include "client/attendant.hpp"

#include "client/at_end.hpp"
#include "daemon/trust/signature.hpp"

#include <cassert>
#include <csignal>
#include <exception>
#include <utility>

namespace usher::client {
namespace {

/// Enough for a handshake and for a listener that only notes what it hears; a megabyte or eight,
/// as is usual, would be what a seat costs an application.
constexpr std::size_t stack_bytes = 256 << 10;

/// Whose thread this is; null: none's.
thread_local const Attendant* serving_here = nullptr;

std::uint64_t random_seed()
{
    std::array<std::uint8_t, 8> bytes{};
    trust::fill_random(bytes);
    std::uint64_t seed = 0;
    for (const std::uint8_t byte : bytes)
        seed = seed << 8 | byte;
    return seed;
}

Failure silent_server()
{
    return {.step = Step::exchange,
            .text = "the server did not answer in time",
            .cure = "see that usherd is not stopped or overloaded, and that the network is up"};
}

Failure gone_to(const std::string& where)
{
    return {.step = Step::exchange,
            .text = "the server has moved to " + where,
            .cure = "give applications its new address (USHER_SERVER) in time"};
}

} // namespace

Attendant::Attendant(std::unique_ptr<Door> door, Settings settings)
    : door_(std::move(door)), settings_(std::move(settings)),
      heartbeat_(settings_.answer_max, random_seed(), settings_.pause_max)
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
    holdings_.give_all_back(now);
    // A seat that nobody gives back stays taken for a term, so even a server that was away a moment
    // ago is tried once more before we go.
    attempts_at_close_ = attempts_;
    heartbeat_.hurry(now);
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
    const auto number = holdings_.ask_for(std::move(wish), id);
    if (!number)
        return too_many_seats();
    bool is_kept = false;
    // Also where there is no memory left for what follows: the server may have given it by then.
    const AtEnd over([&] {
        awaited_.erase(*number);
        if (is_kept)
            return;
        holdings_.give_back(*number, Clock::now());
        work_.ring();
    });
    awaited_.insert(*number);
    if (!begin_thread())
        return no_thread();
    await_answer(lock, *number, stays_in_queue);

    const Seat& seat = *holdings_.find(*number);
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

void Attendant::await_answer(Lock& lock, SeatNumber number, bool stays_in_queue)
{
    const Instant asked_until = Clock::now() + settings_.answer_max;
    const std::uint64_t attempts = attempts_;
    ++callers_;
    const AtEnd over([this] {
        --callers_;
        changed_.notify_all();
    });
    work_.ring();
    for (;;) {
        const Seat& seat = *holdings_.find(number);
        const bool is_waiting = seat.state == Seat::State::waiting;
        const bool is_hopeless =
            attempts_ != attempts && last_failure_ && is_lasting(*last_failure_);
        const bool goes_on =
            seat.state == Seat::State::asking ? !is_hopeless : is_waiting && !stays_in_queue;
        const Instant until = is_waiting ? seat.patient_until + settings_.answer_max : asked_until;
        if (!goes_on || is_closing_ || Clock::now() >= until)
            break;
        changed_.wait_until(lock, until);
    }
}

No Attendant::why_unanswered() const
{
    const Failure failure = last_failure_.value_or(silent_server());
    return {setback_of(failure), as_refused(failure)};
}

std::optional<No> Attendant::checkin(SeatNumber number)
{
    if (is_forked())
        return forked();
    Lock lock(guard_);
    const Seat* const seat = holdings_.find(number);
    if (seat == nullptr || seat->state == Seat::State::returning)
        return unknown_seat();
    holdings_.give_back(number, Clock::now());
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
        return holdings_.find(number) == nullptr || !heartbeat_.is_connected() || is_closing_;
    });
    if (holdings_.find(number) == nullptr)
        return std::nullopt;
    return is_closing_ ? closed() : why_unanswered();
}

std::optional<Seat> Attendant::look(SeatNumber number) const
{
    if (is_forked())
        return std::nullopt;
    const std::lock_guard lock(guard_);
    const Seat* const seat = holdings_.find(number);
    if (seat == nullptr || seat->state == Seat::State::returning)
        return std::nullopt;
    return *seat;
}

bool Attendant::is_in_callback() const
{
    return serving_here == this;
}

bool Attendant::begin_thread()
{
    if (has_thread_)
        return true;
    pthread_attr_t attributes{};
    if (::pthread_attr_init(&attributes) != 0)
        return false;
    ::pthread_attr_setstacksize(&attributes, stack_bytes);
    // Signals belong to the application: none of them is ever delivered to this thread.
    sigset_t all{};
    sigset_t before{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = ::pthread_create(
        &thread_, &attributes,
        [](void* self) -> void* {
            static_cast<Attendant*>(self)->run();
            return nullptr;
        },
        this);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::pthread_attr_destroy(&attributes);
    has_thread_ = error == 0;
    return has_thread_;
}

void Attendant::note(std::vector<Event> events)
{
    for (Event& event : events) {
        const bool is_answer =
            event.kind == Event::Kind::granted || event.kind == Event::Kind::lost;
        if (!is_answer || !awaited_.contains(event.seat)) // Else a call returns it.
            news_.push_back(std::move(event));
    }
}

void Attendant::run()
{
    serving_here = this;
    Lock lock(guard_);
    while (!is_over())
        try {
            serve_once(lock);
        } catch (const std::exception&) {
            // No memory. The application must live on, so begin again as if the line had broken.
            if (!lock.owns_lock())
                lock.lock();
            start_over();
        }
    if (conversation_) {
        lock.unlock();
        conversation_->close();
        conversation_.reset();
        lock.lock();
    }
    is_done_ = true;
    changed_.notify_all();
}

bool Attendant::is_over() const
{
    const bool is_in_vain = !heartbeat_.is_connected() && attempts_ > attempts_at_close_;
    return is_closing_ && (is_in_vain || holdings_.is_empty() || Clock::now() >= close_until_);
}

void Attendant::serve_once(Lock& lock)
{
    work_.silence();
    note(holdings_.tick(Clock::now()));
    deliver(lock);
    const Instant now = Clock::now();
    const Heartbeat::Next next = heartbeat_.next(now, holdings_.needs());
    switch (next.act) {
    case Heartbeat::Act::connect: connect(lock); return;
    case Heartbeat::Act::renew: ask(lock, holdings_.renewal()); return;
    case Heartbeat::Act::hang_up: lose(silent_server()); return;
    case Heartbeat::Act::rest: break;
    }
    auto question = heartbeat_.is_connected() ? holdings_.next_question(now) : std::nullopt;
    if (question)
        ask(lock, std::move(*question));
    else
        rest(lock, std::min({next.at, holdings_.next_tick(), close_until_}));
}

void Attendant::rest(Lock& lock, Instant until)
{
    if (!news_.empty() || is_over())
        return;
    const Patience patience{until, work_.fd()};
    lock.unlock();
    if (!conversation_) {
        [[maybe_unused]] const Waited waited = wait_for(-1, 0, patience);
        lock.lock();
        return;
    }
    auto received = conversation_->receive(patience);
    lock.lock();
    if (!received)
        lose(received.error());
    else if (*received)
        take(**received);
}

void Attendant::connect(Lock& lock)
{
    lock.unlock();
    auto opened = door_->open({Clock::now() + settings_.connect_max, stop_.fd()});
    lock.lock();
    ++attempts_;
    if (!opened) {
        fail(opened.error());
        return;
    }
    conversation_ = std::move(*opened);
    last_failure_.reset();
    is_reported_ = false;
    heartbeat_.connected(std::chrono::milliseconds(conversation_->welcome().term_ms()));
    note(holdings_.connected(conversation_->welcome()));
}

void Attendant::ask(Lock& lock, Holdings::Question question)
{
    const Instant now = Clock::now();
    holdings_.begin(question, now);
    lock.unlock();
    const auto request =
        conversation_->send(question.request, {now + settings_.answer_max, stop_.fd()});
    lock.lock();
    if (request)
        holdings_.sent(std::move(question), *request, now);
    else
        lose(request.error());
}

void Attendant::take(const v1::Response& response)
{
    if (response.has_ending()) {
        lose(ended(response.ending()));
        return;
    }
    if (response.has_redirected() && follow(response.redirected().document()))
        return;
    if (response.has_refused() && follow(response.refused().redirect()))
        return;
    heartbeat_.answered();
    if (response.has_renewed())
        heartbeat_.set_term(std::chrono::milliseconds(response.renewed().term_ms()));
    note(holdings_.take(response, Clock::now()));
    changed_.notify_all();
}

/// Whether the server is another from now on: what this one did not decide, that one is asked.
bool Attendant::follow(const std::string& redirect)
{
    auto where = redirect.empty() ? std::nullopt : door_->follow(redirect);
    if (!where)
        return false;
    lose(gone_to(*where));
    if (holdings_.has_any())
        note({{Event::Kind::moved, 0, {}, *std::move(where)}});
    return true;
}

void Attendant::lose(const Failure& failure)
{
    conversation_.reset();
    heartbeat_.disconnected(Clock::now(), failure.retry_after);
    last_failure_ = failure;
    note(holdings_.disconnected(as_refused(failure)));
    changed_.notify_all();
}

void Attendant::start_over() noexcept
{
    conversation_.reset();
    heartbeat_.disconnected(Clock::now(), Duration(0));
    holdings_.forget_questions();
}

void Attendant::fail(const Failure& failure)
{
    const Instant now = Clock::now();
    heartbeat_.disconnected(now, failure.retry_after);
    last_failure_ = failure;
    if (is_lasting(failure)) {
        heartbeat_.discourage(now);
        if (holdings_.has_any() && !std::exchange(is_reported_, true))
            note(
                {{is_wrong_server(failure) ? Event::Kind::server_refused : Event::Kind::turned_away,
                  0,
                  as_refused(failure),
                  {}}});
    }
    changed_.notify_all();
}

void Attendant::deliver(Lock& lock)
{
    if (news_.empty())
        return;
    const std::vector<Event> news = std::exchange(news_, {});
    if (!settings_.listener)
        return;
    lock.unlock();
    for (const Event& event : news)
        settings_.listener(event);
    lock.lock();
}

} // namespace usher::client
