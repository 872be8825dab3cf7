#include "daemon/ledger/invariants.hpp"
#include "daemon/ledger/state.hpp"
#include "tests/ledger/scene.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>

/// The walker is only worth something if it can see what is broken: here each thing is broken once.
namespace {

using namespace usher::ledger;
using namespace usher::ledger::test;

/// One license of three units per user; ann holds a seat twice, bob one, and cid waits for three.
struct SomebodyHoldsAndSomebodyWaits {
    Scene scene;

    SomebodyHoldsAndSomebodyWaits()
    {
        Entitlement license{.id = {"L"}, .root = {"L"}, .product = {{"acme"}, {"L"}}};
        license.quantity = 3;
        license.to = noon + 24h;
        license.from = noon - 24h;
        license.lock = NodeLock::machine;
        license.document = std::make_shared<const std::string>("license");
        scene.ask(Install{{"root"}, license, Metric::user, {}, {"L"}});
        scene.ask(AddProfile{{"root"}, {{"P"}, {{"L"}}, true, 3}});
        scene.ask(IssueCredential{{"root"}, {"key", Credential::Kind::key, Role::viewer, {}}});
        checkout("a", "ann", 1);
        checkout("a2", "ann", 1);
        checkout("b", "bob", 1);
        checkout("c", "cid", 3);
    }

    void checkout(const std::string& name, const std::string& user, Units units)
    {
        scene.ask(Checkout{.asker = {{"key:app"}, {1}},
                           .id = lease_id(name),
                           .tag = lease_tag(lease_id(name)),
                           .profile = {"P"},
                           .units = units,
                           .party = {},
                           .user = {user},
                           .device = {"d"},
                           .patience = 1h});
    }

    /// What the walker says of a state that `harm` has changed behind the ledger's back.
    std::vector<std::string> walked(const std::function<void(State&)>& harm)
    {
        harm(const_cast<State&>(scene.ledger().state()));
        return broken_invariants(scene.ledger(), scene.now());
    }
};

LeaseRecord& lease(State& state, const char* name)
{
    return state.leases.at(lease_id(name));
}

PoolRecord& pool(State& state)
{
    return state.pools.at({"L"});
}

ProfileRecord& profile(State& state)
{
    return state.profiles.at({"P"});
}

WaiterRecord& waiter(State& state)
{
    return state.waiters.begin()->second;
}

/// The license came by its seventh activation.
Activation& activate(State& state)
{
    state.entitlements.at({"L"}).entitlement.activation = 7;
    Activation& activation = state.activations[{"L"}];
    activation.number = 7;
    return activation;
}

struct Harm {
    const char* seen; ///< What the walker must say, among others.
    std::function<void(State&)> done;
};

const std::vector<Harm> harms{
    {"I1 conservation: stock is what entitlements give: L", [](State& s) { ++pool(s).stock; }},
    {"I2 non-negative: a root's stock: L", [](State& s) { pool(s).stock = -1; }},
    {"I7 floating: nobody is overdue: ann",
     [](State& s) { lease(s, "a").deadline = SteadyInstant{1s}; }},
    {"I9 node-lock: what names another host counts nothing: L",
     [](State& s) { s.entitlements.at({"L"}).entitlement.on_this_node = false; }},
    {"entitlements are counted as what they are worth now: L",
     [](State& s) { s.entitlements.at({"L"}).units = 2; }},
    {"an entitlement feeds its root: L", [](State& s) { pool(s).fed_by.clear(); }},
    {"unlimited entitlements are counted: L", [](State& s) { ++pool(s).unlimited; }},
    {"counting entitlements are counted: L",
     [](State& s) {
         ++s.counting[{{"acme"}, {"L"}}];
     }},
    {"a lease hangs in its own pool: L", [](State& s) { lease(s, "a").lease.pool = {"M"}; }},
    {"the leases of a pool stand in the order of their grants: L",
     [](State& s) { lease(s, "a").number = 99; }},
    {"the last lease of a pool is its last: L", [](State& s) { pool(s).last = pool(s).first; }},
    {"a seat knows its leases: L", [](State& s) { lease(s, "a").lease.user = {"bob"}; }},
    {"no seat is left without a lease: L", [](State& s) { pool(s).seats["nobody"]; }},
    {"held is the sum over seats: L", [](State& s) { --pool(s).held; }},
    {"every lease hangs in one pool: ", [](State& s) { pool(s).first = pool(s).first->after; }},
    {"a tag names its lease: ann", [](State& s) { s.tags.erase(lease(s, "a").lease.tag); }},
    {"no tag is left without its lease: ",
     [](State& s) { s.tags.emplace(LeaseTag{1}, lease_id("z")); }},
    {"floating leases, and they alone, are listened to: ann",
     [](State& s) { lease(s, "a").lease.kind = LeaseKind::persistent; }},
    {"nobody is listened to twice: ",
     [](State& s) {
         s.lost.assign({&lease(s, "a"), &lease(s, "b")});
     }},
    {"a place is its own: cid", [](State& s) { s.places_given = 0; }},
    {"nobody waits for what he holds: cid",
     [](State& s) { waiter(s).waiter.lease.id = lease_id("a"); }},
    {"no wait is overdue: cid", [](State& s) { waiter(s).deadline = {}; }},
    {"nobody waits for what cannot come: cid", [](State& s) { waiter(s).waiter.lease.units = 4; }},
    {"who waits stands in the queue: cid", [](State& s) { pool(s).queue.clear(); }},
    {"nobody waits for what is free: cid", [](State& s) { waiter(s).waiter.lease.units = 1; }},
    {"a queue holds who waits, once: L", [](State& s) { pool(s).queue.insert(99); }},
    {"every wait ends once: ", [](State& s) { s.wait_ends.clear(); }},
    {"a wait is for its first way before others: cid",
     [](State& s) { waiter(s).waiter.lease.profile = {"L"}; }},
    {"a lease is of the profile that bears its profile's name: ann",
     [](State& s) { lease(s, "a").lease.profile = {"L"}; }},
    {"in use is the sum over a profile's seats: P", [](State& s) { ++profile(s).in_use; }},
    {"a profile knows what of each seat was taken through it: P",
     [](State& s) { profile(s).seats.begin()->second.sit_down(1); }},
    {"a profile knows what of each seat was taken through it: P",
     [](State& s) { profile(s).seats.clear(); }},
    {"a profile knows how many leases each client has: P",
     [](State& s) { ++profile(s).clients.begin()->second.leases; }},
    {"the defaults are the profiles that say so: ", [](State& s) { s.defaults.clear(); }},
    {"boundaries are where licenses begin, end and lapse: ",
     [](State& s) { s.boundaries.clear(); }},
    {"boundaries are where licenses begin, end and lapse: ",
     [](State& s) { s.boundaries.emplace(noon + 48h, EntitlementId{"L"}); }},
    {"fixed leases, and they alone, have an end: ",
     [](State& s) { s.fixed_ends.emplace(noon + 1h, lease_id("a")); }},
    {"every credential is found by its digest: ", [](State& s) { s.credential_names.clear(); }},
    {"wished is every seat key that somebody waits for: L",
     [](State& s) { pool(s).wished.clear(); }},
    {"every remembered end has its turn to be forgotten: ",
     [](State& s) { s.endings_in_order.push_back(lease_id("z")); }},
    {"all is settled: ", [](State& s) { s.hopes_changed = true; }},
    {"all is settled: ", [](State& s) { s.uncounted.insert({"L"}); }},
    {"those who are listened to stand in the order of their deadlines: ",
     [](State& s) { lease(s, "a").deadline += 1s; }},
    {"I8 one host: only the active one counts: L",
     [](State& s) { s.entitlements.at({"L"}).entitlement.activation = 7; }},
    {"I8 one host: what the issuer denied counts nothing: L",
     [](State& s) { activate(s).denied = true; }},
    {"I8 one host: who did not show himself in time has nothing: L",
     [](State& s) {
         activate(s).check = Check{1h, 0s};
     }},
    {"every lapse is a boundary: L",
     [](State& s) {
         Activation& one = activate(s);
         one.checked = noon;
         one.check = Check{48h, 0s};
     }},
    {"I8 one host: a spent number is never active again: L",
     [](State& s) {
         activate(s).receipt = Activation::Receipt{.number = 7, .document = {}, .digest = {}};
     }},
    {"an active license is the one that is installed: L", [](State& s) { activate(s).number = 8; }},
    {"no boundary is overdue: ", [](State& s) { s.boundaries.emplace(noon, EntitlementId{"L"}); }},
};

std::ostream& operator<<(std::ostream& out, const Harm& harm)
{
    return out << harm.seen;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(invariants, SomebodyHoldsAndSomebodyWaits)

BOOST_AUTO_TEST_CASE(a_sound_ledger_breaks_none)
{
    BOOST_TEST(walked([](State&) {}).empty());
    BOOST_TEST(scene.broken.empty());
    BOOST_TEST(scene.picture().leases.size() == 3u);
    BOOST_TEST(scene.picture().queue.size() == 1u);
}

BOOST_AUTO_TEST_CASE(each_is_seen_where_it_is_broken)
{
    for (const Harm& harm : harms) {
        SomebodyHoldsAndSomebodyWaits again;
        const auto seen = again.walked(harm.done);
        BOOST_TEST(std::ranges::count(seen, harm.seen) >= 1, harm);
    }
}

BOOST_AUTO_TEST_CASE(a_lease_of_a_seat_that_nobody_has_is_an_oversale)
{
    const Summary before = scene.picture();
    Summary after = before;
    after.pools.at(0).held = 4;
    BOOST_TEST(broken_steps(before, after, false).front() == "I3 no oversale: L");
    BOOST_TEST(broken_steps(before, after, true).empty()); // An owner may shrink what he owns.
    BOOST_TEST(broken_steps(before, before, false).empty());
}

BOOST_AUTO_TEST_CASE(a_locked_pool_that_lends_is_seen)
{
    Summary before = scene.picture();
    before.pools.at(0).stock = 1;
    Summary after = before;
    ++after.pools.at(0).held;
    BOOST_TEST(broken_steps(before, after, true).front() == "I3 a locked pool lends nothing: L");
}

BOOST_AUTO_TEST_CASE(a_profile_that_lends_more_than_its_capacity_is_seen)
{
    const Summary before = scene.picture(); // P has a capacity of three.
    Summary after = before;
    after.profiles.at(1).in_use = 4;
    BOOST_TEST(broken_steps(before, after, true).empty()); // By no new lease: some were parted.
    after.leases.push_back(after.leases.front());
    after.leases.back().lease.id = lease_id("z");
    BOOST_TEST(broken_steps(before, after, true).front() ==
               "a profile lends no more than its capacity: P");
}

BOOST_AUTO_TEST_SUITE_END()
