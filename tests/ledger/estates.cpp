#include "tests/ledger/estates.hpp"

#include "daemon/ledger/state.hpp"

#include <algorithm>
#include <array>

namespace usher::ledger::test {
namespace {

const Identity operator_name{"local:root"};
constexpr std::array<const char*, 5> key_names{"k1", "k2", "k3", "k4", "k5"};
constexpr std::array<const char*, 3> companies{"c1", "c2", "c3"};
constexpr std::array<const char*, 4> people{"u1", "u2", "u3", "u4"};
constexpr std::array<const char*, 10> parties{"c1", "c2", "c3", "u1", "u2",
                                              "u3", "u4", "i1", "i2", "i3"};
constexpr std::array<Source, 4> sources{Source::root, Source::pool, Source::personal,
                                        Source::delegate};
constexpr std::array<Duration, 6> pauses{1h, 24h, 24h * 4, 24h * 9, 24h * 16, 24h * 40};

template <class Things>
auto& pick(Things& things, std::uint8_t number)
{
    return things[number % things.size()];
}

} // namespace

EstateHistory::EstateHistory()
{
    install({0, 0, 0, 40});
    install({0, 1, 0, 30});
    install({0, 2, 0, 4});
    for (std::uint8_t i = 0; i < 3; ++i)
        open({0, i, 0, 0});
    for (const char* name : companies)
        ask(Plannable(AddParty{operator_name, {.id = {name}, .kind = Party::Kind::company}}), "");
    for (const char* name : people)
        ask(Plannable(AddParty{operator_name, {.id = {name}, .kind = Party::Kind::user}}), "");
}

std::string EstateHistory::fault() const
{
    if (!scene_.broken.empty())
        return scene_.broken.front();
    return complaints_.empty() ? "" : complaints_.front();
}

void EstateHistory::live(Step step)
{
    using Verb = void (EstateHistory::*)(Step);
    constexpr std::array<Verb, 32> verbs{&EstateHistory::open,
                                         &EstateHistory::open,
                                         &EstateHistory::allocate,
                                         &EstateHistory::allocate,
                                         &EstateHistory::allocate,
                                         &EstateHistory::allocate,
                                         &EstateHistory::close,
                                         &EstateHistory::add,
                                         &EstateHistory::add,
                                         &EstateHistory::rebind,
                                         &EstateHistory::rebind,
                                         &EstateHistory::rebind,
                                         &EstateHistory::rebind,
                                         &EstateHistory::set_source,
                                         &EstateHistory::set_source,
                                         &EstateHistory::remove_party,
                                         &EstateHistory::take,
                                         &EstateHistory::take,
                                         &EstateHistory::take,
                                         &EstateHistory::take,
                                         &EstateHistory::take,
                                         &EstateHistory::register_devices,
                                         &EstateHistory::register_devices,
                                         &EstateHistory::register_devices,
                                         &EstateHistory::give_back,
                                         &EstateHistory::give_many_back,
                                         &EstateHistory::watch,
                                         &EstateHistory::install,
                                         &EstateHistory::install,
                                         &EstateHistory::remove_license,
                                         &EstateHistory::pass,
                                         &EstateHistory::restart};
    (this->*pick(verbs, step.verb))(step);
}

void EstateHistory::put(const Command& command, const std::string& told)
{
    told_.push_back(told);
    const bool only_licenses =
        std::holds_alternative<Install>(command) || std::holds_alternative<Remove>(command);
    const Summary before = only_licenses ? scene_.seen() : Summary{};
    scene_.ask(command);
    compare(before, only_licenses);
    note_ages();
}

/// What can be planned comes as it was foretold.
void EstateHistory::ask(const Plannable& what, const std::string& told)
{
    const auto do_it = [&] {
        std::visit(
            [&]<class One>(const One& one) {
                if constexpr (!std::is_same_v<One, std::monostate> && !std::is_same_v<One, Resize>)
                    put(Command(one), told);
            },
            what);
    };
    if (++asked_ % 8 != 0) // Often enough for every rule, and seldom enough for many histories.
        return do_it();
    const Summary before = scene_.seen();
    const auto forecast =
        std::get<Forecast>(scene_.ledger().decide(Plan{what, std::nullopt}, scene_.now()).answer);
    do_it();
    const Summary& after = scene_.seen();
    if (!before.queue.empty())
        return; // Who waits is no part of a plan, and may be served by what is freed.
    for (const PoolPicture& pool : after.pools) {
        const auto* was = find(before, pool.pool.id);
        const auto told_of =
            std::ranges::find(forecast.pools, pool.pool.id, &Forecast::PoolChange::pool);
        const bool is_other = !was || was->stock != pool.stock || was->held != pool.held ||
                              was->locked != pool.locked || was->unlimited != pool.unlimited ||
                              was->pool.closed != pool.pool.closed;
        const bool is_foretold = told_of != forecast.pools.end();
        if ((!was || was->pool.closed) && pool.pool.closed)
            continue; // Whether it locks anybody depends on who uses it still; another has its
                      // name.
        if (is_other != is_foretold ||
            (is_other && (told_of->stock_after != pool.stock || told_of->held_after != pool.held ||
                          (told_of->locked_after != pool.locked && !pool.pool.closed))))
            complaints_.push_back("not as it was foretold: " + text(pool));
    }
    const auto leases = static_cast<std::ptrdiff_t>(before.leases.size() - after.leases.size());
    if (leases != static_cast<std::ptrdiff_t>(forecast.leases_ended))
        complaints_.push_back(std::to_string(leases) + " leases ended, and " +
                              std::to_string(forecast.leases_ended) + " were foretold");
}

void EstateHistory::note_ages()
{
    for (const auto& [number, pool] : scene_.ledger().state().pools_in_order)
        ages_[pool->pool.id] = number;
}

std::string EstateHistory::pool(std::uint8_t number) const
{
    const Summary& summary = scene_.seen();
    return summary.pools.empty() ? "none" : pick(summary.pools, number).pool.id.text;
}

void EstateHistory::open(Step step)
{
    const bool is_key = step.number % 4 != 3;
    OpenPool command{operator_name, {pick(key_names, step.what)}, {is_key ? "K" : "C"}, {}};
    if (!is_key) {
        command.owner = {pick(parties, step.who)};
        command.pool.text += "-" + command.owner.text;
    }
    ask(Plannable(command), "open " + command.pool.text + " owner " + command.owner.text);
}

void EstateHistory::allocate(Step step)
{
    Allocate command{
        operator_name, {pool(step.what)}, {pool(step.who)}, step.number % 24, step.verb >= 224};
    if (step.number == 255)
        command.units = units_max;
    ask(Plannable(command), "allocate " + command.from.text + " " + command.to.text + " " +
                                std::to_string(command.units) + (command.force ? " force" : ""));
}

void EstateHistory::close(Step step)
{
    ClosePool command{operator_name, {pool(step.what)}, {}};
    if (step.number % 3 > 0)
        command.leases = step.number % 3 == 1 ? Closing::keep : Closing::release;
    ask(Plannable(command), "close " + command.pool.text);
}

void EstateHistory::add(Step step)
{
    const PartyId id{pick(parties, step.what)};
    Party party{.id = id, .source = pick(sources, step.number)};
    if (id.text.front() == 'c')
        party.kind = Party::Kind::company;
    if (id.text.front() == 'u' && step.who % 2)
        party.company = {pick(companies, step.who)};
    if (id.text.front() == 'i') {
        party.kind = Party::Kind::instance;
        party.source = Source::pool;
        party.pool = {pool(step.who)};
    }
    ask(Plannable(AddParty{operator_name, party}), "add " + id.text);
}

void EstateHistory::rebind(Step step)
{
    Rebind command{
        .by = operator_name, .party = {pick(parties, step.what)}, .target = {}, .source = {}};
    command.target =
        command.party.text.front() == 'i' ? pool(step.who) : std::string(pick(companies, step.who));
    if (step.number % 2)
        command.source = pick(sources, static_cast<std::uint8_t>(step.number / 2));
    command.may_drop = step.number % 8 < 6;
    ask(Plannable(command), "rebind " + command.party.text + " " + command.target +
                                (command.source ? " " + std::string(word(*command.source)) : ""));
}

void EstateHistory::set_source(Step step)
{
    const SetSource command{operator_name, {pick(parties, step.what)}, pick(sources, step.number)};
    ask(Plannable(command), "mode " + command.party.text + " " + std::string(word(command.source)));
}

void EstateHistory::remove_party(Step step)
{
    const RemoveParty command{operator_name, {pick(parties, step.what)}, step.number % 2 == 0};
    ask(Plannable(command), "remove " + command.party.text);
}

void EstateHistory::take(Step step)
{
    const std::string name = "l" + std::to_string(++made_);
    Checkout command{.asker = {{step.verb % 2 ? "key:a" : "key:b"}, {}},
                     .id = lease_id(name),
                     .tag = lease_tag(lease_id(name)),
                     .profile = {},
                     .units = 1 + step.number % 4,
                     .party = {},
                     .user = {pick(people, step.who)},
                     .device = {name},
                     .patience = step.number >= 192 ? Duration(1h) : Duration{}};
    if (step.what % 4 < 2)
        command.profile = {step.what % 4 ? "C" : "T"};
    else
        command.pool = {pool(step.what)};
    put(Command(command),
        "take " + command.profile.text + command.pool.text + " for " + command.user.text);
}

void EstateHistory::register_devices(Step step)
{
    Register command{.asker = {{step.verb % 2 ? "key:a" : "key:b"}, {}},
                     .profile = {},
                     .pool = {pool(step.what)},
                     .party = {}};
    if (step.who % 2)
        command.party = {pick(parties, step.who)};
    for (std::uint8_t i = 0; i <= step.number % 6; ++i) {
        const std::string name = "d" + std::to_string(++made_);
        command.rows.push_back({.id = lease_id(name),
                                .tag = lease_tag(lease_id(name)),
                                .user = {"admin"},
                                .device = {name}});
    }
    put(Command(command), "register " + std::to_string(command.rows.size()) + " in " +
                              command.pool.text + " for " + command.party.text);
}

void EstateHistory::give_back(Step step)
{
    const Summary& summary = scene_.seen();
    if (summary.leases.empty())
        return;
    const Lease lease = summary.leases[step.what % summary.leases.size()].lease;
    put(Command(Checkin{{lease.identity, {}}, lease.id}), "give back one of " + lease.pool.text);
}

void EstateHistory::give_many_back(Step step)
{
    const Summary& summary = scene_.seen();
    CheckinMany command{{{step.verb % 2 ? "key:a" : "key:b"}, {}}, {}};
    for (const LeasePicture& one : summary.leases)
        if (one.lease.identity == command.asker.identity && command.leases.size() < 5)
            command.leases.push_back(one.lease.id);
    put(Command(command), "give " + std::to_string(command.leases.size()) + " back");
    put(Command(ListLeases{command.asker, {}, step.number}), "list");
}

void EstateHistory::watch(Step step)
{
    const ConnectionId connection{1 + step.number % 4U};
    if (step.what % 4 == 0)
        return put(Command(LoseConnection{connection, {}}), "a watcher leaves");
    AskState command{.asker = {{"key:a"}, connection},
                     .profile = {},
                     .pool = {pool(step.what)},
                     .party = {},
                     .watch = true};
    if (step.who % 2)
        command.party = {pick(parties, step.who)};
    put(Command(command), "watch " + command.pool.text + " for " + command.party.text);
}

void EstateHistory::install(Step step)
{
    // Of each product some licenses, of which one may end, one begin later, one be unlimited.
    const std::uint8_t which = step.what % 3;
    const std::array<const char*, 3> roots{"K", "C", "T"};
    const std::array<const char*, 3> schemes{"keys", "companies", "trial"};
    const std::uint8_t number = which == 2 ? 0 : step.who % 3;
    const std::string id = std::string(roots[which]) + std::to_string(number);
    Install command{.by = operator_name,
                    .profile = {roots[which]},
                    .scheme = schemes[which],
                    .pool = {roots[which]},
                    .replace = true};
    Entitlement& license = command.entitlement;
    license = {.id = {id}, .root = {id}, .product = {{"acme"}, {which == 0 ? "Key" : "Work"}}};
    if (step.number % 16 != 15)
        license.quantity = 1 + step.number % 60;
    if (step.who % 4 == 1)
        license.to = scene_.now().calendar + pick(pauses, step.number);
    if (step.who % 4 == 2)
        license.from = scene_.now().calendar + pick(pauses, step.number);
    license.document = std::make_shared<const std::string>("license " + std::to_string(++made_));
    ask(Plannable(command),
        "install " + id + " " +
            (license.quantity ? std::to_string(*license.quantity) : "unlimited"));
}

void EstateHistory::remove_license(Step step)
{
    const std::array<const char*, 6> licenses{"K0", "K1", "K2", "C0", "C1", "C2"};
    const Remove command{operator_name, {pick(licenses, step.what)}, step.number % 2 == 0};
    ask(Plannable(command), "remove " + command.license.text);
}

void EstateHistory::pass(Step step)
{
    const Duration pause = pick(pauses, step.number);
    told_.push_back(std::to_string(pause / 1h) + " h pass");
    const Summary before = scene_.seen();
    const auto forecast = std::get<Forecast>(
        scene_.ledger()
            .decide(Plan{std::monostate{}, scene_.now().calendar + pause}, scene_.now())
            .answer);
    scene_.pass(pause);
    scene_.look_around();
    // The end of a try takes a seat where there is one, so more is held than a shrink would see.
    const bool has_tries = std::ranges::any_of(
        before.leases, [](const auto& one) { return one.lease.kind == LeaseKind::fixed; });
    compare(before, !has_tries && before.queue.empty());
    for (const PoolPicture& pool : scene_.seen().pools)
        if (const auto told_of =
                std::ranges::find(forecast.pools, pool.pool.id, &Forecast::PoolChange::pool);
            told_of != forecast.pools.end() && before.queue.empty() &&
            (told_of->stock_after != pool.stock || told_of->locked_after != pool.locked))
            complaints_.push_back("in time not as it was foretold: " + text(pool));
    note_ages();
}

void EstateHistory::restart(Step step)
{
    told_.push_back("restart");
    scene_.look_around();
    scene_.restart(step.number % 2 == 0);
    scene_.ask(Start{});
    note_ages();
}

} // namespace usher::ledger::test
