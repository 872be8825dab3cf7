#include "tests/ledger/script.hpp"
#include "tests/ledger/words.hpp"

#include <stdexcept>

/// Requests about pools, and about the parties that they follow.
namespace usher::ledger::test {
namespace {

const Identity root_user{"local:root"};

Source source_of(const std::string& text)
{
    return word_of(text, {Source::root, Source::pool, Source::personal, Source::delegate});
}

bool flag(const std::string& text)
{
    return text == "on";
}

Command scheme(std::istringstream& words)
{
    const std::string name = next(words);
    if (name == "usual")
        return SetSchemes{{preset_schemes().begin(), preset_schemes().end()}, next(words)};
    Scheme made{.name = name};
    for (const Scheme& preset : preset_schemes())
        if (preset.name == name)
            made = preset;
    for (std::string key; words >> key;) {
        const std::string value = next(words);
        if (key == "like")
            for (const Scheme& preset : preset_schemes())
                made = preset.name == value ? preset : made;
        else if (key == "leasable")
            made.root_leasable = flag(value);
        else if (key == "children")
            made.has_children = flag(value);
        else if (key == "leases")
            made.leases =
                word_of(value, {LeaseKind::floating, LeaseKind::fixed, LeaseKind::persistent});
        else if (key == "length")
            made.lease_length = duration(value);
        else if (key == "rebind")
            made.rebind = word_of(value, {Rebinding::none, Rebinding::drop, Rebinding::carry});
        else if (key == "close")
            made.close = word_of(value, {Closing::keep, Closing::release});
        else if (key == "maintenance")
            made.asks_maintenance = flag(value);
        else if (key == "use")
            made.use = word_of(value, {Use::served, Use::reconciled});
        else if (key == "model_change")
            made.changes_models = flag(value);
        else if (key == "per")
            made.root = word_of(value, {RootPer::license, RootPer::product});
        else
            throw std::runtime_error(key + " is nothing of a scheme");
    }
    made.name = name;
    return SetSchemes{{made}, std::string(server_scheme)};
}

Plannable party(std::istringstream& words)
{
    const std::string verb = next(words);
    const PartyId id{next(words)};
    if (verb == "mode")
        return SetSource{root_user, id, source_of(next(words))};
    if (verb == "remove") {
        std::string drop;
        return RemoveParty{root_user, id, words >> drop && drop == "drop"};
    }
    const std::string target = next(words);
    if (verb == "rebind") {
        Rebind command{.by = root_user, .party = id, .target = target, .source = {}};
        for (std::string key; words >> key;)
            if (key == "drop")
                command.may_drop = true;
            else
                command.source = source_of(key);
        return command;
    }
    if (verb != "add")
        throw std::runtime_error(verb + " is nothing to do with a party");
    using Kind = Party::Kind;
    Party made{.id = id, .kind = word_of(target, {Kind::company, Kind::user, Kind::instance})};
    if (made.kind == Kind::instance)
        made.source = Source::pool;
    for (std::string key; words >> key;) {
        const std::string value = next(words);
        if (key == "company")
            made.company = {value};
        else if (key == "source")
            made.source = source_of(value);
        else
            made.pool = {value};
    }
    return AddParty{root_user, made};
}

Plannable pool(const std::string& verb, std::istringstream& words)
{
    const PoolId first{next(words)};
    std::string key;
    if (verb == "close") {
        ClosePool command{root_user, first, std::nullopt};
        if (words >> key)
            command.leases = word_of(key, {Closing::keep, Closing::release});
        return command;
    }
    const PoolId second{next(words)};
    if (verb == "open") {
        OpenPool command{root_user, first, second, {}};
        if (words >> key)
            command.owner = {next(words)};
        return command;
    }
    Allocate command{root_user, first, second, std::stoll(next(words))};
    command.force = words >> key && key == "force";
    return command;
}

} // namespace

/// What can be planned, too.
std::optional<Plannable> Script::plannable(const std::string& verb, Words& words)
{
    if (verb == "open" || verb == "allocate" || verb == "close")
        return pool(verb, words);
    if (verb == "party")
        return party(words);
    if (verb == "install")
        return install(words);
    if (verb == "remove") {
        Remove command{root_user, {next(words)}};
        std::string force;
        command.force = words >> force && force == "force";
        return command;
    }
    if (verb != "size")
        return std::nullopt;
    Resize command{{next(words)}, std::nullopt};
    if (const std::string units = next(words); units != "unlimited")
        command.units = std::stoll(units);
    return command;
}

Command Script::plan(Words& words)
{
    Plan command{std::monostate{}, std::nullopt};
    std::string verb = next(words);
    if (verb == "at") {
        command.at = noon + duration(next(words));
        if (!(words >> verb))
            return command;
    }
    const auto what = plannable(verb, words);
    if (!what)
        throw std::runtime_error(verb + " cannot be planned");
    command.what = *what;
    return command;
}

/// `register pool K|profile P|party I [as A] [user U] : device[*units] …`, each a lease of the
/// device's name.
Command Script::registration(Words& words)
{
    Register command{.asker = {{"key:app"}, {}}, .profile = {}, .pool = {}, .party = {}};
    UserName user{"admin"};
    for (std::string key = next(words); key != ":"; key = next(words)) {
        const std::string value = next(words);
        if (key == "pool")
            command.pool = {value};
        else if (key == "profile")
            command.profile = {value};
        else if (key == "party")
            command.party = {value};
        else if (key == "as")
            command.asker.identity = {value};
        else if (key == "user")
            user = {value};
        else
            throw std::runtime_error(key + " is nothing of a registration");
    }
    for (std::string row; words >> row;) {
        const auto parts = split(row, "*");
        const LeaseId id = lease_id(parts.front());
        command.rows.push_back({.id = id,
                                .tag = lease_tag(id),
                                .user = user,
                                .device = {parts.front()},
                                .units = parts.size() > 1 ? std::stoll(parts.at(1)) : 1});
    }
    return command;
}

Command Script::giving_back(Words& words)
{
    CheckinMany command{{{"key:app"}, {}}, {}};
    for (const std::string& name : split(next(words), ","))
        command.leases.push_back(lease_id(name));
    if (std::string key; words >> key)
        command.asker.identity = {next(words)};
    return command;
}

std::optional<Command> Script::about_pools(const std::string& verb, Words& words)
{
    if (verb == "scheme")
        return scheme(words);
    if (verb == "plan")
        return plan(words);
    if (verb == "register")
        return registration(words);
    if (verb == "giveback")
        return giving_back(words);
    if (verb == "list") {
        ListLeases command{{{"key:app"}, {}}, {}};
        for (std::string key; words >> key;)
            if (key == "party")
                command.party = {next(words)};
            else if (key == "after")
                command.after = std::stoull(next(words));
            else
                command.asker.identity = {next(words)};
        return command;
    }
    if (verb == "size" || verb == "install" || verb == "remove")
        return std::nullopt;
    const auto what = plannable(verb, words);
    if (!what)
        return std::nullopt;
    return std::visit(
        []<class One>(const One& one) -> std::optional<Command> {
            if constexpr (std::is_same_v<One, std::monostate> || std::is_same_v<One, Resize>)
                return std::nullopt;
            else
                return Command(one);
        },
        *what);
}

/// `NAME state pool K|profile P [party I] [watch]`, by the connection of NAME.
Command Script::state(const std::string& name, Words& words)
{
    AskState command{
        .asker = {{"key:app"}, connection_of(name)}, .profile = {}, .pool = {}, .party = {}};
    for (std::string key; words >> key;)
        if (key == "pool")
            command.pool = {next(words)};
        else if (key == "profile")
            command.profile = {next(words)};
        else if (key == "party")
            command.party = {next(words)};
        else
            command.watch = true;
    return command;
}

} // namespace usher::ledger::test
