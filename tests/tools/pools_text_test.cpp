#include "tests/tools/picture.hpp"
#include "tools/pools_text.hpp"
#include "tools/status_text.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace usher;
using test::contains;
using tools::pools_text;

namespace {

/// A root after some of its pools, as the order of names has it, and one that nothing is under.
v1::StatusPart two_sites()
{
    v1::StatusPart picture;
    test::add_pool(picture, "015.120.055.014", "Client", "user_device", 10, 2);
    test::add_child(picture, "Berlin", "Devices", 60, 60);
    test::add_root(picture, "Devices", 10);
    test::add_child(picture, "Vienna", "Devices", 30, 5);
    return picture;
}

/// So many pools of 10 units, of which 3 are held, under one root.
v1::StatusPart many_sites(std::size_t count)
{
    v1::StatusPart picture;
    test::add_root(picture, "Devices", 0);
    for (std::size_t i = 0; i < count; ++i)
        test::add_child(picture, "site-" + std::to_string(100 + i), "Devices", 10, 3);
    return picture;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pools_for_people)

BOOST_AUTO_TEST_CASE(pools_stand_indented_under_their_root)
{
    BOOST_TEST(pools_text(two_sites(), false) ==
               "POOL             PRODUCT  SCHEME  SEAT PER       IN USE  FREE  STATE\n"
               "015.120.055.014  Client   server  user_device   2 of 10     8\n"
               "Devices          Devices  keys    lease         0 of 10    10\n"
               "  Berlin                                       60 of 60     0  full\n"
               "  Vienna                                        5 of 30    25\n");
}

BOOST_AUTO_TEST_CASE(a_pool_whose_root_is_not_shown_is_shown_all_the_same)
{
    v1::StatusPart picture;
    test::add_child(picture, "Berlin", "Devices", 60, 60);

    BOOST_TEST(contains(pools_text(picture, false), "\nBerlin  Devices"));
}

BOOST_AUTO_TEST_CASE(owners_have_a_column_where_somebody_owns_something)
{
    v1::StatusPart picture = two_sites();
    BOOST_TEST(!contains(pools_text(picture, false), "OWNER"));
    picture.mutable_pools(1)->set_owner("acme");

    const std::string text = pools_text(picture, false);

    BOOST_TEST(contains(text, "SCHEME  OWNER  SEAT PER"));
    BOOST_TEST(contains(text, "acme"));
}

BOOST_AUTO_TEST_CASE(a_closed_pool_says_so_and_what_is_still_held_of_it)
{
    v1::StatusPart picture = two_sites();
    v1::StatusPart::Pool& pool = *picture.mutable_pools(1);
    pool.set_closed(true);
    pool.set_stock(0);
    pool.set_reason("POOL_CLOSED");
    BOOST_TEST(contains(pools_text(picture, false), "closed: 60 held\n"));

    pool.set_held(0);
    BOOST_TEST(contains(pools_text(picture, false), "closed\n"));
}

BOOST_AUTO_TEST_CASE(a_root_that_has_given_all_away_is_not_full_but_all_assigned)
{
    v1::StatusPart picture = two_sites();
    picture.mutable_pools(2)->set_stock(0);
    picture.mutable_pools(2)->set_available(0);
    BOOST_TEST(contains(pools_text(picture, false), "0 of 0     0  all assigned\n"));

    picture.mutable_pools(3)->set_stock(0);
    picture.mutable_pools(3)->set_held(0);
    picture.mutable_pools(3)->set_available(0);
    BOOST_TEST(contains(pools_text(picture, false), "0 of 0     0  empty\n"));
}

BOOST_AUTO_TEST_CASE(of_very_many_the_first_are_shown_and_how_many_more_there_are)
{
    v1::StatusPart picture = many_sites(1000);

    const std::string text = pools_text(picture, false, tools::children_on_a_screen);

    BOOST_TEST(std::ranges::count(text, '\n') == 1 + 1 + 20 + 1);
    BOOST_TEST(contains(text, "  site-119 "));
    BOOST_TEST(!contains(text, "site-120"));
    BOOST_TEST(contains(text, "  and 980 more"));
    BOOST_TEST(contains(text, "2940 of 9800  6860  usher pool list\n"));

    picture.mutable_pools(1000)->set_locked(true);
    BOOST_TEST(contains(pools_text(picture, false, tools::children_on_a_screen),
                        "1 locked: usher pool list\n"));
}

BOOST_AUTO_TEST_CASE(twenty_are_shown_whole_and_a_list_shows_whatever_there_is)
{
    BOOST_TEST(!contains(pools_text(many_sites(20), false, tools::children_on_a_screen), "more"));
    BOOST_TEST(contains(pools_text(many_sites(1000), false), "  site-1099 "));
    BOOST_TEST(!contains(tools::status_text(many_sites(1000), false), "site-1099"));
}

BOOST_AUTO_TEST_CASE(parties_are_told_with_what_they_are_of)
{
    v1::StatusPart picture;
    BOOST_TEST(tools::parties_text(picture, false) == "no parties: usher party add\n");
    v1::StatusPart::Party& company = *picture.add_parties();
    company.set_id("acme");
    company.set_kind("company");
    company.set_source("pool");
    company.set_users(2);
    v1::StatusPart::Party& user = *picture.add_parties();
    user.set_id("daisy");
    user.set_kind("user");
    user.set_company("acme");
    user.set_source("delegate");
    user.set_leases(3);
    v1::StatusPart::Party& instance = *picture.add_parties();
    instance.set_id("web");
    instance.set_kind("instance");
    instance.set_source("pool");
    instance.set_pool("Berlin");
    instance.set_lock("POOL_LOCKED");

    BOOST_TEST(tools::parties_text(picture, false) ==
               "PARTY  KIND      COMPANY  MODE      POOL    USERS  LEASES  STATE\n"
               "acme   company   -        pool      -           2       0\n"
               "daisy  user      acme     delegate  -           -       3\n"
               "web    instance  -        pool      Berlin      -       0  POOL_LOCKED\n");
}

BOOST_AUTO_TEST_CASE(a_state_is_one_line)
{
    v1::PoolState state;
    BOOST_TEST(tools::pool_state_text("daisy", state) == "daisy has no pool yet\n");
    state.set_pool("Berlin");
    state.set_stock(60);
    state.set_held(5);
    state.set_valid_ms(72 * 3600 * 1000);

    BOOST_TEST(tools::pool_state_text("web", state) ==
               "web uses Berlin: 5 of 60 units are held; this may be relied on for 72h\n");
}

BOOST_AUTO_TEST_SUITE_END()
