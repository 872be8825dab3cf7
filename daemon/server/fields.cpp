#include "daemon/server/fields.hpp"

#include "protocol/text.hpp"

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

} // namespace

std::string Fields::name(std::string_view field, const std::string& text)
{
    std::string wrong = protocol::objection_to_name(text);
    if (wrong.empty())
        return text;
    refuse({.code = Code::bad_name, .subject = std::string(field), .detail = std::move(wrong)});
    return {};
}

std::string Fields::name_or_none(std::string_view field, const std::string& text)
{
    return text.empty() ? text : name(field, text);
}

std::string Fields::remark(std::string_view field, const std::string& text)
{
    const std::string wrong = protocol::objection_to_line(text);
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
    return one_of(field, word,
                  std::array{Role::application, Role::viewer, Role::operator_, Role::admin});
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

} // namespace usher::server
