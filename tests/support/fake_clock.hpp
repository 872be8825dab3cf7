#pragma once

#include "daemon/server/clock.hpp"

#include <functional>

namespace usher::test {

/// A clock that stands until it is told to move. One thread.
class FakeClock final : public server::Clock {
  public:
    [[nodiscard]] ledger::Now now() const override
    {
        if (when_read)
            when_read();
        return time;
    }

    void advance(ledger::Duration by)
    {
        time.calendar += by;
        time.steady += by;
    }

    ledger::Now time{std::chrono::sys_days{std::chrono::year{2030} / 1 / 15},
                     ledger::SteadyInstant(std::chrono::hours(1))};
    std::function<void()> when_read; ///< May move it: what happens between two readings.
};

} // namespace usher::test
