#include "tools/printable.hpp"

#include <algorithm>
#include <array>

namespace usher::tools {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

/// With variation selectors and joiners.
constexpr auto combining = std::to_array<Range>({{0x300, 0x36f},
                                                 {0x180b, 0x180d},
                                                 {0x1ab0, 0x1aff},
                                                 {0x1dc0, 0x1dff},
                                                 {0x200c, 0x200d},
                                                 {0x20d0, 0x20ff},
                                                 {0xfe00, 0xfe2f},
                                                 {0xe0100, 0xe01ef}});

constexpr auto wide = std::to_array<Range>({{0x1100, 0x115f},
                                            {0x2e80, 0x303e},
                                            {0x3041, 0xa4cf},
                                            {0xac00, 0xd7a3},
                                            {0xf900, 0xfaff},
                                            {0xfe30, 0xfe6f},
                                            {0xff00, 0xff60},
                                            {0xffe0, 0xffe6},
                                            {0x1f300, 0x1f64f},
                                            {0x1f900, 0x1f9ff},
                                            {0x20000, 0x3fffd}});

template <std::size_t Count>
bool is_in(const std::array<Range, Count>& ranges, char32_t code)
{
    return std::ranges::any_of(
        ranges, [&](const Range& range) { return range.first <= code && code <= range.last; });
}

std::size_t columns_of(const protocol::Character& character)
{
    if (is_in(combining, character.code))
        return 0;
    return is_in(wide, character.code) ? 2 : 1;
}

} // namespace

std::size_t columns_of(std::string_view text)
{
    std::size_t columns = 0;
    protocol::Characters characters(text);
    while (const auto character = characters.next())
        columns += columns_of(*character);
    return columns;
}

std::string cut(std::string_view text, std::size_t columns_max)
{
    if (columns_of(text) <= columns_max)
        return std::string(text);
    std::string result;
    std::size_t columns = 1; // Of the `…`.
    protocol::Characters characters(text);
    while (const auto character = characters.next()) {
        columns += columns_of(*character);
        if (columns > columns_max)
            break;
        result += character->bytes;
    }
    return result + "…";
}

} // namespace usher::tools
