#include "tests/tools/picture.hpp"
#include "tools/status_json.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

using namespace usher;
using tools::Json;
using tools::status_json;

BOOST_AUTO_TEST_SUITE(status_for_programs)

BOOST_AUTO_TEST_CASE(the_shape_is_the_documented_one)
{
    const Json expected = Json::parse(R"({
        "mode": "serving",
        "node": "3f2a9c0d1e2f3a4b",
        "pools": [
            {"id": "015.120.055.014", "root": "015.120.055.014", "product": "Client",
             "metric": "user_device", "stock": 10, "held": 2, "available": 8, "locked": false,
             "reason": null, "short": 0, "scheme": "server", "owner": null, "closed": false,
             "leases": "floating"},
            {"id": "015.120.064.022", "root": "015.120.064.022", "product": "PROServer",
             "metric": "lease", "stock": 100, "held": 0, "available": 100, "locked": false,
             "reason": null, "short": 0, "scheme": "server", "owner": null, "closed": false,
             "leases": "floating"},
            {"id": "015.120.065.016", "root": "015.120.065.016", "product": "PROSession",
             "metric": "lease", "stock": 1, "held": 1, "available": 0, "locked": false,
             "reason": null, "short": 0, "scheme": "server", "owner": null, "closed": false,
             "leases": "floating"}],
        "profiles": [
            {"name": "Client", "pools": ["015.120.055.014"], "in_use": 2, "re_use": 1,
             "default": false},
            {"name": "ProLicense", "pools": ["015.120.065.016"], "in_use": 1, "re_use": null,
             "default": true}],
        "leases": [
            {"id": "00000000000000a1", "profile": "ProLicense", "pool": "015.120.065.016",
             "seat": "00000000000000a1", "units": 1, "party": null, "user": "daisy",
             "device": "desk-1", "kind": "floating", "started": "2030-01-15T11:56:48Z",
             "deadline": "2030-01-15T12:00:24Z"},
            {"id": "00000000000000a2", "profile": "Client", "pool": "015.120.055.014",
             "seat": "daisy@desk-1", "units": 1, "party": null, "user": "daisy",
             "device": "desk-1", "kind": "floating", "started": "2030-01-15T11:56:48Z",
             "deadline": "2030-01-15T12:00:24Z"},
            {"id": "00000000000000a3", "profile": "Client", "pool": "015.120.055.014",
             "seat": "daisy@desk-1", "units": 1, "party": null, "user": "daisy",
             "device": "desk-1", "kind": "floating", "started": "2030-01-15T11:56:48Z",
             "deadline": "2030-01-15T12:00:24Z"},
            {"id": "00000000000000a4", "profile": "Client", "pool": "015.120.055.014",
             "seat": "donald@desk-2", "units": 1, "party": null, "user": "donald",
             "device": "desk-2", "kind": "floating", "started": "2030-01-15T11:56:48Z",
             "deadline": "2030-01-15T12:00:24Z"}],
        "queue": [
            {"id": "00000000000000b1", "profile": "ProLicense", "pools": ["015.120.065.016"],
             "units": 1, "party": null, "user": "goofy", "device": "desk-3", "position": 1,
             "since": "2030-01-15T11:59:55Z", "until": "2030-01-15T12:00:25Z"}],
        "parties": [],
        "limits": [{"name": "sessions_max", "bound": 16000, "in_use": 3, "highest": 16000}]
    })");

    BOOST_TEST(status_json(test::busy_afternoon()).dump(1) == expected.dump(1));
}

BOOST_AUTO_TEST_CASE(an_empty_daemon_shows_empty_lists)
{
    v1::StatusPart picture;
    picture.set_mode("serving");

    BOOST_TEST(tools::to_text(status_json(picture)) ==
               R"({"mode":"serving","node":"","pools":[],"profiles":[],"leases":[],"queue":[],)"
               R"("parties":[],"limits":[]})");
}

BOOST_AUTO_TEST_CASE(a_move_is_told_in_members_that_stand_there_only_then)
{
    v1::StatusPart picture;
    picture.set_mode("departed");
    picture.set_moved_to("usher://b.example:4750/?ca=sha256:00");
    BOOST_TEST(status_json(picture)["moved_to"] == "usher://b.example:4750/?ca=sha256:00");
    BOOST_TEST(!status_json(picture).contains("followed"));
    picture.clear_moved_to();
    picture.set_arriving_from("00000000000000aa");
    BOOST_TEST(status_json(picture)["arriving_from"] == "00000000000000aa");
    BOOST_TEST(status_json(picture)["followed"] == 0);
}

BOOST_AUTO_TEST_CASE(a_pool_under_a_root_names_root_scheme_and_owner)
{
    v1::StatusPart picture;
    test::add_child(picture, "site-a", "Devices", 10, 2).set_owner("acme");
    picture.mutable_pools(0)->set_closed(true);

    const Json json = status_json(picture)["pools"][0];

    BOOST_TEST(json["root"] == "Devices");
    BOOST_TEST(json["scheme"] == "keys");
    BOOST_TEST(json["owner"] == "acme");
    BOOST_TEST(json["closed"] == true);
    BOOST_TEST(json["leases"] == "persistent");
}

BOOST_AUTO_TEST_CASE(a_party_is_told_with_null_for_what_it_has_not)
{
    v1::StatusPart picture;
    v1::StatusPart::Party& party = *picture.add_parties();
    party.set_id("web");
    party.set_kind("instance");
    party.set_source("pool");
    party.set_pool("site-a");
    party.set_leases(3);
    party.set_lock("POOL_CLOSED");

    BOOST_TEST(tools::to_text(status_json(picture)["parties"][0]) ==
               R"({"id":"web","kind":"instance","company":null,"source":"pool","pool":"site-a",)"
               R"("users":null,"leases":3,"lock":"POOL_CLOSED"})");
}

BOOST_AUTO_TEST_CASE(unlimited_is_null_and_says_so)
{
    v1::StatusPart picture;
    v1::StatusPart::Pool& pool = *picture.add_pools();
    pool.set_unlimited(true);
    pool.set_held(7);

    const Json json = status_json(picture)["pools"][0];

    BOOST_TEST(json["stock"].is_null());
    BOOST_TEST(json["available"].is_null());
    BOOST_TEST(json["unlimited"] == true);
    BOOST_TEST(json["held"] == 7);
}

BOOST_AUTO_TEST_CASE(a_locked_pool_says_why_and_by_how_much)
{
    v1::StatusPart picture = test::busy_afternoon();
    v1::StatusPart::Pool& pool = *picture.mutable_pools(2);
    pool.set_stock(0);
    pool.set_available(-1);
    pool.set_locked(true);
    pool.set_reason("EXPIRED");
    pool.set_short_(1);

    const Json json = status_json(picture)["pools"][2];

    BOOST_TEST(json["locked"] == true);
    BOOST_TEST(json["reason"] == "EXPIRED");
    BOOST_TEST(json["available"] == -1);
    BOOST_TEST(json["short"] == 1);
}

BOOST_AUTO_TEST_CASE(the_units_of_different_seats_add_up_to_what_is_held)
{
    const Json json = status_json(test::busy_afternoon());

    for (const Json& pool : json["pools"]) {
        std::map<std::string, std::int64_t> seats;
        for (const Json& lease : json["leases"])
            if (lease["pool"] == pool["id"])
                seats[lease["seat"]] =
                    std::max(seats[lease["seat"]], lease["units"].get<std::int64_t>());
        std::int64_t held = 0;
        for (const auto& [seat, units] : seats)
            held += units;
        BOOST_TEST(held == pool["held"].get<std::int64_t>());
    }
}

BOOST_AUTO_TEST_CASE(a_lease_without_an_end_has_no_deadline)
{
    v1::StatusPart picture = test::busy_afternoon();
    picture.mutable_leases(0)->clear_deadline_us();
    picture.mutable_leases(0)->set_kind("persistent");

    BOOST_TEST(status_json(picture)["leases"][0]["deadline"].is_null());
}

BOOST_AUTO_TEST_CASE(a_hostile_name_leaves_nothing_but_ascii_and_comes_back_whole)
{
    const std::string name = "x\x1b[2J\n<script>\"\\\u202e\u009b é";
    v1::StatusPart picture = test::busy_afternoon();
    picture.mutable_leases(0)->set_user(name);

    const std::string text = tools::to_text(status_json(picture));

    BOOST_TEST(std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }));
    BOOST_TEST(Json::parse(text)["leases"][0]["user"] == name);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf8_do_not_stop_the_rest)
{
    v1::StatusPart picture = test::busy_afternoon();
    picture.mutable_leases(0)->set_user("\xff");

    const std::string text = tools::to_text(status_json(picture));

    BOOST_TEST(Json::parse(text)["leases"][0]["user"] == "\ufffd");
}

BOOST_AUTO_TEST_CASE(what_only_single_verbs_show_stands_beside_the_stable_keys)
{
    const v1::StatusPart picture = test::busy_afternoon();
    Json lease = tools::lease_json(picture.leases(0));

    BOOST_TEST(lease["identity"] == "anonymous");
    BOOST_TEST(lease["pid"] == 4711);
    BOOST_TEST(lease["connected"] == true);
    for (const char* const key : {"identity", "pid", "connected", "locked"})
        lease.erase(key);
    BOOST_TEST(lease == status_json(picture)["leases"][0]);
}

BOOST_AUTO_TEST_CASE(a_license_that_does_not_count_says_why)
{
    v1::StatusPart::License license;
    license.set_id("015.120.055.014");
    license.set_product("Client");
    license.set_vendor("aimms");
    license.set_quantity(10);
    license.set_to_us(test::noon_us);
    license.set_nodelock("machine");
    license.set_reason("EXPIRED");

    BOOST_TEST(tools::to_text(tools::license_json(license)) ==
               R"({"id":"015.120.055.014","product":"Client","vendor":"aimms","type":null,)"
               R"("quantity":10,"from":null,"to":"2030-01-15T12:00:00Z","maintenance_until":null,)"
               R"("nodelock":"machine","counts":false,"reason":"EXPIRED",)"
               R"("expected":null,"activation":null})");
}

BOOST_AUTO_TEST_CASE(a_license_says_what_it_may_be_downgraded_to)
{
    v1::StatusPart::License license;
    license.add_downgrades_to("Editor 15");
    license.add_downgrades_to("Editor 16");
    const tools::Json json = tools::license_json(license);
    BOOST_TEST(json.at("downgrades_to").dump() == R"(["Editor 15","Editor 16"])");
    license.clear_downgrades_to();
    BOOST_TEST(!tools::license_json(license).contains("downgrades_to"));
}

BOOST_AUTO_TEST_SUITE_END()
