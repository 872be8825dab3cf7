#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace usher::daemon {

/// What systemd is told of this service, where it asked to be (`Type=notify`, `WatchdogSec=`);
/// elsewhere nothing is told to anybody. One thread.
class Supervisor {
  public:
    Supervisor();

    void ready(const std::string& status);
    void reloading();
    void stopping();

    /// How long at most until `watch` has to be called again.
    [[nodiscard]] std::chrono::milliseconds interval() const;

    /// The pulses of everything that must go on. Where all of them have moved since it was looked
    /// last, the watchdog is content; one that stands still lets it bite.
    void watch(const std::vector<std::uint64_t>& pulses);

  private:
    std::chrono::microseconds watchdog_{}; ///< 0: nobody watches.
    std::chrono::steady_clock::time_point watched_at_;
    std::vector<std::uint64_t> pulses_;
};

} // namespace usher::daemon
