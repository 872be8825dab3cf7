#include "client/attendant.hpp"

#include "client/fake.hpp"
#include "tests/client/listening.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;

namespace {

/// Two seats of P at a server inside this program.
struct TwoSeats {
    Fake fake;
    Listening heard;

    TwoSeats() { BOOST_REQUIRE(fake.add("P", 2, ledger::Metric::lease)); }

    std::unique_ptr<Attendant> open(Attendant::Settings settings = {})
    {
        if (!settings.listener)
            settings.listener = heard.listener();
        return std::make_unique<Attendant>(fake.door(), std::move(settings));
    }

    static Wish wish(std::chrono::milliseconds wait = 0ms, const char* user = "daisy")
    {
        return {.profile = "P", .user = user, .device = "d", .party = {}, .wait = wait};
    }

    static SeatNumber hold(Attendant& attendant)
    {
        const auto given = attendant.checkout(wish(), false);
        BOOST_REQUIRE(given.has_value());
        return given->number;
    }

    static Seat::State state(const Attendant& attendant, SeatNumber number)
    {
        const auto seat = attendant.look(number);
        BOOST_REQUIRE(seat.has_value());
        return seat->state;
    }
};

using Kind = Event::Kind;
using State = Seat::State;

} // namespace

BOOST_FIXTURE_TEST_SUITE(attendant, TwoSeats)

BOOST_AUTO_TEST_CASE(seats_are_taken_and_given_back)
{
    const auto one = open();
    const SeatNumber first = hold(*one);
    const SeatNumber second = hold(*one);
    BOOST_TEST(first != second);
    BOOST_TEST(one->look(first)->product == "P");
    BOOST_TEST(!one->checkin(first).has_value());
    BOOST_TEST(!one->look(first).has_value());
    BOOST_TEST((one->checkin(first)->setback == Setback::unknown_seat));
    hold(*one);
}

BOOST_AUTO_TEST_CASE(a_refusal_says_who_holds_the_seats)
{
    const auto one = open();
    hold(*one);
    hold(*one);
    const auto third = one->checkout(wish(), false);
    BOOST_REQUIRE(!third.has_value());
    BOOST_TEST((third.error().setback == Setback::refused));
    BOOST_TEST(third.error().why.code() == "NO_FREE_SEAT");
    BOOST_TEST(third.error().why.held() == 2);
    BOOST_REQUIRE(third.error().why.holders_size() == 2);
    BOOST_TEST(third.error().why.holders(0).user() == "daisy");
    BOOST_TEST(!third.error().why.cures().empty());
}

BOOST_AUTO_TEST_CASE(closing_gives_everything_back)
{
    {
        const auto one = open();
        hold(*one);
        hold(*one);
    }
    const auto two = open();
    hold(*two);
    hold(*two);
}

BOOST_AUTO_TEST_CASE(who_waits_gets_the_seat_that_is_given_back)
{
    const auto one = open();
    const auto two = open();
    const SeatNumber first = hold(*one);
    hold(*one);
    std::atomic<bool> is_granted = false;
    std::thread waiter([&] {
        const auto given = two->checkout(wish(20s), false);
        is_granted = given.has_value() && !given->is_waiting;
    });
    // Only once it stands in the queue is there anything to see.
    const auto queued = [&] {
        const auto probe = one->checkout(wish(), false);
        return !probe.has_value() && probe.error().why.queue() == 1;
    };
    while (!queued())
        std::this_thread::yield();
    BOOST_TEST(!one->checkin(first).has_value());
    waiter.join();
    BOOST_TEST(is_granted.load());
    BOOST_TEST(heard.count(Kind::granted) == 0U); // The call has said so.
}

BOOST_AUTO_TEST_CASE(a_place_in_the_queue_is_called_back_when_it_is_a_seat)
{
    const auto one = open();
    const SeatNumber first = hold(*one);
    hold(*one);
    const auto waiting = one->checkout(wish(20s), true);
    BOOST_REQUIRE(waiting.has_value());
    BOOST_TEST(waiting->is_waiting);
    BOOST_TEST(one->look(waiting->number)->position == 1U);
    BOOST_TEST(one->look(waiting->number)->why->code() == "NO_FREE_SEAT");
    BOOST_TEST(!one->checkin(first).has_value());
    BOOST_TEST((heard.await(Kind::granted).value().seat == waiting->number));
    BOOST_TEST((state(*one, waiting->number) == State::held));
}

BOOST_AUTO_TEST_CASE(a_wait_that_ends_without_a_seat_says_so)
{
    const auto one = open();
    hold(*one);
    hold(*one);
    const auto blocked = one->checkout(wish(50ms), false);
    BOOST_REQUIRE(!blocked.has_value());
    BOOST_TEST(blocked.error().why.code() == "NO_FREE_SEAT");
    const auto queued = one->checkout(wish(50ms), true);
    BOOST_REQUIRE(queued.has_value());
    const auto lost = heard.await(Kind::lost);
    BOOST_REQUIRE(lost.has_value());
    BOOST_TEST(lost->reason == "patience_ended");
}

BOOST_AUTO_TEST_CASE(a_restart_of_the_server_costs_no_seat)
{
    const auto one = open();
    const SeatNumber first = hold(*one);
    const SeatNumber second = hold(*one);
    fake.restart();
    BOOST_TEST(heard.await(Kind::disconnected).has_value());
    BOOST_TEST(heard.await(Kind::reconnected).has_value());
    BOOST_TEST((state(*one, first) == State::held));
    BOOST_TEST((state(*one, second) == State::held));
    BOOST_TEST(heard.count(Kind::lost) == 0U);
    BOOST_TEST(!one->checkout(wish(), false).has_value()); // Both are counted there, too.
}

BOOST_AUTO_TEST_CASE(silence_for_a_term_is_uncertain_and_then_certain_again)
{
    fake.set_terms(900ms, 0ms);
    const auto one = open({.answer_max = 300ms});
    const SeatNumber seat = hold(*one);
    fake.set_cut(true);
    fake.set_terms(1h, 0ms); // The server keeps the seat; the client cannot know.
    BOOST_TEST((heard.await(Kind::uncertain).value().seat == seat));
    BOOST_TEST(heard.await(Kind::disconnected).has_value());
    BOOST_TEST(is_uncertain(*one->look(seat), Clock::now()));
    fake.set_cut(false);
    BOOST_TEST((heard.await(Kind::certain).value().seat == seat));
    BOOST_TEST(heard.await(Kind::reconnected).has_value());
    BOOST_TEST((state(*one, seat) == State::held));
    BOOST_TEST(!is_uncertain(*one->look(seat), Clock::now()));
}

BOOST_AUTO_TEST_CASE(a_seat_that_ended_during_a_cut_is_lost_and_never_said_to_be_held)
{
    const auto one = open({.answer_max = 300ms});
    const SeatNumber seat = hold(*one);
    fake.set_terms(900ms, 0ms);
    fake.set_cut(true);
    fake.pass(1h);
    fake.set_cut(false);
    fake.restart();
    const auto lost = heard.await(Kind::lost);
    BOOST_REQUIRE(lost.has_value());
    BOOST_TEST(lost->seat == seat);
    BOOST_TEST(lost->reason == "silent");
    BOOST_TEST(lost->why->code() == "UNKNOWN_LEASE");
    BOOST_TEST((state(*one, seat) == State::lost));
    BOOST_TEST(!one->checkin(seat).has_value());
}

BOOST_AUTO_TEST_CASE(a_revoked_seat_is_lost_with_the_operators_words)
{
    const auto one = open();
    const SeatNumber seat = hold(*one);
    BOOST_TEST(fake.revoke("daisy", "lunch") == 1U);
    const auto lost = heard.await(Kind::lost);
    BOOST_REQUIRE(lost.has_value());
    BOOST_TEST(lost->seat == seat);
    BOOST_TEST(lost->reason == "revoked");
    BOOST_TEST(lost->why->text().find("lunch") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_license_that_ends_locks_the_seat_until_it_counts_again)
{
    fake.set_terms(300ms, 0ms);
    const auto one = open();
    const SeatNumber seat = hold(*one);
    BOOST_TEST(fake.set_locked("P", true));
    BOOST_TEST(heard.await(Kind::locked).value().why->code() == "POOL_LOCKED");
    BOOST_TEST((state(*one, seat) == State::locked));
    BOOST_TEST(fake.set_locked("P", false));
    BOOST_TEST(heard.await(Kind::unlocked).has_value());
}

BOOST_AUTO_TEST_CASE(maintenance_is_called_back_and_its_end_takes_the_seats)
{
    const auto one = open();
    const SeatNumber seat = hold(*one);
    fake.set_maintenance(true);
    BOOST_TEST(heard.await(Kind::maintenance).has_value());
    const auto meanwhile = one->checkout(wish(), false);
    BOOST_REQUIRE(!meanwhile.has_value());
    BOOST_TEST(meanwhile.error().why.code() == "IN_MAINTENANCE");
    fake.set_maintenance(false);
    BOOST_TEST((heard.await(Kind::lost).value().seat == seat));
    BOOST_TEST(heard.await(Kind::serving).has_value());
}

BOOST_AUTO_TEST_CASE(a_callback_may_look_and_give_back_but_not_wait)
{
    std::atomic<Setback> checkout_said{};
    std::atomic<bool> checkin_said = false;
    std::atomic<SeatNumber> first = 0;
    Listening answers;
    Attendant* self = nullptr;
    const auto one = open({.listener = [&, note = answers.listener()](const Event& event) {
        if (event.kind != Kind::maintenance)
            return;
        const auto given = self->checkout(wish(), false);
        checkout_said = given.has_value() ? Setback::refused : given.error().setback;
        checkin_said = self->look(first).has_value() && !self->checkin(first).has_value();
        note(event);
    }});
    self = one.get();
    first = hold(*one);
    fake.set_maintenance(true);
    BOOST_TEST(answers.await(Kind::maintenance).has_value());
    BOOST_TEST((checkout_said.load() == Setback::in_callback));
    BOOST_TEST(checkin_said.load());
}

BOOST_AUTO_TEST_CASE(a_checkout_that_finds_no_server_says_so_in_time_and_keeps_nothing)
{
    fake.set_cut(true);
    const auto one = open({.answer_max = 300ms});
    const Instant begun = Clock::now();
    const auto given = one->checkout(wish(), false);
    BOOST_REQUIRE(!given.has_value());
    BOOST_TEST((given.error().setback == Setback::unreachable));
    BOOST_TEST(given.error().why.code() == "UNREACHABLE");
    BOOST_TEST((Clock::now() - begun >= 300ms));
    fake.set_cut(false);
    const auto two = open();
    hold(*two);
    hold(*two);
}

BOOST_AUTO_TEST_CASE(a_checkin_that_finds_no_server_does_not_wait_for_it)
{
    const auto one = open();
    const SeatNumber seat = hold(*one);
    fake.set_cut(true);
    fake.restart();
    BOOST_TEST(heard.await(Kind::disconnected).has_value());
    BOOST_TEST((one->checkin(seat)->setback == Setback::unreachable));
    BOOST_TEST(!one->look(seat).has_value());
    fake.set_cut(false);
    const auto two = open();
    hold(*two);
    BOOST_TEST(two->checkout(wish(20s), false).has_value()); // It was given back meanwhile.
}

BOOST_AUTO_TEST_CASE(closing_ends_calls_that_wait)
{
    auto one = open();
    hold(*one);
    hold(*one);
    std::atomic<Setback> said{};
    std::thread waiter([&] {
        const auto given = one->checkout(wish(1h), false);
        said = given.has_value() ? Setback::refused : given.error().setback;
    });
    const auto two = open();
    const auto is_queued = [&] {
        const auto probe = two->checkout(wish(), false);
        return !probe.has_value() && probe.error().why.queue() == 1;
    };
    while (!is_queued())
        std::this_thread::yield();
    one.reset();
    waiter.join();
    BOOST_TEST((said.load() == Setback::closed));
}

BOOST_AUTO_TEST_CASE(closing_gives_back_even_what_is_held_at_a_server_that_was_just_away)
{
    auto one = open();
    hold(*one);
    hold(*one);
    fake.set_cut(true);
    fake.restart();
    BOOST_TEST(heard.await(Kind::disconnected).has_value());
    fake.set_cut(false);
    one.reset();
    const auto two = open();
    hold(*two);
    hold(*two);
}

BOOST_AUTO_TEST_CASE(closing_without_a_server_is_quick)
{
    auto one = open();
    hold(*one);
    fake.set_cut(true);
    fake.restart();
    BOOST_TEST(heard.await(Kind::disconnected).has_value());
    const Instant begun = Clock::now();
    one.reset();
    BOOST_TEST((Clock::now() - begun < 1500ms)); // Far from the 2 s that a farewell may take.
}

BOOST_AUTO_TEST_CASE(many_threads_share_one_attendant_and_no_seat_is_lent_twice)
{
    const auto one = open();
    std::atomic<int> held = 0;
    std::atomic<bool> is_oversold = false;
    std::atomic<int> served = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 25; ++round) {
                const auto given = one->checkout(wish(20s), false);
                if (!given.has_value())
                    continue;
                is_oversold = is_oversold || ++held > 2;
                (void)one->look(given->number);
                --held;
                served += !one->checkin(given->number).has_value() ? 1 : 0;
            }
        });
    for (int i = 0; i < 20; ++i) {
        fake.restart(); // Nobody may notice.
        std::this_thread::yield();
    }
    for (std::thread& thread : threads)
        thread.join();
    BOOST_TEST(!is_oversold.load());
    BOOST_TEST(served.load() > 0);
}

BOOST_AUTO_TEST_CASE(a_shared_seat_is_said_to_be_shared)
{
    BOOST_TEST(fake.add("Client", 1, ledger::Metric::user_device));
    const auto one = open();
    Wish window = wish();
    window.profile = "Client";
    const auto first = one->checkout(window, false);
    const auto second = one->checkout(window, false);
    BOOST_REQUIRE((first.has_value() && second.has_value()));
    BOOST_TEST(!one->look(first->number)->shares_seat);
    BOOST_TEST(one->look(second->number)->shares_seat);
}

BOOST_AUTO_TEST_SUITE_END()
