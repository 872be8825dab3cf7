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
            conversation_.reset();
            duty_.start_over(Clock::now());
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
    const bool is_in_vain = !duty_.is_connected() && duty_.attempts() > attempts_at_close_;
    return is_closing_ &&
           (is_in_vain || duty_.holdings().is_empty() || Clock::now() >= close_until_);
}

void Attendant::serve_once(Lock& lock)
{
    work_.silence();
    duty_.tick(Clock::now());
    deliver(lock);
    Duty::Next next = duty_.next(Clock::now());
    switch (next.act) {
    case Duty::Act::connect: connect(lock); return;
    case Duty::Act::ask: send(lock, *std::move(next.asking)); return;
    case Duty::Act::hang_up: lose(silent_server()); return;
    case Duty::Act::rest: rest(lock, std::min(next.until, close_until_)); return;
    }
}

void Attendant::rest(Lock& lock, Instant until)
{
    if (duty_.has_news() || is_over())
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
    if (!opened) {
        duty_.failed(opened.error(), Clock::now());
        changed_.notify_all();
        return;
    }
    conversation_ = std::move(*opened);
    duty_.connected(conversation_->welcome());
}

void Attendant::send(Lock& lock, Duty::Asking asking)
{
    lock.unlock();
    const auto number = conversation_->send(std::move(asking.request),
                                            {Clock::now() + settings_.answer_max, stop_.fd()});
    lock.lock();
    if (number)
        duty_.sent(std::move(asking), *number);
    else
        lose(number.error());
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
    duty_.take(response, Clock::now());
    changed_.notify_all();
}

/// Whether the server is another from now on: what this one did not decide, that one is asked.
bool Attendant::follow(const std::string& redirect)
{
    auto where = redirect.empty() ? std::nullopt : door_->follow(redirect);
    if (!where)
        return false;
    lose(gone_to(*where));
    duty_.moved(*std::move(where));
    return true;
}

void Attendant::lose(const Failure& failure)
{
    conversation_.reset();
    duty_.lost(failure, Clock::now());
    changed_.notify_all();
}

void Attendant::deliver(Lock& lock)
{
    const std::vector<Event> news = duty_.take_news();
    if (news.empty() || !settings_.listener)
        return;
    lock.unlock();
    for (const Event& event : news)
        settings_.listener(event);
    lock.lock();
}

} // namespace usher::client
