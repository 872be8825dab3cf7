#include "daemon/crew.hpp"

#include <utility>

namespace usher::daemon {

Crew::Crew(std::span<const std::unique_ptr<server::Hall>> halls, server::Desk& desk,
           ledger::Start start, Signals& signals)
    : halls_(halls), desk_(desk), signals_(signals)
{
    desk_thread_ = this->start([this, first = std::move(start)] { desk_.run(first); });
}

Crew::~Crew()
{
    end_halls();
    end_clerk();
    end_desk();
}

void Crew::open()
{
    for (const auto& hall : halls_)
        hall_threads_.push_back(start([&hall = *hall] { hall.run(); }));
}

void Crew::employ(Clerk& clerk)
{
    clerk_ = &clerk;
    clerk_thread_ = start([this] { clerk_->run(desk_); });
}

/// A thread that has only this duty.
template <class Duty>
std::thread Crew::start(Duty duty)
{
    return std::thread([this, duty = std::move(duty)] {
        try {
            duty();
        } catch (...) {
            if (!is_failing_.exchange(true)) {
                failure_ = std::current_exception();
                has_failed_.store(true, std::memory_order_release);
            }
        }
        signals_.ring();
    });
}

void Crew::look() const
{
    if (has_failed_.load(std::memory_order_acquire))
        std::rethrow_exception(failure_);
}

void Crew::dismiss(std::chrono::milliseconds time_max)
{
    if (clerk_ != nullptr)
        clerk_->stop(); // A resolver may keep it for a while, and must not keep anybody else.
    for (const auto& hall : halls_)
        hall->wind_down([this] {
            empty_halls_.fetch_add(1, std::memory_order_release);
            signals_.ring();
        });
    const auto give_up = std::chrono::steady_clock::now() + time_max;
    while (empty_halls_.load(std::memory_order_acquire) < halls_.size()) {
        look();
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            give_up - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            break;
        static_cast<void>(signals_.wait(left)); // A second request to stop changes nothing.
    }
    end_halls();
    end_clerk();
    end_desk();
    look();
}

std::vector<std::uint64_t> Crew::pulses() const
{
    std::vector<std::uint64_t> pulses{desk_.pulse()};
    for (const auto& hall : halls_)
        pulses.push_back(hall->pulse());
    return pulses;
}

void Crew::end_clerk()
{
    if (!clerk_thread_.joinable())
        return;
    clerk_->stop();
    clerk_thread_.join();
}

void Crew::end_halls()
{
    for (const auto& hall : halls_)
        hall->stop();
    for (std::thread& thread : std::exchange(hall_threads_, {}))
        thread.join();
}

void Crew::end_desk()
{
    desk_.stop();
    if (desk_thread_.joinable())
        desk_thread_.join();
}

} // namespace usher::daemon
