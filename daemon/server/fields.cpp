#include "daemon/server/fields.hpp"

#include "daemon/trust/signature.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

namespace usher::server {
namespace {

using ledger::Code;
using ledger::Refusal;

/// Takes one character off the front of `text`; none: what stands there is not UTF-8 (too short,
/// too long a form, a surrogate, beyond U+10FFFF).
std::optional<char32_t> take_character(std::string_view& text)
{
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned first = byte(0);
    const std::size_t length = first < 0x80U    ? 1
                               : first < 0xc2U  ? 0
                               : first < 0xe0U  ? 2
                               : first < 0xf0U  ? 3
                               : first <= 0xf4U ? 4
                                                : 0;
    if (length == 0 || text.size() < length)
        return std::nullopt;
    char32_t character = length == 1 ? first : first & (0x7fU >> length);
    for (std::size_t at = 1; at < length; ++at) {
        if ((byte(at) & 0xc0U) != 0x80U)
            return std::nullopt;
        character = character << 6U | (byte(at) & 0x3fU);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = character >= 0xd800 && character <= 0xdfff;
    if (character < least[length] || is_surrogate || character > 0x10ffff)
        return std::nullopt;
    text.remove_prefix(length);
    return character;
}

/// Controls of terminals, and characters that break a line or turn its direction: with them one
/// name could pass for another, or for more than one line.
bool is_control(char32_t character)
{
    const auto within = [&](char32_t first, char32_t last) {
        return character >= first && character <= last;
    };
    return character < 0x20 || within(0x7f, 0x9f) || within(0x200e, 0x200f) ||
           within(0x2028, 0x202e) || within(0x2066, 0x2069) || character == 0xfeff;
}

/// What is wrong with `text` as one line for people; empty: nothing.
std::string_view objection_to_line(std::string_view text, std::string_view forbidden)
{
    while (!text.empty()) {
        const auto character = take_character(text);
        if (!character)
            return "not UTF-8";
        if (is_control(*character))
            return "holds a control character";
        if (*character < 0x80 && forbidden.find(static_cast<char>(*character)) != forbidden.npos)
            return "holds an angle bracket";
    }
    return {};
}

} // namespace

std::string Fields::name(std::string_view field, const std::string& text)
{
    if (text.empty())
        refuse({.code = Code::bad_name, .subject = std::string(field), .detail = "empty"});
    return name_or_none(field, text);
}

std::string Fields::name_or_none(std::string_view field, const std::string& text)
{
    const std::string_view wrong = text.size() > protocol::name_bytes_max
                                       ? "longer than 256 bytes"
                                       : objection_to_line(text, "<>");
    if (!wrong.empty()) {
        refuse(
            {.code = Code::bad_name, .subject = std::string(field), .detail = std::string(wrong)});
        return {};
    }
    return text;
}

std::string Fields::remark(std::string_view field, const std::string& text)
{
    const std::string_view wrong = text.size() > protocol::text_bytes_max
                                       ? "longer than 1024 bytes"
                                       : objection_to_line(text, {});
    require(wrong.empty(), field, wrong);
    return wrong.empty() ? text : std::string();
}

ledger::Units Fields::units(std::string_view field, std::uint64_t number, ledger::Units most)
{
    if (number == 0 || std::cmp_greater(number, most)) {
        Refusal refusal{.code = Code::bad_quantity, .subject = std::string(field)};
        refusal.want = static_cast<ledger::Units>(
            std::min<std::uint64_t>(number, static_cast<std::uint64_t>(INT64_MAX)));
        refuse(std::move(refusal));
        return 1;
    }
    return static_cast<ledger::Units>(number);
}

ledger::LeaseId Fields::lease(std::string_view field, std::string_view bytes)
{
    ledger::LeaseId id;
    require(bytes.size() == id.bytes.size(), field, "not 16 bytes");
    if (bytes.size() == id.bytes.size())
        std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
    return id;
}

ledger::LeaseTag Fields::tag(std::string_view field, std::string_view digits)
{
    constexpr std::size_t length = 16;
    ledger::LeaseTag tag;
    const char* const end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, tag.bits, 16);
    // An unsigned number takes neither a sign nor `0x`.
    require(digits.size() == length && error == std::errc() && rest == end, field,
            "not 16 hexadecimal digits");
    return tag;
}

ledger::Role Fields::role(std::string_view field, std::string_view word)
{
    using ledger::Role;
    if (word.empty())
        return Role::application;
    for (const Role role : {Role::application, Role::viewer, Role::operator_, Role::admin})
        if (ledger::word(role) == word)
            return role;
    require(false, field, "not one of application, viewer, operator, admin");
    return Role::application;
}

void Fields::require(bool holds, std::string_view field, std::string_view what)
{
    if (!holds)
        refuse(
            {.code = Code::bad_request, .detail = std::string(field) + ": " + std::string(what)});
}

void Fields::refuse(Refusal refusal)
{
    if (!refusal_)
        refusal_ = std::move(refusal);
}

ledger::LeaseTag tag_of(const ledger::LeaseId& id)
{
    const trust::Digest digest =
        trust::sha256({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
    ledger::LeaseTag tag;
    for (std::size_t i = 0; i < sizeof tag.bits; ++i)
        tag.bits = tag.bits << 8U | digest[i];
    return tag;
}

std::string to_text(ledger::LeaseTag tag)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(sizeof tag.bits * 2, '0');
    for (std::size_t i = text.size(); i > 0; --i, tag.bits >>= 4U)
        text[i - 1] = digits[tag.bits & 0xfU];
    return text;
}

} // namespace usher::server
