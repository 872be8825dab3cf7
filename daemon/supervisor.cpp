#include "daemon/supervisor.hpp"

#include <algorithm>
#include <ctime>
#include <systemd/sd-daemon.h>

namespace usher::daemon {

using namespace std::chrono_literals;

Supervisor::Supervisor() : watched_at_(std::chrono::steady_clock::now())
{
    std::uint64_t watchdog_us = 0;
    if (::sd_watchdog_enabled(0, &watchdog_us) > 0)
        watchdog_ = std::chrono::microseconds(watchdog_us);
}

void Supervisor::ready(const std::string& status)
{
    ::sd_notify(0, ("READY=1\nSTATUS=" + status).c_str());
}

void Supervisor::reloading()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    ::sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
                 static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000);
}

void Supervisor::stopping()
{
    ::sd_notify(0, "STOPPING=1");
}

std::chrono::milliseconds Supervisor::interval() const
{
    constexpr auto nobody_watches = 1h;
    if (watchdog_ == 0us)
        return nobody_watches;
    return std::max(1ms, std::chrono::duration_cast<std::chrono::milliseconds>(watchdog_ / 3));
}

void Supervisor::watch(const std::vector<std::uint64_t>& pulses)
{
    const auto now = std::chrono::steady_clock::now();
    if (watchdog_ == 0us || now - watched_at_ < interval())
        return;
    watched_at_ = now;
    const bool all_moved = std::ranges::equal(
        pulses, pulses_, [](std::uint64_t is, std::uint64_t was) { return is != was; });
    if (all_moved || pulses_.empty())
        ::sd_notify(0, "WATCHDOG=1");
    pulses_ = pulses;
}

} // namespace usher::daemon
