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

/// Of a member that earlier descriptions do not have.
bool has(const Members& members, const std::string& name)
{
    return std::ranges::count(members.names(), name) > 0;
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
    const std::string root = has(members, "pool") ? members.name("pool") : number;
    const std::string scheme =
        has(members, "scheme") ? members.name("scheme") : std::string(ledger::server_scheme);
    ledger::Import::License announced{
        .license = {.id = {number},
                    .root = {root},
                    .product = {{members.name("vendor")}, {members.name("product")}},
                    .quantity = quantity(members),
                    .lock = word_of(members, "nodelock",
                                    {NodeLock::none, NodeLock::machine, NodeLock::personal}),
                    .activated = members.truth("activated")},
        .metric = word_of(members, "metric",
                          {Metric::lease, Metric::device, Metric::user, Metric::user_device}),
        .users = users(members),
        .scheme = scheme,
    };
    members.expect_no_more();
    return announced;
}

ledger::Import::Child pool(Members members, const std::set<std::string>& roots)
{
    ledger::Import::Child child{
        .pool = {members.name("name")}, .root = {members.name("root")}, .owner = {}};
    if (!roots.contains(child.root.text))
        members.refuse("root", "is fed by no license of this description");
    if (!members.value("owner").is_null())
        child.owner = {members.name("owner")};
    members.expect_no_more();
    return child;
}

ledger::Party party(Members members)
{
    using ledger::Source;
    using Kind = ledger::Party::Kind;
    ledger::Party party{
        .id = {members.name("name")},
        .kind = word_of(members, "kind", {Kind::company, Kind::user, Kind::instance}),
        .company = {},
        .source = word_of(members, "source",
                          {Source::root, Source::pool, Source::personal, Source::delegate}),
        .pool = {}};
    if (party.kind == Kind::user)
        party.company = {members.name("company")};
    if (party.kind == Kind::instance)
        party.pool = {members.name("pool")};
    members.expect_no_more();
    return party;
}

ledger::Profile profile(Members members, const std::set<std::string>& known)
{
    ledger::Profile profile{.name = {members.name("name")},
                            .pools = {},
                            .is_default = members.truth("default"),
                            .capacity = {}};
    static_cast<void>(names(members, "pools", ledger::pools_per_profile_max));
    for (std::size_t i = 0; const json& pool : members.value("pools")) { // In their own order.
        if (!known.contains(pool.get<std::string>()))
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

/// Reads the objects of a list; `read` gives the name of each, which stands once.
template <class Read>
void for_each(Members& members, const std::string& of, const std::string& named, const Read& read)
{
    std::set<std::string> known;
    for (std::size_t i = 0;
         const json& value : list(members, of, protocol::description_bytes_max)) {
        const std::string place = of + "[" + std::to_string(i++) + "]";
        if (!value.is_object())
            members.refuse(place, "is not an object");
        if (!known.insert(read(Members(value, place + "."))).second)
            members.refuse(place + "." + named, "stands twice");
    }
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

    std::set<std::string> pools; // That a profile may lead to.
    for_each(members, "licenses", "number", [&](Members entry) {
        command.licenses.push_back(license(entry));
        pools.insert(command.licenses.back().license.root.text);
        return command.licenses.back().license.id.text;
    });
    if (has(members, "pools"))
        for_each(members, "pools", "name", [&, roots = pools](Members entry) {
            command.pools.push_back(pool(entry, roots));
            const std::string& name = command.pools.back().pool.text;
            if (roots.contains(name))
                entry.refuse("name", "is that of a pool that a license feeds");
            pools.insert(name);
            return name;
        });
    if (has(members, "parties"))
        for_each(members, "parties", "name", [&](Members entry) {
            command.parties.push_back(party(entry));
            return command.parties.back().id.text;
        });
    for_each(members, "profiles", "name", [&](Members entry) {
        command.profiles.push_back(profile(entry, pools));
        return command.profiles.back().name.text;
    });
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
