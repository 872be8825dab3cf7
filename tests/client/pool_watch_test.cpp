#include "client/pool_watch.hpp"

#include "tests/client/talk.hpp"

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;

namespace {

/// A greeted application that watches pools.
struct Watching {
    PoolWatches watches;
    Instant now = noon;
    std::uint64_t request = 0;

    static v1::PoolState standing(std::int64_t held = 1)
    {
        v1::PoolState state;
        state.set_pool("north");
        state.set_stock(10);
        state.set_held(held);
        state.set_valid_ms(3'600'000);
        return state;
    }

    Watching() { watches.connected(30s); }

    v1::StateAsk ask()
    {
        const auto number = watches.next(now);
        BOOST_REQUIRE(number.has_value());
        const v1::Request asked = watches.begin(*number, now);
        watches.sent(*number, ++request);
        return asked.state_ask();
    }
    std::string hear(v1::Response response)
    {
        response.set_id(request);
        return told(watches.take(response, now));
    }
    std::string notice(const char* pool, const v1::PoolState& state, const char* party = "")
    {
        v1::Response response;
        response.mutable_state_changed()->set_pool(pool);
        response.mutable_state_changed()->set_party(party);
        *response.mutable_state_changed()->mutable_state() = state;
        return told(watches.take(response, now));
    }
    WatchNumber watch(PoolWish wish, v1::PoolState state = standing())
    {
        const WatchNumber number = *watches.add(std::move(wish));
        ask();
        BOOST_TEST(hear(answer(std::move(state))) == "");
        return number;
    }
    const PoolStanding& at(WatchNumber number) { return *watches.find(number)->standing; }

    static v1::Response answer(v1::PoolState state)
    {
        v1::Response response;
        *response.mutable_pool_state() = std::move(state);
        return response;
    }
    static v1::Response no(const char* code)
    {
        v1::Response response;
        *response.mutable_refused() = refusal(code);
        return response;
    }
    static v1::PoolState locked(std::int64_t missing = 3, const char* because = "")
    {
        v1::PoolState state = standing(13);
        state.set_locked(true);
        *state.mutable_refused() = refusal("POOL_LOCKED");
        state.mutable_refused()->set_short_(missing);
        state.mutable_refused()->set_because(because);
        return state;
    }

    /// `1:open 2:locked` of the watches that are told of.
    static std::string told(const std::vector<Event>& events)
    {
        std::string text;
        for (const Event& event : events) {
            BOOST_TEST((event.kind == Event::Kind::pool_changed));
            text += (text.empty() ? "" : " ") + std::to_string(event.watch) + ":" +
                    (event.pool->no               ? event.pool->no->code()
                     : event.pool->state.locked() ? "locked"
                                                  : "open");
        }
        return text;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pool_watch, Watching)

BOOST_AUTO_TEST_CASE(a_pool_is_asked_for_and_watched_in_one_question)
{
    watches.add({"P", "", "acme"});
    const v1::StateAsk asked = ask();
    BOOST_TEST(asked.profile() == "P");
    BOOST_TEST(asked.party() == "acme");
    BOOST_TEST(asked.watch());
    BOOST_TEST(!watches.next(now).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_otherwise_is_told_once)
{
    watch({"", "north", ""});
    BOOST_TEST(notice("north", locked()) == "1:locked");
    BOOST_TEST(notice("north", locked()) == "");
    BOOST_TEST(notice("north", locked(2)) == "1:locked");
    BOOST_TEST(notice("north", locked(2, "EXPIRED")) == "1:locked");
    BOOST_TEST(notice("north", standing()) == "1:open");
}

BOOST_AUTO_TEST_CASE(what_is_held_is_no_news_but_is_kept)
{
    const WatchNumber number = watch({"", "north", ""});
    BOOST_TEST(notice("north", standing(9)) == "");
    BOOST_TEST(at(number).state.held() == 9);
}

BOOST_AUTO_TEST_CASE(a_notice_is_of_the_pool_and_party_that_were_asked_for)
{
    watch({"", "north", ""});
    watch({"", "north", "acme"});
    watch({"", "south", ""});
    BOOST_TEST(notice("north", locked(), "acme") == "2:locked");
    BOOST_TEST(notice("south", locked()) == "3:locked");
    BOOST_TEST(notice("east", locked()) == "");
}

BOOST_AUTO_TEST_CASE(a_notice_makes_who_came_by_a_profile_ask_again)
{
    watch({"P", "", ""});
    BOOST_TEST(!watches.next(now).has_value());
    BOOST_TEST(notice("north", locked()) == "");
    BOOST_TEST(ask().profile() == "P");
    BOOST_TEST(hear(answer(locked())) == "1:locked");
}

BOOST_AUTO_TEST_CASE(a_notice_in_the_middle_of_a_question_is_asked_for_after_it)
{
    watch({"P", "", ""});
    now += 30s;
    ask();
    BOOST_TEST(notice("north", locked()) == "");
    BOOST_TEST(hear(answer(standing())) == "");
    ask();
    BOOST_TEST(hear(answer(locked())) == "1:locked");
}

BOOST_AUTO_TEST_CASE(a_fresh_connection_asks_again_and_tells_what_is_otherwise)
{
    watch({"", "north", ""});
    watch({"", "south", ""});
    watches.forget_questions();
    watches.connected(30s);
    ask();
    BOOST_TEST(hear(answer(standing())) == "");
    ask();
    BOOST_TEST(hear(answer(locked())) == "2:locked");
    BOOST_TEST(!watches.next(now).has_value());
}

BOOST_AUTO_TEST_CASE(every_term_the_state_is_asked_for_again_and_lasts_longer)
{
    const WatchNumber number = watch({"", "north", ""});
    BOOST_TEST((watches.next_at() == noon + 30s));
    BOOST_TEST((valid_until(at(number)) == noon + 1h));
    now += 30s;
    ask();
    BOOST_TEST(hear(answer(standing())) == "");
    BOOST_TEST((valid_until(at(number)) == noon + 1h + 30s));
}

BOOST_AUTO_TEST_CASE(a_term_that_is_short_makes_nobody_ask_all_the_time)
{
    watches.connected(10ms);
    watch({"", "north", ""});
    BOOST_TEST((watches.next_at() == noon + PoolWatches::period_min));
}

BOOST_AUTO_TEST_CASE(what_was_heard_may_be_relied_on_until_its_time_is_over)
{
    const WatchNumber number = watch({"", "north", ""});
    BOOST_TEST(is_reliable(at(number), noon + 1h - 1ns));
    BOOST_TEST(!is_reliable(at(number), noon + 1h));
}

BOOST_AUTO_TEST_CASE(an_answer_counts_from_when_it_was_asked_for_and_a_notice_from_now)
{
    const WatchNumber number = *watches.add({"", "north", ""});
    ask();
    now += 2s;
    BOOST_TEST(hear(answer(standing())) == "");
    BOOST_TEST((at(number).heard == noon));
    BOOST_TEST(notice("north", locked()) == "1:locked");
    BOOST_TEST((at(number).heard == noon + 2s));
}

BOOST_AUTO_TEST_CASE(a_validity_beyond_all_bounds_is_ten_years)
{
    v1::PoolState state = standing();
    state.set_valid_ms(UINT64_MAX);
    const WatchNumber number = watch({"", "north", ""}, state);
    BOOST_TEST((valid_until(at(number)) == noon + std::chrono::days(3660)));
}

BOOST_AUTO_TEST_CASE(a_first_no_is_the_answer)
{
    const WatchNumber number = *watches.add({"", "nowhere", ""});
    ask();
    BOOST_TEST(hear(no("UNKNOWN_POOL")) == "");
    BOOST_TEST(watches.find(number)->no.value().code() == "UNKNOWN_POOL");
    BOOST_TEST(!watches.find(number)->standing.has_value());
}

BOOST_AUTO_TEST_CASE(a_later_no_is_told_once_and_nothing_may_be_relied_on)
{
    const WatchNumber number = watch({"", "north", ""});
    for (const char* told : {"1:UNKNOWN_POOL", ""}) {
        now += 30s;
        ask();
        BOOST_TEST(hear(no("UNKNOWN_POOL")) == told);
        BOOST_TEST(!is_reliable(at(number), now));
    }
    now += 30s;
    ask();
    BOOST_TEST(hear(answer(standing())) == "1:open");
    BOOST_TEST(is_reliable(at(number), now));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_full_or_goes_says_nothing_of_the_pool)
{
    const WatchNumber number = watch({"", "north", ""});
    for (const char* code : {"LIMIT_REACHED", "SERVER_ENDING", "SERVER_ARRIVING"}) {
        now += 30s;
        ask();
        BOOST_TEST(hear(no(code)) == "");
        BOOST_TEST(is_reliable(at(number), now));
    }
    BOOST_TEST((watches.next_at() == now + 1s)); // Not at once: it would say so again.
}

BOOST_AUTO_TEST_CASE(a_watch_that_was_ended_hears_nothing)
{
    const WatchNumber number = watch({"", "north", ""});
    now += 30s;
    ask();
    BOOST_TEST(watches.remove(number));
    BOOST_TEST(!watches.remove(number));
    BOOST_TEST(hear(answer(locked())) == "");
    BOOST_TEST(notice("north", locked()) == "");
    BOOST_TEST(!watches.needs().line);
}

BOOST_AUTO_TEST_CASE(watches_need_the_line_and_say_how_long_they_wait)
{
    BOOST_TEST(!watches.needs().line);
    watches.add({"", "north", ""});
    BOOST_TEST(watches.needs().line);
    BOOST_TEST(!watches.needs().unanswered.has_value());
    ask();
    BOOST_TEST((watches.needs().unanswered == noon));
}

BOOST_AUTO_TEST_CASE(there_are_256_watches_and_16_questions_at_once)
{
    for (std::size_t i = 0; i < PoolWatches::watches_max; ++i)
        BOOST_TEST(watches.add({"", "north", ""}).has_value());
    BOOST_TEST(!watches.add({"", "north", ""}).has_value());
    for (std::size_t i = 0; i < PoolWatches::unanswered_max; ++i)
        ask();
    BOOST_TEST(!watches.next(now).has_value());
    BOOST_TEST((watches.next_at() == Instant::max())); // Nobody wakes up before an answer is there.
    hear(answer(standing()));
    BOOST_TEST(watches.next(now).has_value());
    BOOST_TEST((watches.next_at() <= now));
}

BOOST_AUTO_TEST_SUITE_END()
