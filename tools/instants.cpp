#include "tools/instants.hpp"

#include "daemon/trust/instant.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <string_view>

namespace usher::tools {

std::string instant_text(std::int64_t us)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(
        std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(us)));
    const std::time_t time = seconds.time_since_epoch().count();
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 40> text{};
    const std::size_t length =
        std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), length};
}

std::optional<std::int64_t> instant_from_text(const std::string& text)
{
    const bool is_day = text.find('T') == std::string::npos;
    const auto instant = trust::instant_from(is_day ? text + "T00:00:00Z" : text);
    if (!instant)
        return std::nullopt;
    return instant->time_since_epoch().count();
}

std::string span_text(std::int64_t us)
{
    struct Unit {
        std::string_view word;
        std::int64_t seconds;
    };
    constexpr auto units = std::to_array<Unit>({{"d", 86'400}, {"h", 3'600}, {"m", 60}, {"s", 1}});
    const std::int64_t seconds = std::max<std::int64_t>(0, us / 1'000'000);
    const auto* const unit =
        std::ranges::find_if(units, [&](const Unit& each) { return seconds >= each.seconds; });
    if (unit == units.end())
        return "0s";
    std::string text = std::to_string(seconds / unit->seconds) + std::string(unit->word);
    const auto* const next = unit + 1;
    if (next == units.end())
        return text;
    const std::int64_t rest = seconds % unit->seconds / next->seconds;
    return rest == 0 ? text : text + " " + std::to_string(rest) + std::string(next->word);
}

} // namespace usher::tools
