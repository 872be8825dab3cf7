#pragma once

#include "client/attendant.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace usher::client::test {

using namespace std::chrono_literals;

/// Between two attempts to connect: these tests are about what comes after a pause, and it is the
/// heartbeat's test how long one is.
inline constexpr Duration pause_max = 200ms;

/// Keeps what an attendant calls back, and lets a test wait for it.
class Listening {
  public:
    [[nodiscard]] Attendant::Listener listener()
    {
        return [this](const Event& event) {
            const std::lock_guard lock(guard_);
            heard_.push_back(event);
            changed_.notify_all();
        };
    }

    /// Waits for the first event of `kind`, which counts as heard then; none within 20 s: nullopt.
    std::optional<Event> await(Event::Kind kind)
    {
        std::unique_lock lock(guard_);
        auto found = heard_.end();
        changed_.wait_for(lock, 20s, [&] {
            found = std::ranges::find(heard_, kind, &Event::kind);
            return found != heard_.end();
        });
        if (found == heard_.end())
            return std::nullopt;
        Event event = *found;
        heard_.erase(found);
        return event;
    }

    [[nodiscard]] std::size_t count(Event::Kind kind)
    {
        const std::lock_guard lock(guard_);
        return static_cast<std::size_t>(std::ranges::count(heard_, kind, &Event::kind));
    }

  private:
    std::mutex guard_;
    std::condition_variable changed_;
    std::vector<Event> heard_;
};

} // namespace usher::client::test
