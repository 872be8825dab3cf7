#pragma once

#include "daemon/ledger/types.hpp"

namespace usher::server {

/// Where time comes from: the desk reads it once a turn, and nobody below it ever does.
class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual ledger::Now now() const = 0;
    /// Half of it, for who has nothing to do with the calendar.
    [[nodiscard]] virtual ledger::SteadyInstant steady() const { return now().steady; }
};

/// The machine's clocks. Any thread.
class SystemClock final : public Clock {
  public:
    [[nodiscard]] ledger::Now now() const override;
    [[nodiscard]] ledger::SteadyInstant steady() const override;
};

/// The same, for as long as the program runs.
[[nodiscard]] const Clock& machine_clock();

} // namespace usher::server
