#include "protocol/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace usher::protocol {
namespace {

using std::chrono::milliseconds;

struct Unit {
    std::string_view word;
    std::int64_t milliseconds;
};

constexpr auto units = std::to_array<Unit>(
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}});

} // namespace

std::optional<milliseconds> duration_from(std::string_view text)
{
    std::int64_t count = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view word(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    const auto unit = std::ranges::find(units, word, &Unit::word);
    constexpr std::int64_t milliseconds_max = 1'000'000'000'000; // Some thirty years.
    if (error != std::errc() || unit == units.end() || text.starts_with('-') ||
        count > milliseconds_max / unit->milliseconds)
        return std::nullopt;
    return milliseconds(count * unit->milliseconds);
}

std::string to_text(milliseconds duration)
{
    if (duration.count() == 0)
        return "0s";
    const auto unit = std::ranges::find_if(units, [&](const Unit& each) {
        return each.word != "d" && duration.count() % each.milliseconds == 0;
    });
    return std::to_string(duration.count() / unit->milliseconds) + std::string(unit->word);
}

} // namespace usher::protocol
