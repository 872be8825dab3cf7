#pragma once

#include "daemon/server/clock.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace usher::test {

/// The machine's clocks, moved by so much. Time goes on by itself as everywhere; a test only skips
/// what it would have to wait for. Any thread.
class MovableClock final : public server::Clock {
  public:
    [[nodiscard]] ledger::Now now() const override;

    /// Obeys one line: `advance 25s` moves both clocks, `calendar 2026-12-31T00:00:00Z` only what
    /// people call the time. Empty where it did, else what is wrong with the line.
    [[nodiscard]] std::string obey(std::string_view line);

  private:
    std::atomic<std::int64_t> calendar_ahead_us_ = 0;
    std::atomic<std::int64_t> steady_ahead_us_ = 0;
};

} // namespace usher::test
