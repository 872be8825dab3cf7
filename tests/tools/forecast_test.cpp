#include "tests/tools/picture.hpp"
#include "tools/forecast.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace usher;
using test::contains;
using tools::forecast_json;
using tools::forecast_text;

namespace {

/// An unlimited license ends, and what is left covers one of two keys.
v1::Forecast end_of_unlimited()
{
    v1::Forecast forecast;
    forecast.set_at_us(test::noon_us);
    forecast.set_locks(1);
    v1::Forecast::Pool& b = *forecast.add_pools();
    b.set_pool("B");
    b.set_stock_before(1000);
    b.set_stock_after(10);
    b.set_held_before(60);
    b.set_held_after(60);
    b.set_locked_after(true);
    b.set_short_(50);
    b.add_cures("usher pool allocate A B 10");
    b.add_cures("buy 50 units more");
    v1::Forecast::Pool& root = *forecast.add_pools();
    root.set_pool("Devices");
    root.set_unlimited_before(true);
    v1::Forecast::Pool& a = *forecast.add_pools();
    a.set_pool("A");
    a.set_stock_before(1000);
    a.set_stock_after(90);
    a.set_held_before(90);
    a.set_held_after(90);
    return forecast;
}

} // namespace

BOOST_AUTO_TEST_SUITE(forecasts)

BOOST_AUTO_TEST_CASE(who_would_lock_is_told_first_and_cured_last)
{
    BOOST_TEST(forecast_text(end_of_unlimited(), false) ==
               "2030-01-15T12:00:00Z: 1 pool would lock\n"
               "\n"
               "POOL     ASSIGNED       HELD  STATE\n"
               "B        1000 → 10      60    would lock: 50 short\n"
               "Devices  unlimited → 0  0\n"
               "A        1000 → 90      90\n"
               "\n"
               "# B needs 50 units:\n"
               "usher pool allocate A B 10\n"
               "# or: buy 50 units more\n");
}

BOOST_AUTO_TEST_CASE(where_nothing_would_be_otherwise_it_says_so)
{
    v1::Forecast forecast;
    forecast.set_at_us(test::noon_us);

    BOOST_TEST(forecast_text(forecast, false) ==
               "2030-01-15T12:00:00Z: nobody would be locked\n\nno pool would stand otherwise\n");
}

BOOST_AUTO_TEST_CASE(leases_that_end_and_move_are_counted)
{
    v1::Forecast forecast;
    forecast.set_at_us(test::noon_us);
    forecast.set_leases_ended(1);
    forecast.set_leases_moved(3);
    forecast.add_warnings("1 lease was ended");

    BOOST_TEST(contains(forecast_text(forecast, false),
                        "nobody would be locked, 1 lease would end, 3 leases would move\n"
                        "warned of then: 1 lease was ended\n"));
}

BOOST_AUTO_TEST_CASE(pools_that_come_and_go_have_no_number_where_they_are_not)
{
    v1::Forecast forecast = end_of_unlimited();
    forecast.mutable_pools(0)->set_is_gone(true);
    forecast.mutable_pools(0)->set_short_(0);
    forecast.mutable_pools(2)->set_is_new(true);
    forecast.set_pools_left_out(7);

    const std::string text = forecast_text(forecast, false);

    BOOST_TEST(contains(text, "1000 → -       60      would lock: closed\n"));
    BOOST_TEST(contains(text, "- → 90         - → 90  new\n"));
    BOOST_TEST(contains(text, "and 7 pools more\n"));
    BOOST_TEST(contains(text, "# B would lend nothing any more:\n"));
}

BOOST_AUTO_TEST_CASE(what_is_locked_already_and_stays_so_is_said)
{
    v1::Forecast forecast;
    forecast.set_at_us(test::noon_us);
    forecast.set_stay_locked(1);
    BOOST_TEST(contains(forecast_text(forecast, false),
                        ": nobody else would be locked, 1 pool stays locked\n"));

    forecast.set_locks(2);
    forecast.set_stay_locked(3);
    BOOST_TEST(contains(forecast_text(forecast, false),
                        ": 2 pools more would lock, 3 pools stay locked\n"));
    BOOST_TEST(forecast_json(forecast)["stay_locked"] == 3);
}

BOOST_AUTO_TEST_CASE(a_lock_that_ends_is_good_news_and_one_that_stays_none)
{
    v1::Forecast forecast = end_of_unlimited();
    forecast.mutable_pools(0)->set_locked_before(true);
    BOOST_TEST(contains(forecast_text(forecast, false), "  locked: 50 short\n"));
    BOOST_TEST(!contains(forecast_text(forecast, false), "# B"));

    forecast.mutable_pools(2)->set_locked_before(true);
    BOOST_TEST(contains(forecast_text(forecast, false), "  locked no more\n"));
}

BOOST_AUTO_TEST_CASE(a_name_makes_no_command_of_a_cure)
{
    for (const char* evil : {"usher pool allocate A $(reboot) 1", "usher pool allocate A B; reboot",
                             "usher pool allocate A `reboot` 1", "usher x && reboot", "reboot"}) {
        v1::Forecast forecast = end_of_unlimited();
        forecast.mutable_pools(0)->set_cures(0, evil);
        BOOST_TEST(contains(forecast_text(forecast, false), "\n# or: " + std::string(evil)), evil);
    }
    v1::Forecast forecast = end_of_unlimited();
    forecast.mutable_pools(0)->set_cures(0, "usher pool\nreboot");
    BOOST_TEST(contains(forecast_text(forecast, false), "\n# or: usher pool\\x0areboot\n"));
}

BOOST_AUTO_TEST_CASE(programs_are_told_the_same)
{
    v1::Forecast forecast = end_of_unlimited();
    forecast.mutable_pools()->DeleteSubrange(1, 2);

    BOOST_TEST(
        tools::to_text(forecast_json(forecast)) ==
        R"({"at":"2030-01-15T12:00:00Z","locks":1,"stay_locked":0,"leases_ended":0,)"
        R"("leases_moved":0,"pools":[{"pool":"B","new":false,"gone":false,"stock_before":1000,)"
        R"("stock_after":10,"held_before":60,"held_after":60,"locked_before":false,)"
        R"("locked_after":true,"short":50,"cures":["usher pool allocate A B 10",)"
        R"("buy 50 units more"]}],"pools_left_out":0,"warnings":[]})");
}

BOOST_AUTO_TEST_CASE(no_stock_and_an_unlimited_one_are_null)
{
    v1::Forecast forecast = end_of_unlimited();
    forecast.mutable_pools(2)->set_is_new(true);

    const tools::Json pools = forecast_json(forecast)["pools"];

    BOOST_TEST(pools[1]["stock_before"].is_null());
    BOOST_TEST(pools[1]["stock_after"] == 0);
    BOOST_TEST(pools[2]["stock_before"].is_null());
}

BOOST_AUTO_TEST_CASE(the_plan_of_a_verb_asks_what_the_verb_asks)
{
    v1::Operate allocate;
    allocate.mutable_pool_allocate()->set_from("A");
    allocate.mutable_pool_allocate()->set_units(7);
    BOOST_TEST(tools::plan_of(allocate).pool_allocate().SerializeAsString() ==
               allocate.pool_allocate().SerializeAsString());

    v1::Operate install;
    install.mutable_license_install()->set_document("signed");
    install.mutable_license_install()->set_profile("Devices");
    install.mutable_license_install()->set_scheme("keys");
    install.mutable_license_install()->set_pool("root");
    install.mutable_license_install()->set_replace(true);
    BOOST_TEST(tools::plan_of(install).license_install().SerializeAsString() ==
               install.license_install().SerializeAsString());

    v1::Operate remove;
    remove.mutable_license_remove()->set_license("1");
    remove.mutable_license_remove()->set_force(true);
    BOOST_TEST(tools::plan_of(remove).license_remove().SerializeAsString() ==
               remove.license_remove().SerializeAsString());
}

/// A verb with --dry-run whose plan were of nothing would be forecast as harmless.
BOOST_AUTO_TEST_CASE(each_verb_that_can_lock_somebody_has_a_plan)
{
    const auto what = [](auto set) {
        v1::Operate verb;
        set(verb);
        return tools::plan_of(verb).what_case();
    };
    BOOST_TEST(what([](auto& verb) { verb.mutable_pool_open(); }) == v1::Plan::kPoolOpen);
    BOOST_TEST(what([](auto& verb) { verb.mutable_pool_close(); }) == v1::Plan::kPoolClose);
    BOOST_TEST(what([](auto& verb) { verb.mutable_party_add(); }) == v1::Plan::kPartyAdd);
    BOOST_TEST(what([](auto& verb) { verb.mutable_party_rebind(); }) == v1::Plan::kPartyRebind);
    BOOST_TEST(what([](auto& verb) { verb.mutable_party_source(); }) == v1::Plan::kPartySource);
    BOOST_TEST(what([](auto& verb) { verb.mutable_party_remove(); }) == v1::Plan::kPartyRemove);
}

BOOST_AUTO_TEST_SUITE_END()
