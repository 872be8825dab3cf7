#pragma once

#include "daemon/server/clock.hpp"

#include <atomic>

namespace usher::test {

/// The machine's clocks, but so much later: what a test would have to wait for, it skips. Wake the
/// desk after a change. Any thread.
class AheadClock final : public server::Clock {
  public:
    [[nodiscard]] ledger::Now now() const override
    {
        const ledger::Now real = server::SystemClock().now();
        return {real.calendar + ahead.load(), real.steady + ahead.load()};
    }

    std::atomic<ledger::Duration> ahead{};
};

} // namespace usher::test
