#include "daemon/server/description.hpp"

#include "daemon/ledger/limits.hpp"
#include "daemon/trust/members.hpp"
#include "protocol/duration.hpp"
#include "protocol/limits.hpp"
#include "protocol/text.hpp"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace usher::server {
namespace {

using nlohmann::json;
using trust::Malformed;
using trust::Members;

ledger::Units units(Members& members, const std::string& name)
{
    return static_cast<ledger::Units>(members.count(name, 1, ledger::units_max));
}

const json& list(Members& members, const std::string& name, std::size_t most)
{
    const json& found = members.value(name);
    if (!found.is_array())
        members.refuse(name, "is not a list");
    if (found.size() > most)
        members.refuse(name, "has more than " + std::to_string(most) + " entries");
    return found;
}

/// A list of names, each once.
std::set<std::string> names(Members& members, const std::string& name, std::size_t most)
{
    std::set<std::string> found;
    for (std::size_t i = 0; const json& entry : list(members, name, most)) {
        const std::string place = name + "[" + std::to_string(i++) + "]";
        if (!entry.is_string())
            members.refuse(place, "is not a text");
        const auto& text = entry.get_ref<const std::string&>();
        if (const std::string wrong = protocol::objection_to_name(text); !wrong.empty())
            members.refuse(place, "is not a name: " + wrong);
        if (!found.insert(text).second)
            members.refuse(place, "stands twice");
    }
    return found;
}

template <class Word>
Word word_of(Members& members, const std::string& name, std::initializer_list<Word> all)
{
    const std::string text = members.text(name);
    std::string known;
    for (const Word one : all) {
        if (ledger::word(one) == text)
            return one;
        known += (known.empty() ? "" : ", ") + std::string(ledger::word(one));
    }
    members.refuse(name, "is none of " + known);
}

std::optional<ledger::Units> quantity(Members& members)
{
    if (members.value("quantity") == "unlimited")
        return std::nullopt;
    return units(members, "quantity");
}

ledger::Duration duration(Members& members, const std::string& name)
{
    const auto read = protocol::duration_from(members.text(name));
    if (!read)
        members.refuse(name, "is not a duration like 25s");
    return *read;
}

std::optional<std::set<ledger::UserName>> users(Members& members)
{
    if (members.value("users").is_null())
        return std::nullopt;
    std::set<ledger::UserName> found;
    for (const std::string& name : names(members, "users", protocol::users_max))
        found.insert(found.end(), ledger::UserName{name});
    return found;
}

ledger::Import::License license(Members members)
{
    using ledger::Metric;
    using ledger::NodeLock;
    const std::string number = members.name("number");
    ledger::Import::License announced{
        .license = {.id = {number},
                    .root = {number},
                    .product = {{members.name("vendor")}, {members.name("product")}},
                    .quantity = quantity(members),
                    .lock = word_of(members, "nodelock",
                                    {NodeLock::none, NodeLock::machine, NodeLock::personal}),
                    .activated = members.truth("activated")},
        .metric = word_of(members, "metric",
                          {Metric::lease, Metric::device, Metric::user, Metric::user_device}),
        .users = users(members),
    };
    members.expect_no_more();
    return announced;
}

ledger::Profile profile(Members members, const std::set<std::string>& licenses)
{
    ledger::Profile profile{.name = {members.name("name")},
                            .pools = {},
                            .is_default = members.truth("default"),
                            .capacity = {}};
    static_cast<void>(names(members, "pools", ledger::pools_per_profile_max));
    for (std::size_t i = 0; const json& pool : members.value("pools")) { // In their own order.
        if (!licenses.contains(pool.get<std::string>()))
            members.refuse("pools[" + std::to_string(i) + "]",
                           "names no license of this description");
        profile.pools.push_back({pool.get<std::string>()});
        ++i;
    }
    if (profile.pools.empty())
        members.refuse("pools", "is empty");
    if (!members.value("capacity").is_null())
        profile.capacity = units(members, "capacity");
    members.expect_no_more();
    return profile;
}

/// Who wrote it and when is for people.
void look_at_heading(Members members)
{
    for (const char* const line : {"by", "host", "node"})
        if (const std::string wrong = protocol::objection_to_line(members.text(line));
            !wrong.empty())
            members.refuse(line, wrong);
    static_cast<void>(members.instant("at"));
    members.expect_no_more();
}

ledger::Import command_of(const std::string& text)
{
    const json object = trust::json_object(text, "description");
    Members members(object, "");
    members.expect_format();
    look_at_heading(members.object("written"));
    ledger::Import command{.by = {}, .licenses = {}, .profiles = {}};
    Members policy = members.object("policy");
    command.term = duration(policy, "term");
    command.grace = duration(policy, "grace");
    policy.expect_no_more();

    const auto entry = [&](const std::string& of, std::size_t i, const json& value) {
        const std::string place = of + "[" + std::to_string(i) + "]";
        if (!value.is_object())
            members.refuse(place, "is not an object");
        return Members(value, place + ".");
    };
    std::set<std::string> numbers;
    for (std::size_t i = 0;
         const json& value : list(members, "licenses", protocol::description_bytes_max)) {
        command.licenses.push_back(license(entry("licenses", i, value)));
        const std::string& number = command.licenses.back().license.id.text;
        if (!numbers.insert(number).second)
            members.refuse("licenses[" + std::to_string(i) + "].number", "stands twice");
        ++i;
    }
    std::set<ledger::ProfileName> known;
    for (std::size_t i = 0;
         const json& value : list(members, "profiles", protocol::description_bytes_max)) {
        command.profiles.push_back(profile(entry("profiles", i, value), numbers));
        if (!known.insert(command.profiles.back().name).second)
            members.refuse("profiles[" + std::to_string(i) + "].name", "stands twice");
        ++i;
    }
    members.expect_no_more();
    return command;
}

} // namespace

std::variant<ledger::Import, ledger::Refusal> open_description(const std::string& text)
{
    const auto invalid = [](std::string what) {
        return ledger::Refusal{.code = ledger::Code::document_invalid, .detail = std::move(what)};
    };
    if (text.size() > protocol::description_bytes_max)
        return invalid("it is longer than 768 KiB");
    try {
        return command_of(text);
    } catch (const Malformed& wrong) {
        return invalid(wrong.what());
    }
}

} // namespace usher::server
