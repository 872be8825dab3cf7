#include "tests/world/world.hpp"

#include "daemon/ledger/state.hpp"
#include "daemon/trust/license_file.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

/// What is done to a world; its time is in world.cpp.
namespace usher::world {
namespace {

using Kind = Act::Kind;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string cad = "015.001";  ///< A root that is one license's, as most are.
const std::string team = "016.001"; ///< A root with pools under it.
const std::array<std::string, 4> profiles{"Cad", "Team", "North", "South"};
const std::array<std::string, 2> children{"north", "south"};

constexpr Duration term = seconds(25);
constexpr Duration for_ever = hours(24) * 365 * 10;

/// As status shows it.
std::string digits_of(ledger::LeaseTag tag)
{
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016llx",
                  static_cast<unsigned long long>(tag.bits));
    return digits.data();
}

std::string text_of(const v1::Response& response)
{
    if (response.has_refused())
        return "refused: " + response.refused().code();
    if (response.has_operated())
        return "done";
    return "no answer";
}

} // namespace

// What stands there from the beginning.

void World::furnish()
{
    buy(cad, "CAD", 6, for_ever, "", "server", "Cad");
    buy(team, "Team", 10, for_ever, "", "teams", "Team");
    run_until(clock_.steady() + seconds(2));
    for (std::size_t i = 0; i < children.size(); ++i) {
        v1::Operate open;
        open.mutable_pool_open()->set_pool(children[i]);
        open.mutable_pool_open()->set_root(team);
        ask("open " + children[i], std::move(open));
        run_until(clock_.steady() + seconds(1));
        v1::Operate allocate;
        allocate.mutable_pool_allocate()->set_from(team);
        allocate.mutable_pool_allocate()->set_to(children[i]);
        allocate.mutable_pool_allocate()->set_units(3);
        ask("allocate 3 to " + children[i], std::move(allocate));
        v1::Operate add;
        add.mutable_profile_add()->set_name(profiles[2 + i]);
        add.mutable_profile_add()->add_pools(children[i]);
        ask("profile " + profiles[2 + i], std::move(add));
    }
    run_until(clock_.steady() + seconds(2));
}

void World::buy(const std::string& number, const std::string& product, std::int64_t quantity,
                Duration lasts, const std::string& root, const std::string& scheme,
                const std::string& profile)
{
    trust::License license;
    license.vendor = "acme";
    license.number = number;
    license.product = product;
    license.metric = "lease";
    license.quantity = quantity;
    license.type = "annual " + std::to_string(++licenses_bought_); // None is another's twin.
    license.from = std::chrono::floor<seconds>(clock_.now().calendar - hours(1));
    license.to = std::chrono::ceil<seconds>(clock_.now().calendar + lasts);
    v1::Operate verb;
    v1::LicenseInstall& install = *verb.mutable_license_install();
    install.set_document(trust::sign_license(license, vendor_));
    install.set_profile(profile);
    install.set_scheme(scheme);
    install.set_pool(root);
    install.set_replace(true);
    ask("license " + number + " for " + std::to_string(quantity) + " units", std::move(verb));
}

void World::ask(const std::string& what, v1::Operate verb)
{
    if (!server_)
        return note(what + ": nobody is there");
    ++changes_;
    operators_.ask(connect(true, 99), std::move(verb), [this, what](const v1::Response& response) {
        note(what + ": " + text_of(response));
    });
}

/// Where nobody answers it may be done all the same, as soon as the daemon reads on.
void World::take(const std::string& what, v1::Operate verb)
{
    if (!server_)
        return note(what + ": nobody is there");
    witness_.taking_all(clock_.steady() + seconds(90));
    ++changes_;
    operators_.ask(connect(true, 99), std::move(verb), [this, what](const v1::Response& response) {
        note(what + ": " + text_of(response));
        witness_.taking_no_more();
    });
}

// What is done.

void World::act(const Act& act)
{
    note(text_of(act));
    Patron& whom = patron(act.whom);
    switch (act.kind) {
    case Kind::checkout:
        whom.checkout(profiles[act.which % profiles.size()], act.amount,
                      std::chrono::floor<milliseconds>(act.span));
        return;
    case Kind::checkin: whom.checkin(act.which); return;
    case Kind::leave: whom.checkin_all(); return;
    case Kind::steal: {
        const Patron& victim = patron(act.which);
        const auto beliefs = victim.beliefs();
        if (&victim != &whom && !beliefs.empty() && act.whom % 3 != act.which % 3)
            whom.steal(beliefs.front().lease, act.amount == 1);
        return;
    }
    case Kind::hang: whom.hang(clock_.steady() + act.span); return;
    case Kind::die:
    case Kind::vanish:
        if (whom.is_dead())
            return;
        whom.die(act.kind == Kind::vanish);
        later(act.span, [&whom] {
            if (whom.is_dead())
                whom.begin_again();
        });
        return;
    case Kind::reset:
    case Kind::darken:
    case Kind::storm: act_in_network(act, whom); return;
    case Kind::allocate:
    case Kind::take_back:
    case Kind::close_pool:
    case Kind::open_pool:
    case Kind::revoke:
    case Kind::maintain:
    case Kind::buy:
    case Kind::buy_short:
    case Kind::remove_license: act_as_operator(act); return;
    default: act_on_daemon(act); return;
    }
}

void World::act_in_network(const Act& act, Patron& whom)
{
    const auto wire = whom.wire();
    switch (act.kind) {
    case Kind::reset:
        if (wire)
            wire->reset(act.amount != 2, act.amount != 3);
        return;
    case Kind::darken: // One line, or all of them and whoever comes meanwhile.
        if (act.amount > 1) {
            if (wire) {
                wire->darken();
                later(act.span, [wire] { wire->lighten(); });
            }
            if (act.amount == 2) { // What is asked now may arrive when nobody wants it any more.
                whom.checkout(profiles[act.which % profiles.size()], 1, {});
                later(seconds(12), [&whom] { whom.checkin_all(); });
            }
            return;
        }
        is_dark_ = true;
        for (const auto& each : wires_)
            each->darken();
        later(act.span, [this] {
            is_dark_ = false;
            for (const auto& each : wires_)
                each->lighten();
        });
        return;
    default:
        whom.set_weather({.one_in = 3 + act.which % 20});
        later(act.span, [&whom] { whom.set_weather({}); });
        return;
    }
}

void World::act_as_operator(const Act& act)
{
    const std::string& child = children[act.which % children.size()];
    v1::Operate verb;
    switch (act.kind) {
    case Kind::allocate:
    case Kind::take_back: {
        const bool is_back = act.kind == Kind::take_back;
        v1::PoolAllocate& allocate = *verb.mutable_pool_allocate();
        allocate.set_from(is_back ? child : team);
        allocate.set_to(is_back ? team : child);
        allocate.set_units(static_cast<std::int64_t>(act.amount));
        break;
    }
    case Kind::close_pool:
        verb.mutable_pool_close()->set_pool(child);
        verb.mutable_pool_close()->set_leases("release");
        return take("close " + child, std::move(verb));
    case Kind::open_pool:
        verb.mutable_pool_open()->set_pool(child);
        verb.mutable_pool_open()->set_root(team);
        break;
    case Kind::revoke: return revoke(act);
    case Kind::maintain: return maintain(act.span);
    case Kind::buy: {
        const bool is_cad = act.which % 2 == 0;
        return buy(is_cad ? cad : team, is_cad ? "CAD" : "Team",
                   static_cast<std::int64_t>(1 + act.which / 2 % 14), for_ever, "",
                   is_cad ? "server" : "teams", is_cad ? "Cad" : "Team");
    }
    case Kind::buy_short: {
        const bool is_cad = act.which % 2 == 0;
        const std::string number =
            (is_cad ? "015.1" : "016.1") + std::to_string(10 + short_licenses_.size());
        short_licenses_.push_back(number);
        return buy(number, is_cad ? "CAD" : "Team", static_cast<std::int64_t>(act.amount + 1),
                   act.span, is_cad ? cad : team, "", is_cad ? "Cad" : "Team");
    }
    default:
        if (short_licenses_.empty())
            return;
        verb.mutable_license_remove()->set_license(
            short_licenses_[act.which % short_licenses_.size()]);
        break;
    }
    ask(std::string(word(act.kind)) + " " + child, std::move(verb));
}

void World::revoke(const Act& act)
{
    if (!server_)
        return;
    const ledger::State& state = server_->ledger().state();
    if (state.leases.empty())
        return;
    const auto leases = state.leases.all();
    const auto chosen =
        std::ranges::next(leases.begin(), static_cast<std::ptrdiff_t>(act.which % leases.size()));
    const ledger::Lease& lease = (*chosen).lease;
    witness_.taking(lease.id);
    v1::Operate verb;
    verb.mutable_revoke()->set_lease(digits_of(lease.tag));
    verb.mutable_revoke()->set_reason("somebody else needs it");
    ask("revoke", std::move(verb));
}

void World::maintain(Duration span)
{
    v1::Operate begin;
    begin.mutable_maintenance()->set_on(true);
    ask("maintenance on", std::move(begin));
    later(span, [this] { end_maintenance(); });
}

void World::end_maintenance()
{
    v1::Operate end;
    end.mutable_maintenance()->set_on(false);
    take("maintenance off", std::move(end)); // Some schemes end what floats.
}

void World::act_on_daemon(const Act& act)
{
    const auto operations = static_cast<unsigned>(1 + act.which % 12);
    switch (act.kind) {
    case Kind::jump_ahead:
        ++changes_;
        clock_.jump(act.span);
        return;
    case Kind::jump_back: clock_.jump(-act.span); return;
    case Kind::slow_sync: disk_.arm(Disk::Fault::slow_sync, operations); return;
    default: break;
    }
    away_for_ = act.span;
    switch (act.kind) {
    case Kind::fail_writes: disk_.arm(Disk::Fault::write_fails, operations); return;
    case Kind::fill_disk: disk_.arm(Disk::Fault::full, operations); return;
    case Kind::fail_syncs: // What is lost by it shows when the power goes as well.
        loses_power_again_ = act.amount == 1;
        disk_.arm(Disk::Fault::sync_fails, operations);
        return;
    case Kind::die_in_write:
    case Kind::lose_power_in_write:
        loses_power_ = act.kind == Kind::lose_power_in_write;
        disk_.arm(Disk::Fault::dies, operations);
        return;
    default: break;
    }
    if (!server_)
        return;
    switch (act.kind) {
    case Kind::kill: end_server(false, "killed"); return;
    case Kind::cut_power: end_server(true, "the power failed"); return;
    case Kind::die_before_commit: server_->die_at(Moment::before_commit); return;
    case Kind::die_after_commit: server_->die_at(Moment::after_commit); return;
    case Kind::stall: stalled_until_ = std::max(stalled_until_, clock_.steady() + act.span); return;
    case Kind::restart_burst:
        for (int i = 1; i < 5; ++i)
            later(act.span * i, [this] {
                if (server_)
                    end_server(false, "killed again");
                away_for_ = milliseconds(5);
            });
        end_server(false, "killed");
        return;
    case Kind::restart:
        guarded([this] { server_->stop(); });
        if (server_)
            end_server(false, "stopped in good order");
        return;
    default: return;
    }
}

// The end: all is well again, and stays so for a while.

void World::calm_down()
{
    disk_.disarm();
    is_dark_ = false;
    for (const auto& wire : wires_)
        wire->lighten();
    for (const auto& patron : patrons_)
        patron->set_weather({});
    run_until(clock_.steady() + Duration(seconds(75))); // Whatever was to come back has.
    end_maintenance();
    for (const auto& patron : patrons_)
        if (patron->is_dead())
            patron->begin_again();
    run_until(clock_.steady() + 3 * term);
    expect_all_agree();
    for (const auto& patron : patrons_)
        patron->checkin_all();
    run_until(clock_.steady() + 2 * term);
    expect_all_is_given_back();
}

/// What clients believe and what the daemon holds is the same, once all have spoken.
void World::expect_all_agree()
{
    if (witness_.complaint())
        return;
    if (!server_)
        return witness_.complain("the daemon does not come back");
    std::size_t believed = 0;
    for (const auto& patron : patrons_)
        for (const Patron::Belief& belief : patron->beliefs()) {
            believed += belief.is_ours ? 1 : 0;
            if (belief.is_open)
                witness_.complain("a client is not answered");
            if (belief.is_ours && !belief.is_certain)
                witness_.complain("a client cannot reach a daemon that is well");
        }
    if (believed != server_->ledger().leases_held())
        witness_.complain("clients believe in " + std::to_string(believed) +
                          " leases, and the daemon holds " +
                          std::to_string(server_->ledger().leases_held()));
}

void World::expect_all_is_given_back()
{
    if (witness_.complaint())
        return;
    const ledger::State& state = server_->ledger().state();
    if (!state.leases.empty())
        witness_.complain(std::to_string(state.leases.size()) +
                          " seats are stuck: everybody has given back everything");
    if (!state.waiters.empty())
        witness_.complain("somebody still waits who has gone");
}

} // namespace usher::world
