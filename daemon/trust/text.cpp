#include "daemon/trust/text.hpp"

namespace usher::trust {
namespace {

constexpr char32_t broken = 0x110000; // The first number that is no character.

/// Takes one character off `text`, which must not be empty; `broken` where it is not UTF-8 there.
char32_t next_character(std::string_view& text)
{
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        text.remove_prefix(1);
        return first;
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length)
        return broken;
    char32_t character = first & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return broken;
        character = character << 6 | (byte(i) & 0x3fU);
    }
    text.remove_prefix(length);
    constexpr char32_t smallest[] = {0x80, 0x800, 0x10000};
    const bool is_surrogate = character >= 0xd800 && character < 0xe000;
    return character < smallest[length - 2] || is_surrogate ? broken : character;
}

bool deceives(char32_t character)
{
    const auto within = [&](char32_t first, char32_t last) {
        return character >= first && character <= last;
    };
    return character < 0x20 || within(0x7f, 0x9f) ||           // control characters
           within(0x200e, 0x200f) || within(0x2028, 0x202e) || // direction, separators
           within(0x2066, 0x2069) || character == 0x061c ||    // direction
           character == 0xfeff || character >= broken;
}

} // namespace

bool is_plain_text(std::string_view text)
{
    while (!text.empty())
        if (deceives(next_character(text)))
            return false;
    return true;
}

bool is_plain_name(std::string_view text, std::size_t bytes_max)
{
    return !text.empty() && text.size() <= bytes_max && text.front() != ' ' && text.back() != ' ' &&
           is_plain_text(text);
}

std::string_view without_surrounding_space(std::string_view text)
{
    constexpr std::string_view space = " \t\r\n";
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

} // namespace usher::trust
