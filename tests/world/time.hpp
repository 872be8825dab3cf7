#pragma once

#include "client/clock.hpp"
#include "daemon/server/clock.hpp"

namespace usher::world {

using ledger::Duration;
using ledger::SteadyInstant;

/// The time of a world. It goes on only when the world says so, and the daemon's calendar may jump.
class WorldClock final : public server::Clock {
  public:
    [[nodiscard]] ledger::Now now() const override { return now_; }

    /// `at` is not earlier than now.
    void advance_to(SteadyInstant at)
    {
        now_.calendar += at - now_.steady;
        now_.steady = at;
    }
    void jump(Duration by) { now_.calendar += by; }
    [[nodiscard]] SteadyInstant steady() const override { return now_.steady; }

  private:
    ledger::Now now_{std::chrono::sys_days{std::chrono::year{2030} / 1 / 15},
                     SteadyInstant(std::chrono::hours(1))};
};

/// The same instant as a client reads it.
inline client::Instant client_time(SteadyInstant at)
{
    return client::Instant(at.time_since_epoch());
}
inline SteadyInstant world_time(client::Instant at)
{
    if (at == client::Instant::max())
        return SteadyInstant::max();
    return SteadyInstant(std::chrono::ceil<Duration>(at.time_since_epoch()));
}

} // namespace usher::world
