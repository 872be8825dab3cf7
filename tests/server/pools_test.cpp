#include "daemon/ledger/limits.hpp"
#include "tests/server/open_house.hpp"

#include <boost/test/unit_test.hpp>
#include <google/protobuf/text_format.h>
#include <set>

using namespace usher;
using namespace usher::server;
using namespace usher::server::test;
using namespace std::chrono_literals;

namespace {

v1::Request written(const std::string& text)
{
    v1::Request request;
    BOOST_REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &request));
    request.set_id(2);
    return request;
}

/// So many devices, named and with lease ids by their numbers from `first` on.
v1::Request registration(std::size_t count, std::size_t first = 0)
{
    v1::Request request = written(R"(register { pool: "K1" user: "daisy" })");
    for (std::size_t i = first; i < first + count; ++i) {
        v1::Register::Row& row = *request.mutable_register_()->add_rows();
        row.set_lease(lease(std::to_string(i)));
        row.set_device("device-" + std::to_string(i));
    }
    return request;
}

v1::Request giving_back(const v1::Request& registration)
{
    v1::Request request = written("checkin_many { }");
    for (const v1::Register::Row& row : registration.register_().rows())
        request.mutable_checkin_many()->add_leases(row.lease());
    return request;
}

/// A root `PROSession` with a key `K1` under it that has so many units, and as many free beside.
struct Keys : OpenHouse {
    explicit Keys(std::int64_t units, const Limits& limits = {}) : OpenHouse(limits)
    {
        buy(2 * units, R"(scheme: "keys")");
        must(R"(operate { pool_open { pool: "K1" root: "PROSession" } })");
        must(R"(operate { pool_allocate { from: "PROSession" to: "K1" units: )" +
             std::to_string(units) + "} }");
    }

    v1::Request license_of(std::int64_t quantity, const std::string& how) const
    {
        v1::Request request = written("operate { license_install { " + how + " } }");
        trust::License bought = license();
        bought.quantity = quantity;
        request.mutable_operate()->mutable_license_install()->set_document(
            trust::sign_license(bought, vendor));
        return request;
    }
    void buy(std::int64_t quantity, const std::string& how) { must(license_of(quantity, how)); }

    v1::Response must(const v1::Request& request)
    {
        v1::Response response = operator_().ask(request);
        BOOST_REQUIRE_MESSAGE(response.has_operated(), response.ShortDebugString());
        return response;
    }
    v1::Response must(const std::string& text) { return must(written(text)); }

    v1::StatusPart::Pool pool(const std::string& id)
    {
        const v1::StatusPart all = status();
        for (const v1::StatusPart::Pool& pool : all.pools())
            if (pool.id() == id)
                return pool;
        BOOST_FAIL("no pool " << id);
        return {};
    }
    std::int64_t held() { return pool("K1").held(); }
};

struct TenEach : Keys {
    TenEach() : Keys(10) {}
};

/// The next thing that is said without being asked.
v1::StateChanged change_heard(Guest& guest)
{
    const auto response = guest.receive();
    BOOST_REQUIRE(response.has_value());
    BOOST_TEST(response->id() == 0U);
    BOOST_REQUIRE_MESSAGE(response->has_state_changed(), response->ShortDebugString());
    return response->state_changed();
}

} // namespace

BOOST_AUTO_TEST_SUITE(pools)

BOOST_FIXTURE_TEST_CASE(an_operator_opens_fills_and_closes_pools, TenEach)
{
    BOOST_TEST(pool("K1").root() == "PROSession");
    BOOST_TEST(pool("K1").scheme() == "keys");
    BOOST_TEST(pool("K1").leases() == "persistent");
    BOOST_TEST(pool("K1").stock() == 10);
    must(R"(operate { pool_close { pool: "K1" } })");
    BOOST_TEST(pool("K1").closed());
    BOOST_TEST(pool("K1").locked());
    BOOST_TEST(pool("PROSession").stock() == 20);
}

BOOST_FIXTURE_TEST_CASE(an_operator_binds_parties_and_sees_them, TenEach)
{
    must(R"(operate { pool_open { pool: "K2" root: "PROSession" } })");
    must(R"(operate { party_add { party: "site" kind: "instance" pool: "K1" } })");
    must(R"(operate { party_add { party: "ducks" kind: "company" source: "delegate" } })");
    must(R"(operate { party_add { party: "daisy" kind: "user" company: "ducks" } })");
    must(R"(operate { party_rebind { party: "site" target: "K2" } })");
    must(R"(operate { party_source { party: "ducks" source: "pool" } })");
    std::map<std::string, v1::StatusPart::Party> parties;
    const v1::StatusPart all = status();
    for (const v1::StatusPart::Party& party : all.parties())
        parties[party.id()] = party;
    BOOST_REQUIRE(parties.size() == 3U);
    BOOST_TEST(parties["site"].pool() == "K2");
    BOOST_TEST(parties["site"].kind() == "instance");
    BOOST_TEST(parties["ducks"].source() == "pool");
    BOOST_TEST(parties["ducks"].users() == 1U);
    BOOST_TEST(parties["daisy"].company() == "ducks");
    must(R"(operate { party_remove { party: "site" } })");
    BOOST_TEST(status().parties_size() == 2);
}

BOOST_AUTO_TEST_CASE(ten_thousand_devices_are_registered_in_one_request_and_again_take_nothing)
{
    Keys house(10'000);
    Guest guest = house.application();
    const v1::Request request = registration(10'000);
    const v1::Response first = guest.ask(request);
    BOOST_REQUIRE_MESSAGE(first.has_registered(), first.ShortDebugString());
    BOOST_TEST(first.registered().taken() == 10'000U);
    BOOST_TEST(first.registered().already() == 0U);
    BOOST_TEST(first.registered().pool().pool() == "K1");
    BOOST_TEST(first.registered().pool().held() == 10'000);
    BOOST_TEST(first.registered().pool().valid_ms() == 72U * 3'600'000);

    const v1::Registered again = house.application().ask(request).registered();
    BOOST_TEST(again.taken() == 0U);
    BOOST_TEST(again.already() == 10'000U);
    BOOST_TEST(house.held() == 10'000);
    BOOST_TEST(guest.ask(giving_back(request)).has_done());
    BOOST_TEST(house.held() == 0);
}

BOOST_FIXTURE_TEST_CASE(one_bad_row_refuses_all_and_is_named, TenEach)
{
    Guest guest = application();
    v1::Request bad_name = registration(5);
    bad_name.mutable_register_()->mutable_rows(2)->set_device("two\nlines");
    const v1::Refused refused = guest.ask(bad_name).refused();
    BOOST_TEST(refused.code() == "BAD_NAME");
    BOOST_TEST(refused.row() == 3);

    v1::Request twice = registration(5);
    twice.mutable_register_()->mutable_rows(4)->set_lease(lease("0"));
    BOOST_TEST(guest.ask(twice).refused().code() == "LEASE_ID_REUSED");
    BOOST_TEST(guest.ask(twice).refused().row() == 5);

    const v1::Refused full = guest.ask(registration(12)).refused();
    BOOST_TEST(full.code() == "NO_FREE_SEAT");
    BOOST_TEST(full.row() == 11);
    BOOST_TEST(full.root() == "PROSession");
    BOOST_TEST(held() == 0);
}

BOOST_AUTO_TEST_CASE(who_holds_them_lists_them_in_pages_and_nobody_else_does)
{
    constexpr std::size_t count = 2 * ledger::page_max + 1;
    Keys house(count);
    Guest guest = house.application();
    BOOST_TEST(guest.ask(registration(count)).registered().taken() == count);

    std::set<std::string> listed;
    v1::Request request = written("lease_list { }");
    std::size_t pages = 0;
    do {
        const v1::LeaseList page = guest.ask(request).lease_list();
        ++pages;
        for (const v1::LeaseList::Lease& lease : page.leases()) {
            listed.insert(lease.device());
            // Who is anonymous may be anybody, and an id would be all that proves whose it is.
            BOOST_TEST(lease.lease() == std::string(16, '\0'));
            BOOST_TEST(lease.pool() == "K1");
            BOOST_TEST(lease.user() == "daisy");
        }
        request.mutable_lease_list()->set_after(page.after());
    } while (request.lease_list().after() != 0);
    BOOST_TEST(pages == 3U);
    BOOST_TEST(listed.size() == count);

    BOOST_TEST(house.operator_().ask(written("lease_list { }")).lease_list().leases_size() == 0);
}

BOOST_FIXTURE_TEST_CASE(many_are_given_back_at_once_or_none, TenEach)
{
    Guest guest = application();
    const v1::Request request = registration(10);
    BOOST_TEST(guest.ask(request).has_registered());
    v1::Request wrong = giving_back(request);
    wrong.mutable_checkin_many()->set_leases(3, lease("unknown"));
    BOOST_TEST(guest.ask(wrong).refused().code() == "UNKNOWN_LEASE");
    BOOST_TEST(guest.ask(wrong).refused().row() == 4);
    BOOST_TEST(held() == 10);
    BOOST_TEST(guest.ask(giving_back(request)).has_done());
    BOOST_TEST(held() == 0);
}

BOOST_AUTO_TEST_CASE(a_lease_that_no_silence_ends_takes_no_room_in_its_connection)
{
    Keys house(10, {.leases_per_connection_max = 1});
    house.set_terms(1h, 0ms);
    {
        Guest guest = house.application();
        BOOST_TEST(guest.ask(registration(5)).has_registered());
        for (const char* name : {"a", "b", "c"}) {
            v1::Request one = checkout(3, lease(name));
            one.mutable_checkout()->clear_profile();
            one.mutable_checkout()->set_pool("K1");
            BOOST_TEST(guest.ask(one).granted().kind() == "persistent");
        }
    }
    house.advance(24h);
    BOOST_TEST(house.held() == 8);
}

BOOST_AUTO_TEST_CASE(what_is_given_back_with_many_makes_room_in_its_connection)
{
    OpenHouse house({.leases_per_connection_max = 2});
    house.install(10);
    Guest guest = house.application();
    for (const std::string round : {"1", "2", "3"}) {
        BOOST_TEST(guest.ask(checkout(2, lease("a" + round))).has_granted());
        BOOST_TEST(guest.ask(checkout(2, lease("b" + round))).has_granted());
        BOOST_TEST(guest.ask(checkout(2, lease("c"))).refused().code() == "LIMIT_REACHED");
        v1::Request both = written("checkin_many { }");
        both.mutable_checkin_many()->add_leases(lease("b" + round));
        both.mutable_checkin_many()->add_leases(lease("a" + round));
        BOOST_TEST(guest.ask(both).has_done());
    }
}

BOOST_FIXTURE_TEST_CASE(who_asks_is_told_how_a_pool_stands, TenEach)
{
    Guest guest = application();
    const v1::PoolState open = guest.ask(written(R"(state_ask { pool: "K1" })")).pool_state();
    BOOST_TEST(open.pool() == "K1");
    BOOST_TEST(open.stock() == 10);
    BOOST_TEST(!open.locked());
    BOOST_TEST(guest.ask(written(R"(state_ask { pool: "K9" })")).refused().code() ==
               "UNKNOWN_POOL");
    must(R"(operate { pool_close { pool: "K1" } })");
    const v1::PoolState closed = guest.ask(written(R"(state_ask { pool: "K1" })")).pool_state();
    BOOST_TEST(closed.locked());
    BOOST_TEST(closed.refused().code() == "POOL_CLOSED");
    BOOST_TEST(closed.refused().cures_size() > 0);
}

BOOST_FIXTURE_TEST_CASE(who_watches_hears_that_a_license_shrank_and_that_its_pool_was_closed,
                        TenEach)
{
    Guest guest = application();
    BOOST_TEST(guest.ask(registration(10)).has_registered());
    BOOST_TEST(guest.ask(written(R"(state_ask { pool: "K1" watch: true })")).has_pool_state());

    buy(7, "replace: true");
    const v1::StateChanged shrunk = change_heard(guest);
    BOOST_TEST(shrunk.pool() == "K1");
    BOOST_TEST(shrunk.state().locked());
    BOOST_TEST(shrunk.state().stock() == 7);
    BOOST_TEST(shrunk.state().held() == 10);
    BOOST_TEST(shrunk.state().refused().short_() == 3);

    buy(30, "replace: true");
    must(R"(operate { pool_allocate { from: "PROSession" to: "K1" units: 3 } })");
    BOOST_TEST(!change_heard(guest).state().locked());

    must(R"(operate { pool_close { pool: "K1" } })");
    BOOST_TEST(change_heard(guest).state().refused().code() == "POOL_CLOSED");
    BOOST_TEST(guest.ask(giving_back(registration(10))).has_done()); // Even so.
}

BOOST_FIXTURE_TEST_CASE(who_watches_an_instance_follows_it_to_its_new_pool, TenEach)
{
    must(R"(operate { pool_open { pool: "K2" root: "PROSession" } })");
    must(R"(operate { party_add { party: "site" kind: "instance" pool: "K1" } })");
    Guest guest = application();
    const v1::Request ask =
        written(R"(state_ask { pool: "PROSession" party: "site" watch: true })");
    BOOST_TEST(guest.ask(ask).pool_state().pool() == "K1");
    must(R"(operate { party_rebind { party: "site" target: "K2" } })");
    const v1::StateChanged changed = change_heard(guest);
    BOOST_TEST(changed.party() == "site");
    BOOST_TEST(changed.pool() == "PROSession");
    BOOST_TEST(changed.state().pool() == "K2");
}

BOOST_AUTO_TEST_CASE(who_watches_is_not_idle_and_who_is_gone_is_forgotten)
{
    Keys house(10);
    const v1::Request watch = written(R"(state_ask { pool: "K1" watch: true })");
    Guest watcher = house.application();
    BOOST_TEST(watcher.ask(watch).has_pool_state());
    Guest gone = house.application();
    BOOST_TEST(gone.ask(watch).has_pool_state());
    gone.vanish();
    Guest refused = house.application();
    v1::Request unknown = watch;
    unknown.mutable_state_ask()->set_pool("K9");
    BOOST_TEST(refused.ask(unknown).has_refused());

    house.adopt({.idle_time = 50ms});
    // It has been silent for less time than the watcher, who would have been ended before.
    BOOST_TEST(refused.last_words().ending().reason() == "idle");
    house.must(R"(operate { pool_close { pool: "K1" } })");
    BOOST_TEST(change_heard(watcher).state().locked());
}

BOOST_FIXTURE_TEST_CASE(a_plan_says_what_would_come_of_a_verb_and_changes_nothing, TenEach)
{
    BOOST_TEST(application().ask(registration(10)).has_registered());
    const std::string before = status().pools(0).SerializeAsString();

    const v1::Forecast forced =
        must(R"(operate { plan { pool_allocate { from: "K1" to: "PROSession" units: 4 force: true }
                         } })")
            .operated()
            .forecast();
    BOOST_TEST(!forced.has_refused());
    BOOST_TEST(forced.locks() == 1U);
    BOOST_REQUIRE(forced.pools_size() == 2);
    BOOST_TEST(forced.pools(0).pool() == "K1");
    BOOST_TEST(forced.pools(0).stock_before() == 10);
    BOOST_TEST(forced.pools(0).stock_after() == 6);
    BOOST_TEST(forced.pools(0).short_() == 4);
    BOOST_TEST(forced.pools(0).cures_size() > 0);

    const v1::Forecast refused =
        must(R"(operate { plan { pool_allocate { from: "K1" to: "PROSession" units: 4 } } })")
            .operated()
            .forecast();
    BOOST_TEST(refused.refused().code() == "WOULD_OVERCOMMIT");
    BOOST_TEST(refused.pools_size() == 0);

    v1::Request smaller = written("operate { plan { license_install { replace: true } } }");
    smaller.mutable_operate()->mutable_plan()->mutable_license_install()->set_document(
        license_of(6, "").operate().license_install().document());
    BOOST_TEST(must(smaller).operated().forecast().pools(0).stock_after() == 6);

    BOOST_TEST(must("operate { plan { } }").operated().forecast().pools_size() == 0);
    BOOST_TEST(held() == 10);
    BOOST_TEST(status().pools(0).SerializeAsString() == before);
}

BOOST_AUTO_TEST_SUITE_END()
