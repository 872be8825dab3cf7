#include "tools/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace usher::tools {
namespace {

/// One character of a text, and how many bytes it takes there.
struct Character {
    char32_t code = 0;
    std::size_t bytes = 1;
    bool is_utf8 = false; ///< Else `code` is a single byte that starts no character.
};

struct Range {
    char32_t first;
    char32_t last;
};

/// Controls, and characters that turn the direction of a line, hide, or break it.
constexpr auto unseemly = std::to_array<Range>({{0x00, 0x1f},
                                                {0x7f, 0x9f},
                                                {0xad, 0xad},
                                                {0x61c, 0x61c},
                                                {0x200b, 0x200f},
                                                {0x2028, 0x202e},
                                                {0x2060, 0x206f},
                                                {0xfeff, 0xfeff},
                                                {0xfff9, 0xfffb},
                                                {0xe0000, 0xe007f}});

constexpr auto combining = std::to_array<Range>(
    {{0x300, 0x36f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe2f}});

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

/// The first character of a text that is not empty. Strict: no overlong forms, no surrogates.
Character first_character(std::string_view text)
{
    constexpr auto least = std::to_array<char32_t>({0, 0, 0x80, 0x800, 0x10000});
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80)
        return {lead, 1, true};
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || bytes > text.size())
        return {lead, 1, false};
    char32_t code = lead & (0xffU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0U) != 0x80)
            return {lead, 1, false};
        code = (code << 6U) | (byte(i) & 0x3fU);
    }
    const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < least[bytes] || code > 0x10ffff || is_surrogate)
        return {lead, 1, false};
    return {code, bytes, true};
}

std::string written_out(const Character& character)
{
    std::array<char, 16> text{};
    const char* const form = character.is_utf8 && character.code > 0x7f ? "\\u{%x}" : "\\x%02x";
    std::snprintf(text.data(), text.size(), form, static_cast<unsigned>(character.code));
    return text.data();
}

std::size_t columns_of(const Character& character)
{
    if (is_in(combining, character.code))
        return 0;
    return is_in(wide, character.code) ? 2 : 1;
}

} // namespace

std::string printable(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.is_utf8 && !is_in(unseemly, character.code))
            result += text.substr(0, character.bytes);
        else
            result += written_out(character);
        text.remove_prefix(character.bytes);
    }
    return result;
}

std::size_t columns_of(std::string_view text)
{
    std::size_t columns = 0;
    while (!text.empty()) {
        const Character character = first_character(text);
        columns += columns_of(character);
        text.remove_prefix(character.bytes);
    }
    return columns;
}

std::string cut(std::string_view text, std::size_t columns_max)
{
    if (columns_of(text) <= columns_max)
        return std::string(text);
    std::size_t bytes = 0;
    std::size_t columns = 1; // Of the `…`.
    while (true) {
        const Character character = first_character(text.substr(bytes));
        columns += columns_of(character);
        if (columns > columns_max)
            return std::string(text.substr(0, bytes)) + "…";
        bytes += character.bytes;
    }
}

} // namespace usher::tools
