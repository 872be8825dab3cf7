#include "tests/ledger/arriving.hpp"
#include "tests/ledger/ferry.hpp"
#include "tests/ledger/history.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <random>

using namespace usher::ledger;
using namespace usher::ledger::test;

namespace {

// As `History::live` has them.
constexpr std::uint64_t verbs = 48; ///< The last one, which moves the server, is left out.
constexpr std::uint64_t verb_of_restart = 36;

Fact key(const std::string& name, std::uint8_t secret)
{
    return CredentialIssued{
        {name, Credential::Kind::key, Role::application, CredentialDigest{{secret}}, noon}, {}};
}

Fact profile(const std::string& name, std::vector<PoolId> pools, std::optional<Units> capacity = {})
{
    return ProfileSet{{{name}, std::move(pools), false, capacity}, {}};
}

/// All that has happened in a history without a restart, as a stream that began before it.
std::vector<Fact> lived(std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    History history;
    for (int i = 0; i < 60; ++i) {
        const std::uint64_t bits = random();
        if (bits % verbs == verb_of_restart)
            continue;
        history.live({static_cast<std::uint8_t>(bits % verbs), static_cast<std::uint8_t>(bits >> 8),
                      static_cast<std::uint8_t>(bits >> 16),
                      static_cast<std::uint8_t>(bits >> 24)});
    }
    std::vector<Fact> facts;
    for (const Scene::Turn& turn : history.scene().journal())
        for (const Fact& fact : turn.facts)
            if (crosses(fact))
                facts.push_back(fact);
    return facts;
}

/// As no honest server tells it: left out, told twice, told too early.
void spoil(std::vector<Fact>& facts, std::mt19937_64& random)
{
    for (std::uint64_t count = 1 + random() % 3; count > 0 && !facts.empty(); --count) {
        const auto at = facts.begin() + static_cast<std::ptrdiff_t>(random() % facts.size());
        const auto other = facts.begin() + static_cast<std::ptrdiff_t>(random() % facts.size());
        switch (random() % 3) {
        case 0: facts.erase(at); break;
        case 1: facts.insert(other, Fact(*at)); break;
        default: std::swap(*at, *other); break;
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(followed)

BOOST_FIXTURE_TEST_CASE(what_is_of_one_host_alone_is_not_followed, Arriving)
{
    for (const Fact& fact :
         std::initializer_list<Fact>{TimeSeen{}, ModeSet{}, NodeLockSeen{}, Activated{}, Arrived{},
                                     Departed{}, LeaseRenewed{}, AmnestyGranted{}})
        BOOST_TEST(refused({PoolOpened{pool("L")}, fact}).detail ==
                   "fact 2: it is none that another server has to know");
    BOOST_TEST(scene.picture().pools.empty()); // A part is taken whole or not at all.
}

BOOST_FIXTURE_TEST_CASE(licenses_and_pools_come_and_go_in_an_order_that_can_be, Arriving)
{
    BOOST_TEST(refused({license("L")}).detail == "fact 1: there is no such pool");
    BOOST_TEST(refused({PoolOpened{pool("L")}, PoolOpened{pool("L")}}).detail ==
               "fact 2: there is such a pool already");
    accepted({PoolOpened{pool("L")}, license("L")});
    BOOST_TEST(refused({license("L")}).detail == "fact 1: there is such a license already");
    BOOST_TEST(refused({PoolRemoved{{"L"}}}).detail == "fact 1: the pool is not empty");
    BOOST_TEST(refused({EntitlementCounted{{"L"}, true, false, 4}, EntitlementRemoved{{"L"}, {}}})
                   .detail == "fact 2: the license counts still");
    BOOST_TEST(refused({Posted{{}, PoolId{"M"}, 1, ""}}).detail == "fact 1: there is no such pool");
    accepted({Posted{{}, PoolId{"L"}, 1, ""}});
    BOOST_TEST(refused({EntitlementRemoved{{"L"}, {}}, PoolRemoved{{"L"}}}).detail ==
               "fact 2: the pool is not empty");
    accepted({Posted{PoolId{"L"}, {}, 1, ""}, EntitlementRemoved{{"L"}, {}}, PoolRemoved{{"L"}},
              PoolOpened{pool("L")}, PoolRemoved{{"L"}}});
    Pool child = pool("C");
    child.parent = PoolId{"L"};
    BOOST_TEST(refused({PoolOpened{child}}).detail == "fact 1: there is no such pool above it");
    accepted({PoolOpened{pool("L")}, PoolOpened{child}});
    BOOST_TEST(refused({PoolRemoved{{"L"}}}).detail == "fact 1: the pool is not empty");
    accepted({PoolRemoved{{"C"}}, PoolRemoved{{"L"}}});
}

BOOST_FIXTURE_TEST_CASE(nobody_holds_or_waits_for_what_is_not_there, Arriving)
{
    BOOST_TEST(refused({LeaseGranted{lease("a", "L")}}).detail == "fact 1: there is no such pool");
    accepted({PoolOpened{pool("L")}, LeaseGranted{lease("a", "L")}, queued("b", "L", 1)});
    BOOST_TEST(refused({LeaseGranted{lease("a", "L")}}).detail ==
               "fact 1: there is such a lease already");
    BOOST_TEST(refused({LeaseEnded{.id = lease_id("b")}}).detail ==
               "fact 1: there is no such lease");
    BOOST_TEST(refused({Unqueued{.id = lease_id("a")}}).detail ==
               "fact 1: there is no such place in the queue");
    BOOST_TEST(refused({queued("c", "L", 1)}).detail == "fact 1: the place is none, or taken");
    BOOST_TEST(refused({queued("c", "L", 0)}).detail == "fact 1: the place is none, or taken");
    BOOST_TEST(refused({queued("a", "L", 2)}).detail == "fact 1: there is such a lease already");
    Lease other = lease("c", "L");
    other.tag = lease_tag(lease_id("a"));
    BOOST_TEST(refused({LeaseGranted{other}}).detail == "fact 1: there is such a lease already");
    BOOST_TEST(refused({PoolRemoved{{"L"}}}).detail == "fact 1: the pool is not empty");
    accepted({LeaseGranted{lease("b", "L")}, LeaseEnded{.id = lease_id("b")},
              LeaseEnded{.id = lease_id("a")}, PoolRemoved{{"L"}}});
}

BOOST_FIXTURE_TEST_CASE(nobody_waits_for_more_pools_than_a_status_can_say, Arriving)
{
    std::vector<Fact> facts{PoolOpened{pool("L")}};
    Queued one = std::get<Queued>(queued("a", "L", 1));
    for (int i = 1; i <= 1024; ++i) {
        const std::string name = std::to_string(i);
        facts.emplace_back(PoolOpened{pool(name)});
        one.waiter.ways.push_back({{name}, {"P"}});
    }
    facts.emplace_back(one);
    BOOST_TEST(refused(facts).detail == "fact 1026: nobody waits for so many pools");
    std::get<Queued>(facts.back()).waiter.ways.pop_back();
    accepted(facts);
}

BOOST_FIXTURE_TEST_CASE(profiles_keep_what_their_leases_count_by, Arriving)
{
    BOOST_TEST(refused({ProfileRemoved{{"P"}, {}}}).detail == "fact 1: there is no such profile");
    BOOST_TEST(refused({profile("P", {})}).detail == "fact 1: no profile has so many pools");
    accepted({PoolOpened{pool("L")}, profile("P", {{"L"}}), LeaseGranted{lease("a", "L")}});
    BOOST_TEST(refused({profile("P", {{"L"}}, 3)}).detail ==
               "fact 1: a profile gets a capacity or loses it while it is used");
    BOOST_TEST(refused({ProfileRenamed{{"P"}, {"P"}, {}}}).detail ==
               "fact 1: there is such a profile already");
    BOOST_TEST(refused({ProfileUsed{{"Q"}, {"u"}, {"d"}, noon}}).detail ==
               "fact 1: there is no such profile");
    accepted(
        {ProfileRemoved{{"P"}, {}}, profile("P", {{"L"}}, 3), LeaseEnded{.id = lease_id("a")}});
}

BOOST_FIXTURE_TEST_CASE(times_that_nobody_counts_in_are_refused, Arriving)
{
    Lease ancient = lease("a", "L");
    ancient.started = CalendarInstant::min();
    BOOST_TEST(refused({PoolOpened{pool("L")}, LeaseGranted{ancient}}).detail ==
               "fact 2: its time is out of range");
    BOOST_TEST(refused({Denied{.at = CalendarInstant::max()}}).detail ==
               "fact 1: its time is out of range");
    Queued patient = std::get<Queued>(queued("a", "L", 1));
    patient.waiter.patience = Duration::max();
    BOOST_TEST(refused({PoolOpened{pool("L")}, patient}).detail ==
               "fact 2: nobody has so much patience");
}

BOOST_FIXTURE_TEST_CASE(no_more_leases_come_than_this_server_may_hold, Arriving)
{
    scene.ask(SetTerms{25s, 2s, 1});
    const Refusal refusal = refused(
        {PoolOpened{pool("L")}, LeaseGranted{lease("a", "L")}, LeaseGranted{lease("b", "L")}});
    BOOST_TEST((refusal.code == Code::limit_reached));
    BOOST_TEST(refusal.detail == "leases_max is 1");
}

BOOST_AUTO_TEST_CASE(own_credentials_stay_and_none_takes_their_name_or_secret)
{
    Scene scene;
    scene.ask(
        IssueCredential{{"local:root"}, {"own", {}, Role::admin, CredentialDigest{{1}}, noon}});
    scene.ask(BeginArrival{{"local:root"}, node_key("A"), stream_id("s")});
    const auto follow = [&](const Fact& fact, std::uint64_t from) {
        return scene.ask(Follow{node_key("A"), stream_id("s"), from, false, {fact}});
    };
    for (const Fact& fact : {key("own", 2), key("other", 1)}) {
        const Answer answer = follow(fact, 0);
        BOOST_REQUIRE(std::holds_alternative<Refusal>(answer));
        BOOST_TEST((std::get<Refusal>(answer).code == Code::name_taken));
    }
    BOOST_TEST(std::holds_alternative<Position>(follow(key("own", 1), 0)));
    BOOST_TEST(std::holds_alternative<Position>(follow(key("other", 2), 1)));
    scene.restart(true);
    BOOST_TEST(scene.picture().credentials.size() == 2U);
    scene.ask(AbandonArrival{{"local:root"}});
    BOOST_REQUIRE(scene.picture().credentials.size() == 1U);
    BOOST_TEST((scene.picture().credentials.front().role == Role::admin));
    BOOST_TEST(scene.broken.empty());
}

BOOST_AUTO_TEST_CASE(a_profile_whose_pool_did_not_come_keeps_everybody_out)
{
    Arriving there;
    there.accepted({profile("P", {{"L"}})});
    there.scene.ask(Follow{node_key("A"), stream_id("s"), there.position, true, {}});
    const Answer answer = there.scene.ask(Arrive{{"local:root"}, stream_id("s"), {}});
    BOOST_REQUIRE(std::holds_alternative<Refusal>(answer));
    BOOST_TEST(std::get<Refusal>(answer).detail == "profile P leads to a pool that has not come");
}

/// A part that is spoiled is refused, or it can be lived with: the ledger never ends the process.
BOOST_AUTO_TEST_CASE(whatever_is_followed_the_daemon_lives)
{
    const char* const given = std::getenv("USHER_SEED");
    const std::uint64_t seed = given ? std::stoull(given) : 20300115;
    std::size_t refused = 0;
    std::size_t accepted = 0;
    for (std::uint64_t i = 0; i < 300; ++i) {
        BOOST_TEST_INFO_SCOPE("USHER_SEED=" << seed << " history " << i);
        std::mt19937_64 random(seed + i);
        std::vector<Fact> facts = lived(seed + i);
        if (i % 10 != 0)
            spoil(facts, random);
        Arriving there;
        for (auto at = facts.begin(); at != facts.end();) {
            const auto count = std::min<std::ptrdiff_t>(
                1 + static_cast<std::ptrdiff_t>(random() % 40), facts.end() - at);
            const Answer answer = there.follow({at, at + count});
            (std::holds_alternative<Refusal>(answer) ? refused : accepted)++;
            BOOST_REQUIRE(i % 10 != 0 || std::holds_alternative<Position>(answer));
            at += count;
        }
        there.scene.ask(Follow{node_key("A"), stream_id("s"), there.position, true, {}});
        there.scene.restart(i % 2 == 0);
        there.scene.ask(Arrive{{"local:root"}, stream_id("s"), {}});
        there.scene.pass(1h);
        there.scene.look_around();
    }
    BOOST_TEST(refused > 100U);
    BOOST_TEST(accepted > 100U);
}

BOOST_AUTO_TEST_SUITE_END()
