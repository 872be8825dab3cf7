#include "tests/tools/picture.hpp"
#include "tools/status_text.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace usher;
using test::contains;
using tools::status_text;

BOOST_AUTO_TEST_SUITE(status_for_people)

BOOST_AUTO_TEST_CASE(pools_profiles_leases_queue_and_limits_stand_in_five_tables)
{
    const std::string expected =
        R"(serving · node 3f2a9c0d1e2f3a4b · 2030-01-15T12:00:00Z

POOL             PRODUCT     SEAT PER       IN USE  FREE  STATE
015.120.055.014  Client      user_device   2 of 10     8
015.120.064.022  PROServer   lease        0 of 100   100
015.120.065.016  PROSession  lease          1 of 1     0  full

PROFILE     POOLS            IN USE  RE-USE  CAPACITY  DEFAULT
Client      015.120.055.014       2       1         -
ProLicense  015.120.065.016       1       -         -  default

LEASE             PROFILE     POOL             USER    DEVICE  UNITS  HELD FOR  ENDS IN  STATE
00000000000000a1  ProLicense  015.120.065.016  daisy   desk-1      1    3m 12s      24s
00000000000000a2  Client      015.120.055.014  daisy   desk-1      1    3m 12s      24s
00000000000000a3  Client      015.120.055.014  daisy   desk-1      1    3m 12s      24s
00000000000000a4  Client      015.120.055.014  donald  desk-2      1    3m 12s      24s  away

WAITING           PLACE  PROFILE     USER   DEVICE  UNITS  SINCE  GIVES UP IN
00000000000000b1      1  ProLicense  goofy  desk-3      1     5s          25s

LIMIT         BOUND  IN USE  HIGHEST
sessions_max  16000       3    16000
)";

    BOOST_TEST(status_text(test::busy_afternoon(), false) == expected);
}

BOOST_AUTO_TEST_CASE(an_empty_daemon_says_what_to_do_next)
{
    v1::StatusPart picture;
    picture.set_mode("maintenance");
    picture.set_node("3f2a9c0d1e2f3a4b");
    picture.set_at_us(test::noon_us);

    BOOST_TEST(status_text(picture, false) ==
               "maintenance · node 3f2a9c0d1e2f3a4b · 2030-01-15T12:00:00Z\n\n"
               "no pools: usher license install\n\n"
               "no profiles: usher profile add\n\n"
               "no leases\n");
}

BOOST_AUTO_TEST_CASE(a_server_that_has_moved_says_where_to_and_nothing_else)
{
    v1::StatusPart picture;
    picture.set_mode("departed");
    picture.set_node("3f2a9c0d1e2f3a4b");
    picture.set_at_us(test::noon_us);
    picture.set_moved_to("usher://b.example:4750/?ca=sha256:00");

    BOOST_TEST(status_text(picture, false) ==
               "departed · node 3f2a9c0d1e2f3a4b · 2030-01-15T12:00:00Z\n"
               "moved to usher://b.example:4750/?ca=sha256:00\n");

    v1::StatusPart unconfirmed = test::busy_afternoon();
    unconfirmed.set_moved_to("usher://b.example:4750/?ca=sha256:00");
    BOOST_TEST(status_text(unconfirmed, false).find("daisy") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_over_says_from_whom_and_how_far_it_is)
{
    v1::StatusPart picture = test::busy_afternoon();
    picture.set_mode("arriving");
    picture.set_arriving_from("00000000000000aa");
    picture.set_followed(1024);
    BOOST_TEST(
        status_text(picture, false)
            .starts_with("arriving · node 3f2a9c0d1e2f3a4b · 2030-01-15T12:00:00Z\n"
                         "takes over from node 00000000000000aa: 1024 facts so far\n\nPOOL"));
}

BOOST_AUTO_TEST_CASE(a_pool_that_lends_nothing_says_why)
{
    v1::StatusPart picture = test::busy_afternoon();
    v1::StatusPart::Pool& pool = *picture.mutable_pools(2);
    pool.set_stock(0);
    pool.set_available(-1);
    pool.set_locked(true);
    pool.set_short_(1);

    pool.set_reason("POOL_LOCKED");
    BOOST_TEST(contains(status_text(picture, false), "1 of 0    -1  locked: 1 short\n"));

    pool.set_reason("EXPIRED");
    BOOST_TEST(contains(status_text(picture, false), "1 of 0    -1  locked: EXPIRED 1 short\n"));

    pool.set_short_(0);
    pool.set_locked(false);
    BOOST_TEST(contains(status_text(picture, false), "  EXPIRED\n"));
}

BOOST_AUTO_TEST_CASE(an_unlimited_pool_is_never_full)
{
    v1::StatusPart picture = test::busy_afternoon();
    v1::StatusPart::Pool& pool = *picture.mutable_pools(2);
    pool.set_unlimited(true);
    pool.clear_stock();
    pool.clear_available();

    BOOST_TEST(contains(status_text(picture, false), "1 of unlimited  unlimited\n"));
}

BOOST_AUTO_TEST_CASE(colour_warns_of_full_and_locked_pools_only)
{
    v1::StatusPart picture = test::busy_afternoon();
    picture.mutable_pools(1)->set_reason("NODELOCK_MISMATCH");

    const std::string text = status_text(picture, true);

    BOOST_TEST(contains(text, "\x1b[33mfull\x1b[0m"));
    BOOST_TEST(contains(text, "\x1b[1;31mNODELOCK_MISMATCH\x1b[0m"));
    BOOST_TEST(contains(text, "015.120.055.014  Client      user_device   2 of 10     8\n"));
}

BOOST_AUTO_TEST_CASE(a_hostile_name_keeps_to_its_cell)
{
    v1::StatusPart picture = test::busy_afternoon();
    picture.mutable_leases(0)->set_user("\x1b]0;owned\x07\nroot");

    const std::string text = status_text(picture, false);

    BOOST_TEST(!contains(text, "\x1b"));
    BOOST_TEST(contains(text, "  \\x1b]0;owned\\x07\\x0aroot  desk-1 "));
}

BOOST_AUTO_TEST_CASE(licenses_and_credentials_have_tables_of_their_own)
{
    v1::StatusPart picture;
    v1::StatusPart::License& license = *picture.add_licenses();
    license.set_id("015.120.055.014");
    license.set_product("Client");
    license.set_vendor("aimms");
    license.set_quantity(10);
    license.set_to_us(test::noon_us);
    license.set_nodelock("machine");
    license.set_counts(true);
    v1::StatusPart::Credential& key = *picture.add_credentials();
    key.set_name("solver");
    key.set_kind("key");
    key.set_role("application");
    key.set_made_us(test::noon_us);

    BOOST_TEST(
        tools::licenses_text(picture, false) ==
        "LICENSE          PRODUCT  VENDOR  UNITS  FROM  TO                    LOCKED TO  STATE\n"
        "015.120.055.014  Client   aimms      10  -     2030-01-15T12:00:00Z  machine    counts\n");
    picture.mutable_licenses(0)->add_downgrades_to("Client 15");
    picture.mutable_licenses(0)->add_downgrades_to("Client 16");
    const std::string text = tools::licenses_text(picture, false);
    BOOST_TEST(text.find("LOCKED TO  DOWNGRADES TO         STATE") != std::string::npos);
    BOOST_TEST(text.find("machine    Client 15, Client 16  counts") != std::string::npos);
    BOOST_TEST(tools::credentials_text(picture, "key", false) ==
               "NAME    ROLE         MADE\n"
               "solver  application  2030-01-15T12:00:00Z\n");
    BOOST_TEST(tools::credentials_text(picture, "certificate", false) ==
               "no certificates: usher certificate create\n");
}

BOOST_AUTO_TEST_SUITE_END()
