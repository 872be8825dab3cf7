#include "tests/ledger/script.hpp"

#include "tests/ledger/answer_text.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace usher::ledger::test {
namespace {

std::vector<std::string> split(const std::string& text, const std::string& separator)
{
    std::vector<std::string> parts;
    std::size_t start = 0;
    for (std::size_t end = 0; end != std::string::npos; start = end + separator.size()) {
        end = text.find(separator, start);
        parts.push_back(text.substr(start, end - start));
    }
    return parts;
}

std::vector<std::string> words_of(const std::string& text)
{
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    return words;
}

std::string next(std::istringstream& words)
{
    std::string word;
    if (!(words >> word))
        throw std::runtime_error("the line ends too soon");
    return word;
}

std::string rest(std::istringstream& words)
{
    std::string text;
    std::getline(words >> std::ws, text);
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

Duration duration(const std::string& text)
{
    std::size_t digits = 0;
    const auto number = std::stoll(text, &digits);
    const std::string unit = text.substr(digits);
    for (const auto& [name, one] : std::initializer_list<std::pair<const char*, Duration>>{
             {"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}, {"d", 24h}})
        if (unit == name)
            return number * one;
    throw std::runtime_error(text + " is no duration");
}

template <class Word>
Word word_of(const std::string& text, std::initializer_list<Word> all)
{
    for (const Word one : all)
        if (word(one) == text)
            return one;
    throw std::runtime_error(text + " is no word for this");
}

std::optional<std::set<UserName>> users(const std::string& text)
{
    if (text == "everybody")
        return std::nullopt;
    std::set<UserName> names;
    if (text != "nobody")
        for (const std::string& name : split(text, ","))
            names.insert({name});
    return names;
}

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
        scene_.pass(at - scene_.now().steady);

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
    if (verb == "fact")
        return make_true(words);
    static const std::set<std::string> verbs{"install", "remove", "profile", "users", "maintenance",
                                             "terms",   "start",  "await",   "key",   "unkey",
                                             "greet",   "why",    "revoke"};
    if (verbs.contains(verb))
        return put(command(verb, words));
    return answer_about_lease(verb, words);
}

std::string Script::answer_about_lease(const std::string& names, Words& words)
{
    const std::string verb = next(words);
    if (verb == "checkout")
        return put(checkout(names, words));
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
        return SetTerms{duration(first), duration(next(words))};
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

Command Script::install(Words& words)
{
    const std::string id = next(words);
    const std::string quantity = next(words);
    Install command{.by = {"local:root"}};
    Entitlement& license = command.entitlement;
    license = {.id = {id}, .root = {id}, .product = {id}, .vendor = {"acme"}};
    license.document = std::make_shared<const std::string>("license " + id);
    if (quantity != "unlimited")
        license.quantity = std::stoll(quantity);
    for (std::string key; words >> key;) {
        const std::string value = next(words);
        if (key == "product")
            license.product.text = value;
        else if (key == "vendor")
            license.vendor.text = value;
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
            command.requires_product = ProductId{value};
        else if (key == "profile")
            command.profile.text = value;
        else
            throw std::runtime_error(key + " is nothing of a license");
    }
    return command;
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
    AddProfile command{by, {.name = {name}, .pools = {}, .capacity = {}}};
    if (const std::string pools = next(words); pools != "-")
        for (const std::string& pool : split(pools, ","))
            command.profile.pools.push_back({pool});
    for (std::string key; words >> key;)
        if (key == "default")
            command.profile.is_default = true;
        else
            command.profile.capacity = std::stoll(next(words));
    return command;
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

/// What commands of later will do: `pool ID PRODUCT KIND METRIC [parent P]`, `post FROM TO N`,
/// `close POOL`.
std::string Script::make_true(Words& words)
{
    const std::string what = next(words);
    const std::string first = next(words);
    const std::string second = what == "close" ? "" : next(words);
    if (what == "close") {
        scene_.make_true(PoolClosed{{first}});
    } else if (what == "post") {
        Posted posted{.from = {}, .to = {}, .units = std::stoll(next(words)), .cause = "table"};
        if (first != "issuer")
            posted.from = PoolId{first};
        if (second != "issuer")
            posted.to = PoolId{second};
        scene_.make_true(posted);
    } else if (what == "pool") {
        Pool pool{.id = {first}, .parent = {}, .product = {second}, .allow = {}};
        pool.kind =
            word_of(next(words), {LeaseKind::floating, LeaseKind::fixed, LeaseKind::persistent});
        pool.metric = word_of(next(words),
                              {Metric::lease, Metric::device, Metric::user, Metric::user_device});
        for (std::string key; words >> key;)
            if (key == "parent")
                pool.parent = PoolId{next(words)};
            else
                pool.leasable = false;
        scene_.make_true(PoolOpened{pool});
    } else {
        throw std::runtime_error(what + " is no fact");
    }
    return "true" + heard();
}

std::string Script::look(const std::string& name)
{
    scene_.look_around();
    const Summary picture = scene_.picture();
    std::string text;
    for (const PoolPicture& pool : picture.pools)
        if (pool.pool.id.text == name)
            text += " pool stock=" + (pool.unlimited ? "unlimited" : std::to_string(pool.stock)) +
                    " held=" + std::to_string(pool.held) +
                    " reason=" + (pool.reason.empty() ? "-" : pool.reason) +
                    " short=" + std::to_string(pool.short_by) + (pool.locked ? " locked" : "");
    for (const ProfilePicture& profile : picture.profiles)
        if (profile.profile.name.text == name) {
            text += " profile in_use=" + std::to_string(profile.in_use) +
                    " re_use=" + (profile.re_use ? std::to_string(*profile.re_use) : "-") +
                    " clients=" + std::to_string(profile.clients_recently) +
                    (profile.profile.is_default ? " default" : "") + " pools=";
            for (const PoolId& pool : profile.profile.pools)
                text += pool.text + (&pool == &profile.profile.pools.back() ? "" : ",");
        }
    for (const LeasePicture& lease : picture.leases)
        if (name_of(lease.lease.id) == name)
            text += " lease profile=" + lease.lease.profile.text +
                    " pool=" + lease.lease.pool.text +
                    " seat=" + (lease.seat.empty() ? "-" : lease.seat) +
                    (lease.connected ? " connected" : "") + (lease.locked ? " locked" : "") +
                    (lease.deadline ? "" : " endless");
    for (const WaiterPicture& waiter : picture.queue)
        if (name_of(waiter.waiter.lease.id) == name)
            text += " waiter position=" + std::to_string(waiter.position);
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
        const std::string words = to_words(message.notice);
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
