#include "daemon/trust/instant.hpp"

#include <cassert>
#include <cstdio>

namespace usher::trust {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::year;

constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";

bool has_form(std::string_view text)
{
    if (text.size() != form.size())
        return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !is_digit : text[i] != form[i])
            return false;
    }
    return true;
}

int number(std::string_view digits)
{
    int value = 0;
    for (const char digit : digits)
        value = value * 10 + (digit - '0');
    return value;
}

} // namespace

bool is_writable(Instant instant)
{
    constexpr Instant first{};
    constexpr Instant end = std::chrono::sys_days{year{10000} / 1 / 1};
    return instant >= first && instant < end && floor<seconds>(instant) == instant;
}

std::string to_text(Instant instant)
{
    assert(is_writable(instant));
    const auto day = floor<days>(instant);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(floor<seconds>(instant - day));
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text;
}

std::optional<Instant> instant_from(std::string_view text)
{
    if (!has_form(text))
        return std::nullopt;
    const auto part = [&](std::size_t at) { return number(text.substr(at, 2)); };
    const int hour = part(11);
    const int minute = part(14);
    const int second = part(17);
    const std::chrono::year_month_day date(year{number(text.substr(0, 4))},
                                           std::chrono::month{static_cast<unsigned>(part(5))},
                                           std::chrono::day{static_cast<unsigned>(part(8))});
    if (!date.ok() || hour > 23 || minute > 59 || second > 59)
        return std::nullopt;
    const Instant instant =
        std::chrono::sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
    return is_writable(instant) ? std::optional(instant) : std::nullopt;
}

} // namespace usher::trust
