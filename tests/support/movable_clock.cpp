#include "tests/support/movable_clock.hpp"

#include "daemon/section.hpp"

#include <chrono>
#include <ctime>

namespace usher::test {
namespace {

constexpr std::string_view advance = "advance ";
constexpr std::string_view calendar = "calendar ";
constexpr std::string_view hold = "hold";

} // namespace

ledger::Now MovableClock::now() const
{
    const ledger::Now real = machine();
    return {real.calendar + ledger::Duration(calendar_ahead_us_.load()),
            real.steady + ledger::Duration(steady_ahead_us_.load())};
}

/// What the machine's clocks say, or said when they were held.
ledger::Now MovableClock::machine() const
{
    if (!is_held_)
        return server::SystemClock().now();
    return {ledger::CalendarInstant(ledger::Duration(held_calendar_us_.load())),
            ledger::SteadyInstant(ledger::Duration(held_steady_us_.load()))};
}

std::string MovableClock::obey(std::string_view line)
{
    if (line.starts_with(advance)) {
        const auto duration = daemon::duration_from(line.substr(advance.size()));
        if (!duration)
            return "advance takes a duration like 25s";
        const ledger::Duration ahead = *duration;
        calendar_ahead_us_ += ahead.count();
        steady_ahead_us_ += ahead.count();
        return {};
    }
    if (line.starts_with(calendar)) {
        const std::string text(line.substr(calendar.size()));
        std::tm parts{};
        const char* const end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
        if (end == nullptr || *end != '\0')
            return "calendar takes an instant like 2026-12-31T00:00:00Z";
        const auto wanted = std::chrono::system_clock::from_time_t(::timegm(&parts));
        calendar_ahead_us_ =
            std::chrono::duration_cast<ledger::Duration>(wanted - machine().calendar).count();
        return {};
    }
    if (line == hold) {
        const ledger::Now real = machine();
        held_calendar_us_ = real.calendar.time_since_epoch().count();
        held_steady_us_ = real.steady.time_since_epoch().count();
        is_held_ = true;
        return {};
    }
    return "the lines are `advance DURATION`, `calendar INSTANT` and `hold`";
}

} // namespace usher::test
