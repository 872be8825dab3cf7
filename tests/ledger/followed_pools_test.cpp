#include "tests/ledger/arriving.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher::ledger;
using namespace usher::ledger::test;

BOOST_AUTO_TEST_SUITE(followed_pools)

BOOST_FIXTURE_TEST_CASE(a_pool_under_another_is_as_that_one_and_no_deeper, Arriving)
{
    accepted({PoolOpened{pool("L")}, PoolOpened{child("C", "L")}});
    BOOST_TEST(refused({PoolOpened{child("D", "C")}}).detail ==
               "fact 1: the pool above it is under another one itself");
    Pool other = child("D", "L");
    other.metric = Metric::user;
    BOOST_TEST(refused({PoolOpened{other}}).detail == "fact 1: it is not as the pool above it");
    other.scheme = "nowhere";
    BOOST_TEST(refused({PoolOpened{other}}).detail == "fact 1: there is no such scheme");
    Pool owned = pool("M");
    owned.owner = {"acme"};
    BOOST_TEST(refused({PoolOpened{owned}}).detail == "fact 1: nobody owns a root");
    owned = child("D", "L");
    owned.owner = {"who left"}; // What he owned is closed, and is there as long as its leases.
    accepted({PoolOpened{owned}});
    BOOST_TEST(refused({license("C")}).detail ==
               "fact 1: a license feeds a pool under another one");
}

BOOST_FIXTURE_TEST_CASE(only_a_root_gives_more_than_it_has, Arriving)
{
    accepted({PoolOpened{pool("L")}, PoolOpened{child("C", "L")}, PoolOpened{pool("M")}});
    accepted({Posted{PoolId{"L"}, PoolId{"C"}, 2, ""}});
    BOOST_TEST(refused({Posted{PoolId{"C"}, PoolId{"L"}, 3, ""}}).detail ==
               "fact 1: no pool has so many units");
    BOOST_TEST(refused({Posted{PoolId{"C"}, PoolId{"M"}, 1, ""}}).detail ==
               "fact 1: units stay under their root");
    accepted({Posted{PoolId{"C"}, PoolId{"L"}, 2, ""}});
}

BOOST_FIXTURE_TEST_CASE(a_closed_pool_has_no_units_and_gives_its_name_up, Arriving)
{
    accepted({PoolOpened{pool("L")}, PoolOpened{child("C", "L")}, LeaseGranted{lease("a", "C")},
              queued("b", "C", 1), Posted{PoolId{"L"}, PoolId{"C"}, 2, ""}});
    BOOST_TEST(refused({PoolClosed{{"L"}, {}}}).detail == "fact 1: a root is never closed");
    BOOST_TEST(refused({PoolClosed{{"C"}, {}}}).detail == "fact 1: the pool is not empty");
    BOOST_TEST(refused({PoolRenamed{{"C"}, {"D"}}}).detail ==
               "fact 1: only a closed pool gives its name up");
    accepted({Posted{PoolId{"C"}, PoolId{"L"}, 2, ""}, PoolClosed{{"C"}, {}}});
    BOOST_TEST(refused({PoolClosed{{"C"}, {}}}).detail == "fact 1: the pool is closed already");
    BOOST_TEST(refused({Posted{PoolId{"L"}, PoolId{"C"}, 1, ""}}).detail ==
               "fact 1: a closed pool has no units");
    BOOST_TEST(refused({PoolRenamed{{"C"}, {"D"}}}).detail ==
               "fact 1: somebody waits for the pool");
    accepted({Unqueued{.id = lease_id("b")}});
    BOOST_TEST(refused({PoolRenamed{{"C"}, {"L"}}}).detail ==
               "fact 1: there is such a pool already");
    // The lease goes with its pool, before the part ends and after.
    BOOST_TEST(refused({PoolRenamed{{"C"}, {"D"}}, PoolRemoved{{"D"}}}).detail ==
               "fact 2: the pool is not empty");
    accepted({PoolRenamed{{"C"}, {"D"}}, PoolOpened{child("C", "L")}});
    accepted({PoolRemoved{{"C"}}, LeaseEnded{.id = lease_id("a")}, PoolRemoved{{"D"}},
              PoolRemoved{{"L"}}});
}

BOOST_FIXTURE_TEST_CASE(a_party_comes_after_what_it_refers_to_and_keeps_it_there, Arriving)
{
    const Party ada{.id = {"ada"}, .company = {"acme"}, .source = Source::personal};
    const Party room{
        .id = {"room"}, .kind = Party::Kind::instance, .source = Source::pool, .pool = {"C"}};
    BOOST_TEST(refused({PartySet{ada, {}}}).detail == "fact 1: there is no such company");
    BOOST_TEST(refused({PartySet{room, {}}}).detail ==
               "fact 1: there is no such pool under a root");
    accepted({PartySet{company("acme"), {}}, PartySet{ada, {}}, PoolOpened{pool("L")},
              PoolOpened{child("C", "L")}, PartySet{room, {}}});
    Party other{.id = {"bob"}, .company = {"ada"}};
    BOOST_TEST(refused({PartySet{other, {}}}).detail == "fact 1: there is no such company");
    other = {.id = {"bob"}, .company = {"acme"}, .source = Source::pool};
    BOOST_TEST(refused({PartySet{other, {}}}).detail == "fact 1: no user has this source");
    other = {.id = {"ada"}, .kind = Party::Kind::company};
    BOOST_TEST(refused({PartySet{other, {}}}).detail ==
               "fact 1: a party does not become one of another kind");
    other = room;
    other.pool = {"L"};
    BOOST_TEST(refused({PartySet{other, {}}}).detail ==
               "fact 1: there is no such pool under a root");
    BOOST_TEST(refused({PartyRemoved{{"acme"}, {}}}).detail == "fact 1: the company has users");
    BOOST_TEST(refused({PoolRemoved{{"C"}}}).detail == "fact 1: the pool is not empty");
    BOOST_TEST(refused({PartyRemoved{{"nobody"}, {}}}).detail == "fact 1: there is no such party");
    Party moved = ada;
    moved.company = {"other"};
    accepted({PartySet{company("other"), {}}, PartySet{moved, {}}, PartyRemoved{{"acme"}, {}}});
    BOOST_TEST(refused({PartyRemoved{{"other"}, {}}}).detail == "fact 1: the company has users");
    // Who uses a pool uses it by whatever name it has.
    accepted({PoolClosed{{"C"}, {}}, PoolRenamed{{"C"}, {"D"}}, PartyRemoved{{"room"}, {}},
              PoolRemoved{{"D"}}, PartyRemoved{{"ada"}, {}}, PartyRemoved{{"other"}, {}}});
}

BOOST_FIXTURE_TEST_CASE(a_scheme_comes_before_its_pools_and_is_one_that_pools_can_have, Arriving)
{
    Pool owned = pool("L");
    owned.scheme = "rooms";
    BOOST_TEST(refused({PoolOpened{owned}}).detail == "fact 1: there is no such scheme");
    BOOST_TEST(refused({SchemeSet{Scheme{}, false}}).detail == "fact 1: a scheme has no name");
    Scheme rooms{.name = "rooms", .root_leasable = false};
    BOOST_TEST(refused({SchemeSet{rooms, false}})
                   .detail.starts_with("fact 1: no pools can behave so: root_leasable"));
    rooms.has_children = true;
    accepted({SchemeSet{rooms, true}, PoolOpened{owned}});
    rooms.leases = LeaseKind::fixed;
    rooms.lease_length = Duration::max();
    BOOST_TEST(refused({SchemeSet{rooms, false}}).detail == "fact 1: nothing is lent for so long");
}

BOOST_FIXTURE_TEST_CASE(a_license_is_amended_where_it_is, Arriving)
{
    EntitlementAmended amended{std::get<EntitlementInstalled>(license("L")).entitlement, {}};
    amended.entitlement.quantity = 2;
    BOOST_TEST(refused({amended}).detail == "fact 1: there is no such license");
    accepted({PoolOpened{pool("L")}, PoolOpened{pool("M")}, license("L"),
              EntitlementCounted{{"L"}, true, false, 4}, Posted{{}, PoolId{"L"}, 4, ""}, amended,
              LicenseForgotten{{"M"}, {}}});
    EntitlementAmended other = amended;
    other.entitlement.root = {"M"};
    BOOST_TEST(refused({other}).detail == "fact 1: the license gets another pool or product");
    other = amended;
    other.entitlement.to = CalendarInstant::max();
    BOOST_TEST(refused({other}).detail == "fact 1: its time is out of range");
}

BOOST_FIXTURE_TEST_CASE(a_lease_goes_to_a_pool_that_is_there, Arriving)
{
    accepted({PoolOpened{pool("L")}, PoolOpened{child("C", "L")}, LeaseGranted{lease("a", "L")},
              queued("b", "L", 1)});
    const auto moved = [](const char* name, const char* to) {
        return LeaseMoved{.id = lease_id(name), .to = {to}};
    };
    BOOST_TEST(refused({moved("a", "M")}).detail == "fact 1: there is no such pool");
    BOOST_TEST(refused({moved("b", "C")}).detail == "fact 1: there is no such lease");
    accepted({moved("a", "C")});
    BOOST_TEST(refused({PoolRemoved{{"C"}}}).detail == "fact 1: the pool is not empty");
    accepted({moved("a", "L"), PoolRemoved{{"C"}}});
}

BOOST_AUTO_TEST_SUITE_END()
