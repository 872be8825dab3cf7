#pragma once

#include "daemon/server/clock.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace usher::test {

/// The machine's clocks, moved by so much. Time goes on by itself as everywhere, and a test only
/// skips what it would have to wait for; or it is held, and then a test says what each instant is.
/// Any thread.
class MovableClock final : public server::Clock {
  public:
    [[nodiscard]] ledger::Now now() const override;

    /// Obeys one line: `advance 25s` moves both clocks, `calendar 2026-12-31T00:00:00Z` only what
    /// people call the time, after `hold` no time goes by but by these two. Empty where it did,
    /// else what is wrong with the line. One thread at a time.
    [[nodiscard]] std::string obey(std::string_view line);

  private:
    [[nodiscard]] ledger::Now machine() const;

    std::atomic<bool> is_held_ = false;
    std::atomic<std::int64_t> held_calendar_us_ = 0; ///< Written once, before `is_held_` is.
    std::atomic<std::int64_t> held_steady_us_ = 0;
    std::atomic<std::int64_t> calendar_ahead_us_ = 0;
    std::atomic<std::int64_t> steady_ahead_us_ = 0;
};

} // namespace usher::test
