#include "client/attendant.hpp"

#include "client/devices.hpp"
#include "client/fake.hpp"
#include "tests/client/listening.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;

namespace {

using Kind = Event::Kind;

/// Ten units of P for devices, of which eight are registered, and somebody who watches.
struct Watched {
    Fake fake;
    Listening heard;
    std::unique_ptr<Attendant> one;

    Watched()
    {
        BOOST_REQUIRE(fake.add_devices("P", 10));
        one = open();
        v1::Register asked;
        asked.set_profile("P");
        asked.set_user("daisy");
        for (char i = 'a'; i < 'a' + 8; ++i) {
            asked.add_rows()->set_lease(std::string(16, i));
            asked.mutable_rows()->rbegin()->set_device(std::string(1, i));
        }
        BOOST_REQUIRE(register_devices(*one, asked).has_value());
    }
    std::unique_ptr<Attendant> open()
    {
        return std::make_unique<Attendant>(fake.door(),
                                           Attendant::Settings{.answer_max = 2s,
                                                               .pause_max = pause_max,
                                                               .listener = heard.listener()});
    }
    WatchNumber watch(const char* profile = "P", const char* pool = "")
    {
        const auto number = one->watch({profile, pool, {}});
        BOOST_REQUIRE(number.has_value());
        return *number;
    }
    /// The pool of the next event, which must come.
    PoolStanding next()
    {
        const auto event = heard.await(Kind::pool_changed);
        BOOST_REQUIRE((event.has_value() && event->pool != nullptr));
        return *event->pool;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(watching, Watched)

BOOST_AUTO_TEST_CASE(a_watch_begins_with_how_the_pool_stands)
{
    const auto standing = one->look_at(watch());
    BOOST_REQUIRE(standing.has_value());
    BOOST_TEST(standing->state.pool() == "P");
    BOOST_TEST(standing->state.stock() == 10);
    BOOST_TEST(standing->state.held() == 8);
    BOOST_TEST(!standing->state.locked());
    BOOST_TEST((valid_until(*standing) > Clock::now() + 71h));
    BOOST_TEST(ask_pool(*one, {"P", {}, {}})->state.held() == 8);
}

BOOST_AUTO_TEST_CASE(units_that_are_taken_away_lock_the_pool_within_a_second)
{
    const WatchNumber by_profile = watch();
    const WatchNumber by_name = watch("", "P");
    const Instant begun = Clock::now();
    BOOST_TEST(fake.resize("P", 5));
    const PoolStanding first = next();
    next(); // The other watch hears it, too.
    BOOST_TEST((Clock::now() - begun < 1s));
    BOOST_TEST(first.state.locked());
    BOOST_TEST(first.state.refused().short_() == 3);
    BOOST_TEST(!first.state.refused().cures().empty());
    BOOST_TEST(one->look_at(by_profile)->state.locked());
    BOOST_TEST(one->look_at(by_name)->state.locked());
    BOOST_TEST(fake.resize("P", 20));
    BOOST_TEST(!next().state.locked());
}

BOOST_AUTO_TEST_CASE(a_license_that_ends_is_told_with_its_code)
{
    watch("", "P");
    BOOST_TEST(fake.set_locked("P", true));
    BOOST_TEST(!next().state.refused().because().empty());
    BOOST_TEST(fake.set_locked("P", false));
    BOOST_TEST(!next().state.locked());
}

BOOST_AUTO_TEST_CASE(through_an_outage_the_last_state_stays_valid)
{
    const WatchNumber number = watch();
    const Instant until = valid_until(*one->look_at(number));
    fake.set_cut(true);
    fake.restart();
    BOOST_TEST(heard.await(Kind::disconnected).has_value());
    BOOST_TEST(is_reliable(*one->look_at(number), Clock::now()));
    BOOST_TEST((valid_until(*one->look_at(number)) == until));
    fake.set_cut(false);
    BOOST_TEST(heard.await(Kind::reconnected).has_value());
}

BOOST_AUTO_TEST_CASE(what_changed_meanwhile_is_told_when_the_server_is_back)
{
    const WatchNumber number = watch();
    fake.set_cut(true);
    fake.restart();
    BOOST_TEST(heard.await(Kind::disconnected).has_value());
    BOOST_TEST(fake.resize("P", 5));
    fake.set_cut(false);
    BOOST_TEST(next().state.locked());
    fake.restart();
    BOOST_TEST(heard.await(Kind::reconnected).has_value());
    BOOST_TEST(fake.resize("P", 10)); // It is watched on the new connection, too.
    BOOST_TEST(!next().state.locked());
    BOOST_TEST(!one->look_at(number)->state.locked());
}

BOOST_AUTO_TEST_CASE(what_is_as_before_is_not_told_again)
{
    watch();
    fake.restart();
    BOOST_TEST(heard.await(Kind::reconnected).has_value());
    BOOST_TEST(fake.resize("P", 5));
    next();
    BOOST_TEST(heard.count(Kind::pool_changed) == 0U);
}

BOOST_AUTO_TEST_CASE(a_short_validity_ends_while_the_server_is_away)
{
    fake.set_validity(300ms);
    const WatchNumber number = watch();
    fake.set_cut(true);
    const Instant until = valid_until(*one->look_at(number));
    BOOST_TEST((until <= Clock::now() + 300ms));
    BOOST_TEST(!is_reliable(*one->look_at(number), until));
}

BOOST_AUTO_TEST_CASE(a_pool_that_nobody_knows_is_not_watched)
{
    const auto no = one->watch({"", "nowhere", {}});
    BOOST_REQUIRE(!no.has_value());
    BOOST_TEST((no.error().setback == Setback::refused));
    BOOST_TEST(no.error().why.code() == "UNKNOWN_POOL");
    fake.set_cut(true);
    BOOST_TEST((one->watch({"P", {}, {}}).error().setback == Setback::unreachable));
}

BOOST_AUTO_TEST_CASE(a_watch_that_was_ended_is_known_no_more)
{
    const WatchNumber number = watch();
    BOOST_TEST(!one->unwatch(number).has_value());
    BOOST_TEST((one->unwatch(number)->setback == Setback::unknown_watch));
    BOOST_TEST(!one->look_at(number).has_value());
    BOOST_TEST(fake.resize("P", 5));
    BOOST_TEST(ask_pool(*one, {"P", {}, {}})->state.locked());
    BOOST_TEST(heard.count(Kind::pool_changed) == 0U);
}

BOOST_AUTO_TEST_CASE(a_callback_may_look_and_end_a_watch_but_not_ask)
{
    std::atomic<Setback> asked_said{};
    std::atomic<Setback> watch_said{};
    std::atomic<bool> looked = false;
    Listening answers;
    Attendant* self = nullptr;
    Attendant::Settings settings{.listener = [&, note = answers.listener()](const Event& event) {
        asked_said = ask_pool(*self, {"P", {}, {}}).error().setback;
        watch_said = self->watch({"P", {}, {}}).error().setback;
        looked = self->look_at(event.watch).has_value() && !self->unwatch(event.watch).has_value();
        note(event);
    }};
    Attendant other(fake.door(), std::move(settings));
    self = &other;
    BOOST_REQUIRE(other.watch({"P", {}, {}}).has_value());
    BOOST_TEST(fake.resize("P", 5));
    BOOST_TEST(answers.await(Kind::pool_changed).has_value());
    BOOST_TEST((asked_said.load() == Setback::in_callback));
    BOOST_TEST((watch_said.load() == Setback::in_callback));
    BOOST_TEST(looked.load());
}

BOOST_AUTO_TEST_CASE(closing_waits_for_no_watch)
{
    watch();
    fake.set_cut(true);
    const Instant begun = Clock::now();
    one.reset();
    BOOST_TEST((Clock::now() - begun < 1500ms)); // Far from the 2 s that a farewell may take.
}

BOOST_AUTO_TEST_SUITE_END()
