#include "protocol/text.hpp"

#include "protocol/limits.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace usher::protocol {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

template <std::size_t Count>
bool is_in(const std::array<Range, Count>& ranges, char32_t code)
{
    return std::ranges::any_of(
        ranges, [&](const Range& range) { return range.first <= code && code <= range.last; });
}

constexpr auto controls = std::to_array<Range>({{0x00, 0x1f}, {0x7f, 0x9f}});

/// Breaks a line, turns its direction, or is not seen.
constexpr auto deceivers = std::to_array<Range>({{0xad, 0xad},
                                                 {0x34f, 0x34f},
                                                 {0x61c, 0x61c},
                                                 {0x115f, 0x1160},
                                                 {0x17b4, 0x17b5},
                                                 {0x180e, 0x180e},
                                                 {0x200b, 0x200b},
                                                 {0x200e, 0x200f},
                                                 {0x2028, 0x202e}, // And not U+202F, a space.
                                                 {0x2060, 0x206f},
                                                 {0x3164, 0x3164},
                                                 {0xfeff, 0xfeff},
                                                 {0xffa0, 0xffa0},
                                                 {0xfff0, 0xfffb},
                                                 {0x1bca0, 0x1bca3},
                                                 {0x1d173, 0x1d17a},
                                                 {0xe0000, 0xe00ff},
                                                 {0xe01f0, 0xe0fff}});

constexpr auto spaces = std::to_array<Range>({{0x20, 0x20},
                                              {0xa0, 0xa0},
                                              {0x1680, 0x1680},
                                              {0x2000, 0x200a},
                                              {0x202f, 0x202f},
                                              {0x205f, 0x205f},
                                              {0x2800, 0x2800},
                                              {0x3000, 0x3000}});

bool is_joiner(char32_t code)
{
    return code == 0x200c || code == 0x200d;
}

/// Latin, Greek and Cyrillic letters stand by themselves: between them a joiner is not seen.
bool can_be_joined(char32_t code)
{
    return code >= 0x590 && !is_joiner(code) && !is_in(spaces, code);
}

bool is_plain(char32_t code, char32_t before)
{
    if (code >= 0x20 && code < 0x7f) // Most are, and no list needs to be searched for them.
        return true;
    if (is_joiner(code))
        return can_be_joined(before);
    return !is_in(controls, code) && !is_in(deceivers, code);
}

/// The first character of a text that is not empty.
Character first_character(std::string_view text)
{
    constexpr auto least = std::to_array<char32_t>({0, 0, 0x80, 0x800, 0x10000});
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char lead = byte(0);
    Character character{.bytes = text.substr(0, 1), .code = lead};
    if (lead < 0x80) {
        character.is_utf8 = true;
        return character;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || length > text.size())
        return character;
    char32_t code = lead & (0x7fU >> length);
    for (std::size_t at = 1; at < length; ++at) {
        if ((byte(at) & 0xc0U) != 0x80U)
            return character;
        code = code << 6U | (byte(at) & 0x3fU);
    }
    const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < least[length] || code > 0x10ffff || is_surrogate)
        return character;
    return {.bytes = text.substr(0, length), .code = code, .is_utf8 = true};
}

std::string_view objection_to(const Character& character)
{
    if (!character.is_utf8)
        return "not UTF-8";
    if (character.is_plain)
        return {};
    return is_in(controls, character.code)
               ? "holds a control character"
               : "holds a character that is not seen, or that turns or breaks the line";
}

/// Of ASCII, seen, no space and no angle bracket.
bool is_ordinary(char byte)
{
    return byte > ' ' && byte < '\x7f' && byte != '<' && byte != '>';
}

std::string longer_than(std::size_t bytes_max)
{
    return "longer than " + std::to_string(bytes_max) + " bytes";
}

void write_out(std::string& text, const Character& character)
{
    std::array<char, 16> out{};
    const char* const form = character.is_utf8 && character.code > 0x7f ? "\\u{%x}" : "\\x%02x";
    std::snprintf(out.data(), out.size(), form, static_cast<unsigned>(character.code));
    text += out.data();
}

} // namespace

std::optional<Character> Characters::next()
{
    if (rest_.empty())
        return std::nullopt;
    Character character = first_character(rest_);
    character.is_plain = character.is_utf8 && is_plain(character.code, before_);
    rest_.remove_prefix(character.bytes.size());
    before_ = character.is_utf8 ? character.code : 0;
    return character;
}

std::string objection_to_name(std::string_view text)
{
    if (text.empty())
        return "empty";
    if (text.size() > name_bytes_max)
        return longer_than(name_bytes_max);
    if (std::ranges::all_of(text, is_ordinary)) // As most names are: a request may have thousands.
        return {};
    Characters characters(text);
    bool is_first = true;
    bool ends_in_space = false;
    while (const auto character = characters.next()) {
        if (const auto wrong = objection_to(*character); !wrong.empty())
            return std::string(wrong);
        if (character->code == '<' || character->code == '>')
            return "holds an angle bracket";
        ends_in_space = is_in(spaces, character->code);
        if (ends_in_space && is_first)
            return "begins with a space";
        is_first = false;
    }
    return ends_in_space ? "ends with a space" : "";
}

std::string objection_to_line(std::string_view text)
{
    if (text.size() > text_bytes_max)
        return longer_than(text_bytes_max);
    Characters characters(text);
    while (const auto character = characters.next())
        if (const auto wrong = objection_to(*character); !wrong.empty())
            return std::string(wrong);
    return {};
}

std::string printable(std::string_view text, std::string_view and_these)
{
    std::string result;
    result.reserve(text.size());
    Characters characters(text);
    while (const auto character = characters.next()) {
        if (character->is_plain && and_these.find(character->bytes) == and_these.npos)
            result += character->bytes;
        else
            write_out(result, *character);
    }
    return result;
}

std::string_view without_surrounding_space(std::string_view text)
{
    constexpr std::string_view space = " \t\r\n";
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

} // namespace usher::protocol
