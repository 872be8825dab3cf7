#include "tests/ledger/script.hpp"

#include "tests/ledger/answer_text.hpp"
#include "tests/ledger/words.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace usher::ledger::test {
namespace {

/// Whether `answer` begins as `expected` does and holds every other word of it.
bool fits(const std::string& expected, const std::string& answer)
{
    const auto want = words_of(expected);
    const auto have = words_of(answer);
    if (want.empty() || have.empty() || want.front() != have.front())
        return want.empty() && have.empty();
    return std::ranges::all_of(want,
                               [&](const auto& word) { return std::ranges::count(have, word); });
}

} // namespace

std::string Script::play(const Table::Line& line)
{
    try {
        const std::size_t arrow = line.text.find(" => ");
        if (arrow == std::string::npos)
            throw std::runtime_error("no answer is expected: => is missing");
        Words words(line.text.substr(0, arrow));
        const SteadyInstant at = start_ + duration(next(words));
        if (at < scene_.now().steady)
            throw std::runtime_error("time runs backwards");
        for (Scene* scene : {&other_, &scene_})
            scene->pass(at - scene_.now().steady);

        const auto sayings = split(line.text.substr(arrow + 4), " ~ ");
        const auto expected = split(sayings.front(), " & ");
        const std::string answer = answer_to(words);
        const auto notices = split(answer, " & ");
        bool holds = expected.size() == notices.size();
        for (std::size_t i = 0; holds && i < expected.size(); ++i)
            holds = fits(expected[i], notices[i]);
        if (!holds)
            return "answered: " + answer;
        for (std::size_t i = 1; i < sayings.size(); ++i)
            if (said_.find(sayings[i]) == std::string::npos)
                return "said: " + said_;
        return scene_.broken.empty() ? "" : scene_.broken.front();
    } catch (const std::exception& fault) {
        return std::string("cannot be played: ") + fault.what();
    }
}

std::string Script::answer_to(Words& words)
{
    const std::string verb = next(words);
    if (verb == "time") {
        scene_.look_around();
        return "passes" + heard();
    }
    if (verb == "calendar") {
        scene_.turn_calendar(duration(next(words)));
        scene_.look_around();
        return "turned" + heard();
    }
    if (verb == "restart") {
        scene_.restart(next(words) == "snapshot");
        return put(Start{});
    }
    if (verb == "look")
        return look(next(words));
    if (verb == "three")
        return install_three();
    if (const auto command = activation(verb, words))
        return put(*command);
    if (const auto command = about_pools(verb, words))
        return put(*command);
    if (const auto command = about_requirements(verb, words))
        return put(*command);
    if (const auto answer = move(verb, words))
        return *answer;
    static const std::set<std::string> verbs{"install", "remove", "profile", "users", "maintenance",
                                             "terms",   "start",  "await",   "key",   "unkey",
                                             "greet",   "why",    "revoke",  "import"};
    if (verbs.contains(verb))
        return put(command(verb, words));
    return answer_about_lease(verb, words);
}

std::string Script::answer_about_lease(const std::string& names, Words& words)
{
    const std::string verb = next(words);
    if (verb == "checkout")
        return put(checkout(names, words));
    if (verb == "state")
        return put(state(names, words));
    if (verb == "lost") {
        std::string from;
        const std::string other = words >> from ? next(words) : names;
        const std::string answer = put(LoseConnection{connection_of(other), {lease_id(names)}});
        connections_.erase(other);
        return answer;
    }
    std::string as;
    const Identity identity{words >> as ? next(words) : "key:app"};
    if (verb == "checkin")
        return put(Checkin{{identity, connection_of(names)}, lease_id(names)});
    if (verb != "renew")
        throw std::runtime_error(verb + " is no verb");
    Renew renew{{identity, {}}, {}};
    for (const std::string& name : split(names, ",")) {
        renew.asker.connection = connection_of(name);
        renew.leases.push_back(lease_id(name));
    }
    return put(renew);
}

std::string Script::look_at(const PoolPicture& pool)
{
    return " pool stock=" + (pool.unlimited ? "unlimited" : std::to_string(pool.stock)) +
           " own=" + std::to_string(pool.stock) + " held=" + std::to_string(pool.held) +
           " reason=" + (pool.reason.empty() ? "-" : pool.reason) +
           " short=" + std::to_string(pool.short_by) + (pool.locked ? " locked" : " open") +
           " scheme=" + pool.pool.scheme +
           (pool.pool.owner.empty() ? "" : " owner=" + pool.pool.owner.text) +
           (pool.pool.closed ? " closed" : "");
}

std::string Script::look_at(const PartyPicture& party)
{
    const Party& one = party.party;
    return " party kind=" + std::string(word(one.kind)) +
           " source=" + std::string(word(one.source)) +
           (one.company.empty() ? "" : " company=" + one.company.text) +
           (one.pool.empty() ? "" : " uses=" + one.pool.text) +
           " users=" + std::to_string(party.users) + " leases=" + std::to_string(party.leases) +
           " lock=" + (party.lock.empty() ? "-" : party.lock);
}

std::string Script::look(const std::string& name)
{
    scene_.look_around();
    const Summary picture = scene_.picture();
    std::string text;
    for (const PoolPicture& pool : picture.pools)
        if (pool.pool.id.text == name)
            text += look_at(pool);
    for (const PartyPicture& party : picture.parties)
        if (party.party.id.text == name)
            text += look_at(party);
    for (const ActivationPicture& one : picture.activations)
        if (one.license.text == name)
            text += " activation state=" + std::string(word(one.state)) +
                    " number=" + std::to_string(one.activation.number) +
                    " spent=" + std::to_string(spent(one.activation)) +
                    (one.due ? " due=" + std::to_string((*one.due - noon) / 1h) + "h" : "");
    for (const ProfilePicture& profile : picture.profiles)
        if (profile.profile.name.text == name) {
            text += " profile in_use=" + std::to_string(profile.in_use) +
                    " re_use=" + (profile.re_use ? std::to_string(*profile.re_use) : "-") +
                    " clients=" + std::to_string(profile.clients_recently) +
                    (profile.profile.is_default ? " default" : "") + " pools=";
            for (const PoolId& pool : profile.profile.pools)
                text += pool.text + (&pool == &profile.profile.pools.back() ? "" : ",");
        }
    for (const ExpectedLicense& license : picture.expected)
        if (license.id.text == name)
            text += " expected product=" + license.product.name.text +
                    " to=" + (license.activated ? "activate" : "install");
    for (const LeasePicture& lease : picture.leases)
        if (name_of(lease.lease.id) == name)
            text += " lease profile=" + lease.lease.profile.text +
                    " pool=" + lease.lease.pool.text +
                    " seat=" + (lease.seat.empty() ? "-" : lease.seat) +
                    (lease.connected ? " connected" : "") + (lease.locked ? " locked" : "") +
                    (lease.deadline ? "" : " endless");
    for (const WaiterPicture& waiter : picture.queue)
        if (name_of(waiter.waiter.lease.id) == name)
            text += " waiter position=" + std::to_string(waiter.position) +
                    " profile=" + waiter.waiter.lease.profile.text;
    if (name == "server")
        text += " mode=" + std::string(word(picture.mode)) +
                " leases=" + std::to_string(picture.leases.size()) +
                " waiters=" + std::to_string(picture.queue.size()) +
                " pools=" + std::to_string(picture.pools.size()) +
                " credentials=" + std::to_string(picture.credentials.size()) +
                (picture.anchor ? " anchor=" + picture.anchor->counter + ":" +
                                      std::to_string(picture.anchor->value)
                                : "") +
                (picture.moved_to.empty() ? "" : " to=" + picture.moved_to) +
                (picture.arrival ? " followed=" + std::to_string(picture.arrival->position) : "");
    for (const EntitlementPicture& license : picture.entitlements)
        if (license.entitlement.id.text == name)
            text += std::string(license.counts ? " license counts" : " license counts-nothing") +
                    (license.reason.empty() ? "" : " because=" + license.reason);
    return (text.empty() ? "nothing" : text.substr(1)) + heard();
}

std::string Script::put(const Command& command)
{
    const Answer answer = scene_.ask(command);
    said_ = sentences(answer);
    return to_words(answer) + heard();
}

std::string Script::heard() const
{
    std::string text;
    for (const Message& message : scene_.heard) {
        std::string words = to_words(message.notice);
        if (words.starts_with("told ")) // To who watches; named by the lease that it speaks for.
            for (const auto& [name, connection] : connections_)
                if (connection == message.to)
                    words = name + " " + words;
        const auto known = connections_.find(words.substr(0, words.find(' ')));
        const bool is_right = message.to
                                  ? known != connections_.end() && known->second == message.to
                                  : words.starts_with("all ");
        text += " & " + (is_right ? words : "a wrong connection hears: " + words);
    }
    return text;
}

ConnectionId Script::connection_of(const std::string& lease)
{
    const auto [known, is_new] = connections_.try_emplace(lease);
    if (is_new)
        known->second = {++connections_made_};
    return known->second;
}

} // namespace usher::ledger::test
