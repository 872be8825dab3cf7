#pragma once

#include <chrono>
#include <ctime>

/// The time that a client waits by. Any thread.
namespace usher::client {

/// Time since the machine started, and it runs on while the machine sleeps: a seat that lapsed
/// while a notebook was closed must not look held when it is opened again.
struct Clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;

    static time_point now() noexcept
    {
        std::timespec read{};
        ::clock_gettime(CLOCK_BOOTTIME, &read);
        return time_point(std::chrono::seconds(read.tv_sec) + duration(read.tv_nsec));
    }
};

using Instant = Clock::time_point;
using Duration = Clock::duration;

/// How long to wait for the other end, and what else ends the wait.
struct Patience {
    Instant until;
    int wake = -1; ///< A descriptor that ends the wait as soon as it can be read; -1: none.
};

} // namespace usher::client
