#include "tests/ledger/script.hpp"
#include "tests/ledger/words.hpp"

#include <algorithm>
#include <stdexcept>

/// How each request of a line becomes a command.
namespace usher::ledger::test {

Command Script::checkout(const std::string& name, Words& words)
{
    Checkout command{.asker = {{"key:app"}, connection_of(name)},
                     .id = lease_id(name),
                     .tag = lease_tag(lease_id(name)),
                     .profile = {next(words)},
                     .party = {},
                     .user = {},
                     .device = {}};
    if (command.profile.text == "-")
        command.profile.text.clear();
    const auto client = split(next(words), "@");
    command.user.text = client.at(0);
    command.device.text = client.at(1);
    for (std::string key; words >> key;) {
        const std::string value = next(words);
        if (key == "units")
            command.units = std::stoll(value);
        else if (key == "wait")
            command.patience = duration(value);
        else if (key == "as")
            command.asker.identity.text = value;
        else if (key == "party")
            command.party.text = value;
        else if (key == "pool")
            command.pool.text = value;
        else
            throw std::runtime_error(key + " is nothing of a checkout");
    }
    return command;
}

Command Script::command(const std::string& verb, Words& words)
{
    const Identity by{"local:root"};
    if (verb == "install")
        return install(words);
    if (verb == "profile")
        return profile(words);
    if (verb == "import")
        return description(words);
    if (verb == "await")
        return AwaitHolders{};
    const std::string first = verb == "start" ? "" : next(words);
    std::string force;
    if (verb == "remove")
        return Remove{by, {first}, words >> force && force == "force"};
    if (verb == "users")
        return SetUsers{by, {first}, users(next(words))};
    if (verb == "maintenance")
        return SetMode{by, first == "on" ? Mode::maintenance : Mode::serving};
    if (verb == "terms")
        return terms(first, words);
    if (verb == "revoke") {
        std::string reason = rest(words);
        return Revoke{by, lease_tag(lease_id(first)), std::move(reason)};
    }
    if (verb == "why")
        return ExplainRefusals{{first == "-" ? "" : first}};
    CredentialDigest digest;
    std::copy_n(first.begin(), std::min(first.size(), digest.bytes.size()), digest.bytes.begin());
    if (verb == "key")
        return IssueCredential{
            by,
            {first, Credential::Kind::key,
             word_of(next(words), {Role::application, Role::viewer, Role::operator_, Role::admin}),
             digest}};
    if (verb == "unkey")
        return RevokeCredential{by, first};
    if (verb == "greet")
        return first == "-" ? Greet{{}, {"anonymous"}} : Greet{digest, {first}};
    Start start;
    for (std::string license; words >> license;)
        start.on_this_node[{license}] = next(words) == "here";
    return start;
}

Command Script::terms(const std::string& term, Words& words)
{
    SetTerms command{duration(term), duration(next(words))};
    if (std::string key; words >> key)
        command.leases_max = std::stoull(next(words));
    return command;
}

Install Script::install(Words& words)
{
    const std::string id = next(words);
    const std::string quantity = next(words);
    Install command{.by = {"local:root"}};
    Entitlement& license = command.entitlement;
    license = {.id = {id}, .root = {id}, .product = {{"acme"}, {id}}};
    license.document = std::make_shared<const std::string>("license " + id + " " + quantity);
    if (quantity != "unlimited")
        license.quantity = std::stoll(quantity);
    for (std::string key; words >> key;) {
        const std::string value = next(words);
        if (key == "product")
            license.product.name.text = value;
        else if (key == "vendor")
            license.product.vendor.text = value;
        else if (key == "from")
            license.from = noon + duration(value);
        else if (key == "to")
            license.to = noon + duration(value);
        else if (key == "node") {
            license.lock = NodeLock::machine;
            license.on_this_node = value == "here";
        } else if (key == "per")
            command.metric =
                word_of(value, {Metric::lease, Metric::device, Metric::user, Metric::user_device});
        else if (key == "requires")
            command.requires_product = ProductName{value};
        else if (key == "profile")
            command.profile.text = value;
        else if (key == "scheme")
            command.scheme = value;
        else if (key == "downgrades")
            for (const std::string& older : split(value, ","))
                license.downgrades_to.insert({older});
        else if (key == "pool")
            command.pool.text = value;
        else if (key == "in" && value == "place")
            command.replace = true;
        else
            throw std::runtime_error(key + " is nothing of a license");
    }
    return command;
}

Command Script::description(Words& words)
{
    Import command{.by = {"local:root"}, .licenses = {}, .profiles = {}, .term = 25s, .grace = 2s};
    for (const std::string& item : split(rest(words), " ; ")) {
        Words of(item);
        const std::string what = next(of);
        if (what == "dry")
            command.dry_run = true;
        else if (what == "terms") {
            command.term = duration(next(of));
            command.grace = duration(next(of));
        } else if (what == "license")
            command.licenses.push_back(announced(of));
        else if (what == "profile")
            command.profiles.push_back(profile_of(next(of), of));
        else
            throw std::runtime_error(what + " is nothing of a description");
    }
    return command;
}

Import::License Script::announced(Words& words)
{
    Import::License announced;
    ExpectedLicense& license = announced.license;
    license.id.text = license.root.text = next(words);
    license.product.vendor.text = "acme";
    if (const std::string quantity = next(words); quantity != "unlimited")
        license.quantity = std::stoll(quantity);
    license.product.name.text = next(words);
    for (std::string key; words >> key;)
        if (key == "per")
            announced.metric = word_of(
                next(words), {Metric::lease, Metric::device, Metric::user, Metric::user_device});
        else if (key == "users")
            announced.users = users(next(words));
        else if (key == "activated")
            license.activated = true;
        else
            throw std::runtime_error(key + " is nothing of an announced license");
    return announced;
}

Profile Script::profile_of(const std::string& name, Words& words)
{
    Profile profile{.name = {name}, .pools = {}, .capacity = {}};
    if (const std::string pools = next(words); pools != "-")
        for (const std::string& pool : split(pools, ","))
            profile.pools.push_back({pool});
    for (std::string key; words >> key;)
        if (key == "default")
            profile.is_default = true;
        else
            profile.capacity = std::stoll(next(words));
    return profile;
}

Command Script::profile(Words& words)
{
    const Identity by{"local:root"};
    const std::string verb = next(words);
    const std::string name = next(words);
    if (verb == "rename")
        return RenameProfile{by, {name}, {next(words)}};
    std::string force;
    if (verb == "remove")
        return RemoveProfile{by, {name}};
    if (verb == "default")
        return SetDefault{by, {name}, next(words) == "on"};
    if (verb != "add")
        throw std::runtime_error(verb + " is nothing to do with a profile");
    return AddProfile{by, profile_of(name, words)};
}

/// The three licenses of A-S1 under the names that applications ask for.
std::string Script::install_three()
{
    for (const char* line :
         {"064 100 product PROServer profile Server",
          "065 8 product PROSession requires PROServer profile ProLicense",
          "055 10 product Client requires PROServer per user_device profile Client"}) {
        Words words(line);
        const std::string answer = put(install(words));
        if (answer != "ok")
            return answer;
    }
    return "ok";
}

} // namespace usher::ledger::test
