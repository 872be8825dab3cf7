#include "daemon/journal/memory_journal.hpp"
#include "daemon/ledger/invariants.hpp"
#include "daemon/ledger/limits.hpp"
#include "daemon/server/desk.hpp"
#include "tests/server/logged.hpp"
#include "tests/support/ahead_clock.hpp"
#include "tests/support/fake_clock.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <latch>
#include <map>
#include <thread>

namespace usher::server {
namespace {

using namespace std::chrono_literals;
using ledger::Code;
using ledger::ConnectionId;
using ledger::Granted;
using ledger::Refusal;

constexpr ConnectionId ann{1};
constexpr ConnectionId bob{2};

ledger::LeaseId lease_id(std::uint8_t number)
{
    return {{number}};
}

ledger::Install two_seats()
{
    ledger::Install install;
    install.entitlement = {.id = {"1"},
                           .root = {"1"},
                           .product = {{"acme"}, {"cad"}},
                           .type = {},
                           .quantity = 2,
                           .document = std::make_shared<const std::string>("signed")};
    install.profile = {"Cad"};
    return install;
}

ledger::Checkout checkout(ConnectionId from, std::uint8_t number, ledger::Duration patience = {})
{
    return {.asker = {{"cert:app"}, from},
            .id = lease_id(number),
            .tag = {number},
            .profile = {"Cad"},
            .units = 1,
            .party = {},
            .user = {"user" + std::to_string(number)},
            .device = {"host"},
            .patience = patience};
}

/// A desk over a ledger with two seats. Each `serve` is one run of the desk on this thread: what
/// was asked, and nothing that a timer did.
struct TwoSeats {
    test::FakeClock clock;
    ledger::Ledger ledger;
    journal::MemoryDisk disk;
    journal::MemoryJournal journal{disk};
    Desk::Limits limits;
    std::vector<Letter> letters;
    std::size_t posts = 0;
    std::uint64_t requests = 0;

    TwoSeats()
    {
        journal.replay([](const journal::Turn&) {});
        serve({two_seats()});
    }

    void serve(std::vector<ledger::Command> commands, ConnectionId from = ann)
    {
        std::vector<Question> questions;
        for (ledger::Command& command : commands)
            questions.push_back({from, ++requests, std::move(command)});
        serve_all(std::move(questions));
    }

    void serve_all(std::vector<Question> questions)
    {
        Desk desk(ledger, journal, clock, limits, [this](std::vector<Letter>&& news) {
            ++posts;
            std::ranges::move(news, std::back_inserter(letters));
        });
        for (Question& question : questions)
            desk.ask(std::move(question));
        desk.stop();
        desk.run({});
        BOOST_TEST(ledger::broken_invariants(ledger, clock.time).empty());
    }

    template <class Text>
    const Text& last() const
    {
        return std::get<Text>(std::get<ledger::Answer>(letters.back().text));
    }
};

BOOST_FIXTURE_TEST_SUITE(desk, TwoSeats)

BOOST_AUTO_TEST_CASE(all_that_waits_is_one_turn_and_one_commit)
{
    const std::size_t before = disk.turns.size();
    serve({checkout(ann, 1), checkout(ann, 2), checkout(ann, 3)});

    BOOST_TEST(disk.turns.size() == before + 1);
    BOOST_TEST((last<Refusal>().code == Code::no_free_seat));
}

BOOST_AUTO_TEST_CASE(a_turn_takes_no_more_questions_than_its_bound)
{
    limits.questions_per_turn_max = 2;
    const std::size_t before = disk.turns.size();
    posts = 0;
    serve({checkout(ann, 1), checkout(ann, 2), checkout(ann, 3)});

    BOOST_TEST(posts == 2u);
    BOOST_TEST(disk.turns.size() == before + 2);
}

BOOST_AUTO_TEST_CASE(a_question_about_many_leases_counts_as_many)
{
    limits.questions_per_turn_max = 4;
    const ledger::Renew three{{{"cert:app"}, ann}, {lease_id(1), lease_id(2), lease_id(3)}};
    ledger::Renew nine = three;
    nine.leases.resize(9);
    posts = 0;
    serve({three, checkout(ann, 1), three, nine, checkout(ann, 2)});

    BOOST_TEST(posts == 4u); // 3 + 1, 3, 9 although it is too many, 1.
}

BOOST_AUTO_TEST_CASE(who_asks_one_thing_is_served_before_all_of_who_asks_a_thousand)
{
    constexpr std::uint64_t flooding = 1;
    std::vector<Question> questions;
    for (std::uint8_t i = 0; i < 200; ++i)
        questions.push_back({ann, i, ledger::Renew{{{"cert:app"}, ann}, {lease_id(i)}}, flooding});
    questions.push_back({bob, 7, ledger::Renew{{{"cert:app"}, bob}, {lease_id(1)}}, 2});
    letters.clear();
    posts = 0;
    serve_all(std::move(questions));

    const auto to_bob = std::ranges::find(letters, bob.number,
                                          [](const Letter& letter) { return letter.to.number; });
    BOOST_TEST_REQUIRE((to_bob != letters.end()));
    BOOST_TEST((to_bob - letters.begin() == 1)); // One of hers, then his.
    BOOST_TEST(letters.size() == 201u);
    BOOST_TEST(posts == 2u); // 128 of hers and his, then the rest.
}

BOOST_AUTO_TEST_CASE(who_asks_beside_heavy_questions_waits_for_one_of_them)
{
    ledger::Renew heavy{{{"cert:app"}, ann}, {}};
    heavy.leases.resize(1'000);
    const ledger::Renew light{{{"cert:app"}, bob}, {lease_id(1)}};
    std::vector<Question> questions;
    for (std::uint64_t share : {1U, 1U, 3U, 3U})
        questions.push_back({ann, 1, heavy, share});
    for (std::uint64_t i = 0; i < 2; ++i)
        questions.push_back({bob, 2, light, 2});
    letters.clear();
    posts = 0;
    serve_all(std::move(questions));

    const auto to_bob = std::ranges::find(letters, bob.number,
                                          [](const Letter& letter) { return letter.to.number; });
    BOOST_TEST((to_bob - letters.begin() == 1)); // One of hers, then his.
    BOOST_TEST(letters.size() == 6u);            // And none waits for ever.
    BOOST_TEST(posts == 4u);
}

BOOST_AUTO_TEST_CASE(answers_come_in_the_order_of_the_questions_with_their_requests)
{
    letters.clear();
    serve({checkout(ann, 1), ledger::Checkin{{{"cert:app"}, ann}, lease_id(1)}, ledger::Look{}});

    BOOST_REQUIRE(letters.size() == 3u);
    BOOST_TEST(letters[0].request + 1 == letters[1].request);
    BOOST_TEST(letters[1].request + 1 == letters[2].request);
    BOOST_TEST(last<ledger::Picture>()->leases.empty());
}

BOOST_AUTO_TEST_CASE(a_long_turn_is_no_silence_for_a_watchdog)
{
    ledger::SetPrincipals table{.by = {"local:root"}, .rows = {}};
    for (std::size_t i = 0; i < ledger::rows_max; ++i)
        table.rows.push_back({{"host" + std::to_string(i)}, {"ann"}});
    Desk desk(ledger, journal, clock, limits, [](std::vector<Letter>&&) {});
    desk.ask({ann, 1, std::move(table)});
    desk.stop();
    desk.run({});
    BOOST_TEST(desk.pulse() >= 10U); // A turn by itself is one.
}

BOOST_AUTO_TEST_CASE(nothing_is_said_when_the_commit_fails)
{
    letters.clear();
    disk.failure = journal::MemoryDisk::Failure::before_writing;

    BOOST_CHECK_THROW(serve({checkout(ann, 1)}), journal::Fault);
    BOOST_TEST(letters.empty());
}

BOOST_AUTO_TEST_CASE(a_seat_that_is_given_back_goes_to_who_waits_in_the_same_turn)
{
    serve({checkout(ann, 1), checkout(ann, 2)});
    serve({checkout(bob, 3, 1min)}, bob);
    letters.clear();
    serve({ledger::Checkin{{{"cert:app"}, ann}, lease_id(1)}});

    BOOST_REQUIRE(letters.size() == 2u);
    BOOST_TEST((letters[1].to == bob));
    BOOST_TEST(letters[1].request == 0u);
    const auto& notice = std::get<ledger::Notice>(letters[1].text);
    BOOST_TEST((std::get<Granted>(notice).id == lease_id(3)));
}

BOOST_AUTO_TEST_CASE(a_question_of_nobody_is_not_answered)
{
    letters.clear();
    serve({ledger::SetTerms{10s, 1s}}, {});

    BOOST_TEST(letters.empty());
    BOOST_TEST((ledger.decide(checkout(ann, 1), clock.time).facts.size() == 1u));
}

BOOST_AUTO_TEST_CASE(renewals_alone_write_nothing)
{
    serve({checkout(ann, 1)});
    const std::size_t before = disk.turns.size();
    serve({ledger::Renew{{{"cert:app"}, ann}, {lease_id(1)}}});

    BOOST_TEST(disk.turns.size() == before);
}

BOOST_AUTO_TEST_CASE(a_start_gives_a_full_term_before_anything_is_swept)
{
    serve({checkout(ann, 1)});
    clock.advance(1h); // The daemon was down for an hour.
    serve({ledger::Renew{{{"cert:app"}, ann}, {lease_id(1)}}});

    BOOST_TEST((last<ledger::Renewed>().leases[0].state == ledger::LeaseState::State::held));
}

BOOST_AUTO_TEST_CASE(a_thread_that_was_stopped_for_long_punishes_nobody)
{
    serve({checkout(ann, 1)});
    // The second reading of the clock, the one after the start, is an hour later.
    int readings = 0;
    clock.when_read = [&] {
        if (++readings == 3)
            clock.advance(1h);
    };
    serve({ledger::Renew{{{"cert:app"}, ann}, {lease_id(1)}}});

    BOOST_TEST((last<ledger::Renewed>().leases[0].state == ledger::LeaseState::State::held));
}

BOOST_AUTO_TEST_CASE(the_wall_clock_set_forward_ends_no_lease_and_set_back_revives_no_license)
{
    serve({checkout(ann, 1)});
    const auto noon = clock.time.calendar;
    clock.time.calendar += 24h * 365;
    serve({ledger::Renew{{{"cert:app"}, ann}, {lease_id(1)}}});
    BOOST_TEST((last<ledger::Renewed>().leases[0].state == ledger::LeaseState::State::held));

    clock.time.calendar = noon;
    serve({ledger::Look{}});
    BOOST_TEST((last<ledger::Picture>()->at == noon + 24h * 365));
    clock.time.calendar = ledger.calendar_floor(); // For the walker of the fixture.
}

BOOST_AUTO_TEST_CASE(a_jump_of_the_clock_and_a_long_silence_are_journaled)
{
    const std::size_t before = disk.turns.size();
    clock.time.calendar += 61s; // More than time that has passed.
    serve({});
    BOOST_TEST(disk.turns.size() == before); // The daemon was down: no jump that it has seen.

    int readings = 0;
    clock.when_read = [&] {
        if (++readings == 3)
            clock.time.calendar += 61s;
    };
    {
        const test::Logged log;
        serve({});
        BOOST_TEST(log.text.str().starts_with("warning the clock jumped 61 s ahead: "));
    }
    BOOST_TEST(disk.turns.size() == before + 1);

    clock.when_read = {};
    clock.advance(limits.silence_journaled_max);
    serve({});
    BOOST_TEST(disk.turns.size() == before + 2);
}

BOOST_AUTO_TEST_CASE(a_replayed_journal_gives_the_same_state)
{
    serve({checkout(ann, 1), checkout(ann, 2), checkout(bob, 3, 1min)});
    ledger::Ledger again;
    journal::MemoryJournal(disk).replay([&](const journal::Turn& turn) {
        for (const ledger::Fact& fact : turn.facts)
            again.apply(fact, turn.at);
    });

    BOOST_TEST(again.facts().size() == ledger.facts().size());
    BOOST_TEST((again.calendar_floor() == ledger.calendar_floor()));
}

BOOST_AUTO_TEST_CASE(a_snapshot_is_taken_when_enough_turns_have_come_and_at_the_end)
{
    BOOST_TEST(journal.turns_since_snapshot() == 0u); // The end of the run before.
    limits.turns_per_snapshot = 1;
    limits.questions_per_turn_max = 1;
    serve({checkout(ann, 1), checkout(ann, 2)});
    BOOST_TEST(journal.turns_since_snapshot() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(desk_threads)

BOOST_AUTO_TEST_CASE(many_threads_ask_and_each_is_answered_in_its_order)
{
    const SystemClock clock;
    ledger::Ledger ledger;
    journal::MemoryDisk disk;
    journal::MemoryJournal journal{disk};
    journal.replay([](const journal::Turn&) {});
    std::map<std::uint64_t, std::vector<std::uint64_t>> heard;
    Desk desk(ledger, journal, clock, {}, [&](std::vector<Letter>&& letters) {
        for (const Letter& letter : letters)
            heard[letter.to.number].push_back(letter.request);
    });
    std::thread serving([&] { desk.run({}); });
    std::vector<std::thread> asking;
    constexpr std::uint64_t each = 2'000;
    for (std::uint64_t asker = 1; asker <= 4; ++asker)
        asking.emplace_back([&desk, asker] {
            for (std::uint64_t request = 1; request <= each; ++request)
                desk.ask({{asker}, request, ledger::Renew{}});
        });
    for (std::thread& thread : asking)
        thread.join();
    desk.stop();
    serving.join();

    BOOST_TEST(heard.size() == 4u);
    for (const auto& [asker, requests] : heard) {
        BOOST_TEST(requests.size() == each);
        BOOST_TEST(std::ranges::is_sorted(requests));
    }
}

BOOST_AUTO_TEST_CASE(a_seat_of_a_silent_holder_is_free_after_its_term_without_any_question)
{
    test::AheadClock clock;
    ledger::Ledger ledger;
    journal::MemoryDisk disk;
    journal::MemoryJournal journal{disk};
    journal.replay([](const journal::Turn&) {});
    std::latch granted(1);
    std::latch lost(1);
    // A clock that jumps is not a daemon that was away.
    Desk desk(ledger, journal, clock, {.absence_max = 1h}, [&](std::vector<Letter>&& letters) {
        for (const Letter& letter : letters)
            if (const auto* notice = std::get_if<ledger::Notice>(&letter.text)) {
                if (std::holds_alternative<ledger::SeatLost>(*notice))
                    lost.count_down();
            } else {
                granted.count_down();
            }
    });
    desk.ask({{}, 0, two_seats()});
    desk.ask({ann, 1, checkout(ann, 1)});
    std::thread serving([&] { desk.run({}); });
    granted.wait();
    clock.ahead = 25s;
    desk.wake();
    lost.wait();
    desk.stop();
    serving.join();

    BOOST_TEST(ledger.decide(ledger::Look{}, clock.now()).facts.empty());
    BOOST_TEST(!ledger.next_deadline().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace usher::server
