#include "tests/ledger/history.hpp"

#include <algorithm>
#include <array>

namespace usher::ledger::test {
namespace {

/// What of the world there is: few of each, so that they meet often.
struct Offer {
    const char* id;
    std::optional<Units> quantity;
    const char* vendor;
    const char* product;
    const char* foundation;
    Metric metric;
    const char* profile;
    bool is_locked;
    Duration from;
    Duration to;
};

constexpr Duration ever{};
const std::array<Offer, 9> offers{{
    {"server", 3, "acme", "Server", "", Metric::lease, "Server", true, ever, ever},
    {"session", 4, "acme", "Session", "Server", Metric::lease, "Session", false, ever, 72h},
    {"client", 3, "acme", "Client", "", Metric::user_device, "Client", false, ever, ever},
    {"device", 2, "acme", "Device", "", Metric::device, "Client", false, ever, 24h},
    {"spare", 2, "acme", "Session", "Server", Metric::lease, "Session", false, 24h, 24h * 20},
    {"open", std::nullopt, "acme", "Open", "", Metric::user, "Open", true, ever, 24h * 40},
    {"alike", 2, "other", "Session", "", Metric::lease, "Session", false, ever, ever},
    // Mostly activated instead of installed, by history_activations.cpp.
    {"moved", 3, "acme", "Moved", "", Metric::lease, "Moved", true, ever, ever},
    {"leaning", 2, "acme", "Leaning", "Moved", Metric::user, "Moved", true, ever, 24h * 30},
}};
constexpr std::array<const char*, 9> profile_names{"Server", "Session", "Client", "Open", "Moved",
                                                   "Mixed",  "Other",   "Nope",   ""};
constexpr std::array<const char*, 4> user_names{"ann", "bob", "cid", "dee"};
constexpr std::array<const char*, 3> device_names{"d1", "d2", "d3"};
constexpr std::array<Duration, 6> patiences{0s, 0s, 5s, 40s, 40s, 1h};
constexpr std::array<Duration, 8> pauses{0s, 1ms, 1s, 2s, 5s, 13s, 25s, 60s};
constexpr std::array<Duration, 8> jumps{1h, 24h, 24h * 3, 24h * 45, -1h, -24h, -24h * 3, -24h * 45};

template <class Things>
auto& pick(Things& things, std::uint8_t number)
{
    return things[number % things.size()];
}

} // namespace

History::History()
{
    for (std::uint8_t i = 0; i < 4; ++i)
        install({0, i, 0, 0});
}

std::string History::fault() const
{
    if (!scene_.broken.empty())
        return scene_.broken.front();
    if (!complaints_.empty())
        return complaints_.front();
    return witness_.complaints.empty() ? "" : witness_.complaints.front();
}

void History::live(Step step)
{
    using Verb = void (History::*)(Step);
    constexpr std::array<Verb, 50> verbs{&History::checkout,
                                         &History::checkout,
                                         &History::checkout,
                                         &History::checkout,
                                         &History::checkout,
                                         &History::checkout,
                                         &History::checkout,
                                         &History::checkout,
                                         &History::checkout,
                                         &History::checkout,
                                         &History::checkout,
                                         &History::checkout,
                                         &History::renew,
                                         &History::renew,
                                         &History::renew,
                                         &History::renew,
                                         &History::checkin,
                                         &History::checkin,
                                         &History::checkin,
                                         &History::checkin,
                                         &History::lose_connection,
                                         &History::lose_connection,
                                         &History::pass,
                                         &History::pass,
                                         &History::pass,
                                         &History::pass,
                                         &History::pass,
                                         &History::revoke,
                                         &History::install,
                                         &History::install,
                                         &History::remove,
                                         &History::set_mode,
                                         &History::set_mode,
                                         &History::change_profiles,
                                         &History::import_description,
                                         &History::set_users,
                                         &History::restart,
                                         &History::turn_calendar,
                                         &History::change_presence,
                                         &History::request_activation,
                                         &History::request_activation,
                                         &History::activate,
                                         &History::activate,
                                         &History::activate,
                                         &History::deactivate,
                                         &History::ask_issuer,
                                         &History::ask_issuer,
                                         &History::change_credentials,
                                         &History::move,
                                         &History::look_at_counter};
    (this->*pick(verbs, step.verb))(step);
}

void History::ask(const Command& command)
{
    look_around(); // The witness wants nothing overdue when a question is asked.
    const Answer answer = scene_.ask(command);
    witness_.watch(command, answer, scene_.heard, scene_.now(), scene_.picture());
}

void History::look_around()
{
    scene_.look_around();
    witness_.watch(scene_.heard, scene_.now(), scene_.picture());
}

LeaseId History::lease(Step step)
{
    return lease_id("lease-" + std::to_string(step.what % 20));
}

ConnectionId History::connection(const LeaseId& id)
{
    const auto [known, is_new] = connections_.try_emplace(id);
    if (is_new)
        known->second = {++connections_made_};
    return known->second;
}

void History::checkout(Step step)
{
    const LeaseId id = lease(step);
    // Mostly who the lease is tells who takes it, so that retries happen.
    const auto& profile = pick(profile_names, step.who < 200 ? step.what % 6 : step.who);
    Checkout command{.asker = {{step.number == 255 ? "key:thief" : "key:app"}, connection(id)},
                     .id = id,
                     .tag = lease_tag(id),
                     .profile = {profile},
                     .units = step.number % 8 < 5 ? 1 : step.number % 8 - 3,
                     .party = {},
                     .user = {pick(user_names, step.who)},
                     .device = {pick(device_names, static_cast<std::uint8_t>(step.who / 4))},
                     .patience = pick(patiences, static_cast<std::uint8_t>(step.number / 8))};
    if (step.number == 254)
        command.units = 0;
    say(name_of(id) + " checkout '" + profile + "' " + command.user.text + "@" +
        command.device.text + " units " + std::to_string(command.units) + " wait " +
        std::to_string(command.patience / 1s) + "s");
    ask(command);
}

void History::renew(Step step)
{
    Renew command{{{step.who == 0 ? "key:thief" : "key:app"}, {}}, {}};
    std::string names;
    for (std::uint8_t i = 0; i <= step.number % 3; ++i) {
        step.what = static_cast<std::uint8_t>(step.what + i);
        const LeaseId id = lease(step);
        if (!command.leases.empty() && id == command.leases.front())
            break;
        command.asker.connection = connection(id);
        command.leases.push_back(id);
        names += name_of(id) + " ";
    }
    for (const LeaseId& id : command.leases) // One connection speaks for all of them now.
        connections_[id] = command.asker.connection;
    say(names + "renew");
    ask(command);
}

void History::checkin(Step step)
{
    const LeaseId id = lease(step);
    say(name_of(id) + " checkin");
    ask(Checkin{{{step.who == 0 ? "key:thief" : "key:app"}, connection(id)}, id});
}

void History::lose_connection(Step step)
{
    const ConnectionId lost = connection(lease(step));
    LoseConnection command{lost, {}};
    std::string names;
    for (const auto& [id, carries] : connections_)
        if (carries == lost) {
            command.leases.push_back(id);
            names += name_of(id) + " ";
        }
    std::erase_if(connections_, [&](const auto& one) { return one.second == lost; });
    say(names + "lost");
    ask(command);
}

void History::pass(Step step)
{
    const Duration pause = pick(pauses, step.number);
    say(std::to_string(pause / 1ms) + " ms pass");
    scene_.pass(pause);
    look_around();
}

void History::revoke(Step step)
{
    const LeaseId id = lease(step);
    say("revoke " + name_of(id));
    ask(Revoke{{"local:root"}, lease_tag(id), "because"});
}

Install History::offered(Step step, std::optional<CalendarInstant> to)
{
    const Offer& offer = pick(offers, step.what);
    Entitlement license{.id = {offer.id},
                        .root = {offer.id},
                        .product = {{offer.vendor}, {offer.product}},
                        .quantity = offer.quantity};
    license.document = std::make_shared<const std::string>(offer.id);
    if (offer.from != ever)
        license.from = noon + offer.from;
    if (offer.to != ever)
        license.to = noon + offer.to;
    if (to)
        license.to = to;
    if (offer.is_locked)
        license.lock = NodeLock::machine;
    license.on_this_node = !offer.is_locked || step.number % 8 != 7;
    std::optional<ProductName> foundation;
    if (*offer.foundation)
        foundation = ProductName{offer.foundation};
    return {{"local:root"}, license, offer.metric, foundation, {offer.profile}};
}

void History::install(Step step)
{
    std::optional<CalendarInstant> to;
    if (step.number % 4 == 3) // Another one of the same number, for longer.
        to = scene_.now().calendar + 24h * 30;
    const Install command = offered(step, to);
    const Entitlement& license = command.entitlement;
    say("install " + license.id.text + (license.on_this_node ? "" : " of another host"));
    ask(command);
}

void History::remove(Step step)
{
    const Offer& offer = pick(offers, step.what);
    say(std::string("remove ") + offer.id);
    ask(Remove{{"local:root"}, {offer.id}, step.number % 2 == 0});
}

void History::set_mode(Step step)
{
    const bool is_on = step.number % 3 == 0;
    say(is_on ? "maintenance on" : "maintenance off");
    ask(SetMode{{"local:root"}, is_on ? Mode::maintenance : Mode::serving});
}

void History::change_profiles(Step step)
{
    const Identity by{"local:root"};
    const ProfileName name{pick(profile_names, step.what)};
    const ProfileName other{pick(profile_names, step.who)};
    const PoolId first{pick(offers, step.what).id};
    const PoolId second{pick(offers, step.who).id};
    const std::string verb = std::array{"add", "rename", "remove", "default"}[step.number % 4];
    if (name.empty() || other.empty())
        return;
    say("profile " + verb + " " + name.text + " " + other.text);
    if (verb == "add")
        ask(AddProfile{
            by,
            {name,
             {first, second},
             step.number % 8 == 0,
             step.number >= 128 ? std::optional<Units>(1 + step.number % 3) : std::nullopt}});
    else if (verb == "rename")
        ask(RenameProfile{by, name, other});
    else if (verb == "remove")
        ask(RemoveProfile{by, name});
    else
        ask(SetDefault{by, name, step.number % 8 != 3});
}

/// One or two licenses, and one name that leads to them.
void History::import_description(Step step)
{
    Import command{.by = {"local:root"}, .licenses = {}, .profiles = {}, .term = 25s, .grace = 2s};
    Profile profile{{pick(profile_names, step.who)}, {}, step.number % 8 == 1, {}};
    for (const std::size_t at : {std::size_t{step.what}, std::size_t{step.number}}) {
        const Offer& offer = offers[at % offers.size()];
        if (std::ranges::count(profile.pools, PoolId{offer.id}) > 0)
            continue;
        Import::License announced{.license = {.id = {offer.id},
                                              .root = {offer.id},
                                              .product = {{offer.vendor}, {offer.product}},
                                              .quantity = offer.quantity},
                                  .metric = offer.metric,
                                  .users = {}};
        if (step.number % 16 == 5)
            announced.users = {{user_names[0]}};
        command.licenses.push_back(std::move(announced));
        profile.pools.push_back({offer.id});
    }
    if (step.number % 4 == 3)
        profile.capacity = 1;
    command.dry_run = step.number % 32 == 9;
    say("import " + profile.name.text + " to " + profile.pools.front().text);
    if (!profile.name.empty())
        command.profiles.push_back(std::move(profile));
    ask(command);
}

void History::set_users(Step step)
{
    SetUsers command{{"local:root"}, {pick(offers, step.what).id}, {}};
    if (step.number % 4 != 0)
        for (std::uint8_t i = 0; i < user_names.size(); ++i)
            if (step.number >> i & 1) {
                if (!command.users)
                    command.users.emplace();
                command.users->insert({user_names[i]});
            }
    say("users of " + command.pool.text + ": " +
        (command.users ? std::to_string(command.users->size()) : "everybody"));
    ask(command);
}

void History::restart(Step step)
{
    look_around();
    const bool from_snapshot = step.number % 2 == 0;
    say(from_snapshot ? "restart from a snapshot" : "restart");
    scene_.restart(from_snapshot);
    connections_.clear();
    witness_.restart();
    Start start{{}, as_remembered(scene_)};
    if (step.who % 4 == 0) { // The host has changed: the locked licenses see it, or see it again.
        const bool here = step.what % 2 == 0;
        start.on_this_node = {{{"server"}, here}, {{"open"}, here}};
        say(here ? "on the right host" : "on a wrong host");
    }
    const Answer answer = scene_.ask(start);
    witness_.watch(start, answer, scene_.heard, scene_.now(), scene_.picture());
}

void History::turn_calendar(Step step)
{
    const Duration jump = pick(jumps, step.number);
    say("the calendar is set by " + std::to_string(jump / 1h) + " h");
    scene_.turn_calendar(jump);
    look_around();
}

void History::change_presence(Step step)
{
    switch (step.number % 4) {
    case 0: say("the daemon was away"); return ask(Start{});
    case 1: say("term 10 s, grace 4 s"); return ask(SetTerms{10s, 4s});
    case 2: say("term 25 s, grace 0 s, 5 leases at most"); return ask(SetTerms{25s, 0s, 5});
    default: say("holders stand in the queue of handshakes"); return ask(AwaitHolders{});
    }
}

void History::change_credentials(Step step)
{
    const std::string name = step.what % 2 ? "k1" : "k2";
    CredentialDigest digest;
    digest.bytes[0] = step.what % 2;
    say("credentials");
    switch (step.number % 4) {
    case 0: return ask(IssueCredential{{"local:root"}, {name, {}, Role::viewer, digest}});
    case 1: return ask(RevokeCredential{{"local:root"}, name});
    case 2: return ask(Greet{digest, {name}});
    default: return ask(ExplainRefusals{{step.who % 2 ? "ann" : ""}});
    }
}

} // namespace usher::ledger::test
