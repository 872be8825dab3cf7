#include "client/attendant.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <utility>

/// The other half of attendant.hpp: what its own thread does.
namespace usher::client {
namespace {

/// Enough for a handshake and for a listener that only notes what it hears; a megabyte or eight,
/// as is usual, would be what a seat costs an application.
constexpr std::size_t stack_bytes = 256 << 10;

/// Whose thread this is; null: none's.
thread_local const Attendant* serving_here = nullptr;

Failure gone_to(const std::string& where)
{
    return {.step = Step::exchange,
            .text = "the server has moved to " + where,
            .cure = "give applications its new address (USHER_SERVER) in time"};
}

} // namespace

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
    const Heartbeat::Next next = heartbeat_.next(now, needs());
    switch (next.act) {
    case Heartbeat::Act::connect: connect(lock); return;
    case Heartbeat::Act::renew: ask(lock, holdings_.renewal()); return;
    case Heartbeat::Act::hang_up: lose(silent_server()); return;
    case Heartbeat::Act::rest: break;
    }
    if (ask_next(lock, now))
        return;
    const bool is_asked_later = heartbeat_.is_connected() && !holdings_.is_put_off();
    rest(lock, std::min({next.at, holdings_.next_tick(), close_until_,
                         is_asked_later ? watches_.next_at() : Instant::max()}));
}

Heartbeat::Needs Attendant::needs() const
{
    Heartbeat::Needs all = holdings_.needs();
    for (const Heartbeat::Needs& more : {inquiries_.needs(), watches_.needs()}) {
        all.line = all.line || more.line;
        if (more.unanswered)
            all.unanswered = std::min(all.unanswered.value_or(Instant::max()), *more.unanswered);
    }
    return all;
}

/// Seats come first: they are what silence ends.
bool Attendant::ask_next(Lock& lock, Instant now)
{
    if (!heartbeat_.is_connected())
        return false;
    if (auto question = holdings_.next_question(now)) {
        ask(lock, std::move(*question));
        return true;
    }
    if (holdings_.is_put_off())
        return false;
    if (const auto inquiry = inquiries_.next()) {
        if (const auto request = send(lock, inquiries_.begin(*inquiry, now)))
            inquiries_.sent(*inquiry, *request);
        return true;
    }
    if (const auto watch = watches_.next(now)) {
        if (const auto request = send(lock, watches_.begin(*watch, now)))
            watches_.sent(*watch, *request);
        return true;
    }
    return false;
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
    inquiries_.ask_anew();
    watches_.connected(std::chrono::milliseconds(conversation_->welcome().term_ms()));
    note(holdings_.connected(conversation_->welcome()));
}

void Attendant::ask(Lock& lock, Holdings::Question question)
{
    const Instant now = Clock::now();
    holdings_.begin(question, now);
    if (const auto request = send(lock, question.request))
        holdings_.sent(std::move(question), *request, now);
}

/// None: the connection is lost.
std::optional<std::uint64_t> Attendant::send(Lock& lock, v1::Request request)
{
    lock.unlock();
    const auto number =
        conversation_->send(std::move(request), {Clock::now() + settings_.answer_max, stop_.fd()});
    lock.lock();
    if (number)
        return *number;
    lose(number.error());
    return std::nullopt;
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
    const Instant now = Clock::now();
    const bool was_put_off = holdings_.is_put_off();
    note(holdings_.take(response, now));
    if (was_put_off && !holdings_.is_put_off()) {
        inquiries_.ask_anew();
        watches_.ask_anew();
    }
    if (!inquiries_.take(response))
        note(watches_.take(response, now));
    changed_.notify_all();
}

/// Whether the server is another from now on: what this one did not decide, that one is asked.
bool Attendant::follow(const std::string& redirect)
{
    auto where = redirect.empty() ? std::nullopt : door_->follow(redirect);
    if (!where)
        return false;
    lose(gone_to(*where));
    if (is_missed())
        note({{Event::Kind::moved, 0, {}, *std::move(where)}});
    return true;
}

/// Whether the application has to hear of the connection.
bool Attendant::is_missed() const
{
    return holdings_.has_any() || !watches_.is_empty();
}

void Attendant::lose(const Failure& failure)
{
    conversation_.reset();
    inquiries_.forget_questions();
    watches_.forget_questions();
    heartbeat_.disconnected(Clock::now(), failure.retry_after);
    last_failure_ = failure;
    note(holdings_.disconnected(as_refused(failure), !watches_.is_empty()));
    changed_.notify_all();
}

void Attendant::start_over() noexcept
{
    conversation_.reset();
    heartbeat_.disconnected(Clock::now(), Duration(0));
    holdings_.forget_questions();
    inquiries_.forget_questions();
    watches_.forget_questions();
}

void Attendant::fail(const Failure& failure)
{
    const Instant now = Clock::now();
    heartbeat_.disconnected(now, failure.retry_after);
    last_failure_ = failure;
    if (is_lasting(failure)) {
        heartbeat_.discourage(now);
        if (is_missed() && !std::exchange(is_reported_, true))
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
