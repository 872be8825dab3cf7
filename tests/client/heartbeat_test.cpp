#include "client/heartbeat.hpp"

#include <boost/test/unit_test.hpp>
#include <ostream>

using namespace usher::client;
using namespace std::chrono_literals;

namespace {

using Act = Heartbeat::Act;
using Needs = Heartbeat::Needs;

constexpr Instant noon{std::chrono::hours(12)};

/// A server with a term of 30 s, which a client is connected to.
struct Connected {
    Heartbeat heartbeat{10s, 1};
    Connected() { heartbeat.connected(30s); }
};

/// What is known, and what follows at an instant after noon.
struct Row {
    const char* what;
    Needs needs;
    Duration at;
    Heartbeat::Next next;
};

} // namespace

BOOST_AUTO_TEST_SUITE(heartbeat)

BOOST_FIXTURE_TEST_CASE(a_connection_is_kept_as_the_table_says, Connected)
{
    const Row rows[] = {
        {"nothing to do", {}, 0s, {Act::rest, Instant::max()}},
        {"a fresh seat", {.line = true, .confirmed = noon}, 0s, {Act::rest, noon + 10s}},
        {"just before a third", {.line = true, .confirmed = noon}, 9999ms, {Act::rest, noon + 10s}},
        {"at a third", {.line = true, .confirmed = noon}, 10s, {Act::renew}},
        {"long overdue", {.line = true, .confirmed = noon}, 1h, {Act::renew}},
        {"asked", {.line = true, .unanswered = noon}, 0s, {Act::rest, noon + 10s}},
        {"silent for a third", {.line = true, .unanswered = noon}, 10s, {Act::hang_up}},
        {"both, renewal first",
         {.line = true, .confirmed = noon - 5s, .unanswered = noon},
         1s,
         {Act::rest, noon + 5s}},
        {"silence comes before renewal",
         {.line = true, .confirmed = noon, .unanswered = noon},
         10s,
         {Act::hang_up}},
    };
    for (const Row& row : rows)
        BOOST_TEST((heartbeat.next(noon + row.at, row.needs) == row.next), row.what);
}

BOOST_AUTO_TEST_CASE(an_answer_may_take_a_third_of_the_term_but_a_second_at_least)
{
    const auto patience = [](Duration term, Duration answer_max) {
        Heartbeat heartbeat(answer_max, 1);
        heartbeat.connected(term);
        return heartbeat.next(noon, {.line = true, .unanswered = noon}).at - noon;
    };
    BOOST_TEST((patience(25s, 10s) == Duration(25s) / 3));
    BOOST_TEST((patience(1h, 10s) == 10s));
    BOOST_TEST((patience(1500ms, 10s) == 1s));
    BOOST_TEST((patience(1500ms, 300ms) == 300ms));
}

BOOST_AUTO_TEST_CASE(who_needs_no_line_does_not_connect)
{
    const Heartbeat heartbeat(10s, 1);
    BOOST_TEST((heartbeat.next(noon, {}) == Heartbeat::Next{Act::rest, Instant::max()}));
    BOOST_TEST((heartbeat.next(noon, {.line = true}) == Heartbeat::Next{Act::connect}));
}

BOOST_AUTO_TEST_CASE(pauses_double_from_50_ms_to_5_s_and_are_jittered)
{
    bool differ = false;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Heartbeat heartbeat(10s, seed);
        Duration low = 50ms;
        for (int attempt = 0; attempt < 20; ++attempt) {
            heartbeat.disconnected(noon, 0s);
            const auto next = heartbeat.next(noon, {.line = true});
            BOOST_REQUIRE((next.act == Act::rest));
            const Duration pause = next.at - noon;
            BOOST_TEST((pause >= std::min<Duration>(low, 2500ms) && pause <= 5s));
            BOOST_TEST((pause < 2 * low));
            differ = differ || (attempt == 0 && pause != 50ms);
            low *= 2;
        }
    }
    BOOST_TEST(differ);
}

BOOST_AUTO_TEST_CASE(an_answer_makes_the_next_pause_short_again_and_a_greeting_does_not)
{
    const auto pause = [](bool has_answered) {
        Heartbeat heartbeat(10s, 1);
        for (int attempt = 0; attempt < 10; ++attempt)
            heartbeat.disconnected(noon, 0s);
        heartbeat.connected(30s);
        if (has_answered)
            heartbeat.answered();
        heartbeat.disconnected(noon, 0s);
        return heartbeat.next(noon, {.line = true}).at - noon;
    };
    BOOST_TEST((pause(true) < 100ms));
    BOOST_TEST((pause(false) >= 2500ms)); // A server that dies of every question is left alone.
}

BOOST_AUTO_TEST_CASE(a_server_that_asks_to_be_left_alone_is_for_a_minute_at_most)
{
    Heartbeat heartbeat(10s, 1);
    heartbeat.disconnected(noon, 2s);
    const Duration asked = heartbeat.next(noon, {.line = true}).at - noon;
    BOOST_TEST((asked >= 2s && asked < 3s));
    heartbeat.disconnected(noon, 24h);
    const Duration most = heartbeat.next(noon, {.line = true}).at - noon;
    BOOST_TEST((most >= 1min && most < 90s));
}

BOOST_AUTO_TEST_CASE(what_only_a_person_can_cure_is_tried_seldom)
{
    Heartbeat heartbeat(10s, 1);
    heartbeat.disconnected(noon, 0s);
    heartbeat.discourage(noon);
    BOOST_TEST((heartbeat.next(noon, {.line = true}).at - noon >= 2500ms));
}

BOOST_AUTO_TEST_SUITE_END()
