#include "tests/client/talk.hpp"

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;

BOOST_FIXTURE_TEST_SUITE(holdings, Talk)

BOOST_AUTO_TEST_CASE(a_granted_seat_is_certain_for_a_term_since_it_was_asked_for)
{
    const SeatNumber number = wish();
    const v1::Request asked = ask();
    now += 5s; // The answer is late, and the term did not wait for it.
    hear(granted(asked.checkout().lease()));
    BOOST_TEST((state(number) == State::held));
    BOOST_TEST(!is_uncertain(*holdings.find(number), noon + 29999ms));
    BOOST_TEST(is_uncertain(*holdings.find(number), noon + 30s));
}

BOOST_AUTO_TEST_CASE(a_refused_checkout_keeps_its_reason)
{
    const SeatNumber number = wish();
    ask();
    BOOST_TEST(hear(refused("NO_FREE_SEAT")) == "");
    BOOST_TEST((state(number) == State::refused));
    BOOST_TEST(holdings.find(number)->why->code() == "NO_FREE_SEAT");
}

BOOST_AUTO_TEST_CASE(a_question_without_answer_is_asked_again_with_the_same_id)
{
    const SeatNumber number = wish();
    const v1::Request first = ask();
    BOOST_TEST(!holdings.next_question(now).has_value());
    BOOST_TEST(kinds(holdings.disconnected(refusal("CONNECTION_BROKEN"))) == "");
    (void)holdings.connected(welcome());
    const v1::Request second = ask();
    BOOST_TEST(first.checkout().lease() == second.checkout().lease());
    BOOST_TEST(first.checkout().lease().size() == 16U);
    hear(granted(second.checkout().lease()));
    BOOST_TEST((state(number) == State::held));
}

BOOST_AUTO_TEST_CASE(an_answer_of_an_earlier_connection_is_not_believed)
{
    const SeatNumber number = wish();
    const v1::Request asked = ask();
    (void)holdings.disconnected(refusal("CONNECTION_BROKEN"));
    hear(granted(asked.checkout().lease()));
    BOOST_TEST((state(number) == State::asking));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_going_down_is_asked_again_when_it_is_back)
{
    const SeatNumber number = wish();
    ask();
    BOOST_TEST(hear(refused("SERVER_ENDING")) == "");
    BOOST_TEST((state(number) == State::asking));
    BOOST_TEST(!holdings.next_question(now).has_value());
    (void)holdings.disconnected(refusal("CONNECTION_BROKEN"));
    (void)holdings.connected(welcome());
    BOOST_TEST(ask().has_checkout());
}

BOOST_AUTO_TEST_CASE(a_fresh_connection_first_renews_what_is_held)
{
    hold();
    wish();
    BOOST_TEST(kinds(holdings.disconnected(refusal("CONNECTION_BROKEN"))) == "disconnected");
    BOOST_TEST(kinds(holdings.disconnected(refusal("UNREACHABLE"))) == ""); // Said once.
    BOOST_TEST(kinds(holdings.connected(welcome())) == "");
    const v1::Request first = ask();
    BOOST_TEST(first.renew().leases_size() == 1);
    BOOST_TEST(ask().has_checkout());
    request -= 1; // The answer to the renewal.
    BOOST_TEST(hear(renewed(first, v1::LeaseState::HELD)) == "reconnected");
}

BOOST_AUTO_TEST_CASE(silence_for_a_term_makes_seats_uncertain_until_they_are_confirmed)
{
    const SeatNumber number = hold();
    BOOST_TEST((holdings.next_tick() == noon + 30s));
    BOOST_TEST(kinds(holdings.tick(noon + 29s)) == "");
    BOOST_TEST(kinds(holdings.tick(noon + 30s)) == "uncertain");
    BOOST_TEST(kinds(holdings.tick(noon + 31s)) == "");
    BOOST_TEST((holdings.next_tick() == Instant::max()));
    now = noon + 40s;
    BOOST_TEST(hear(renewed(renew(), v1::LeaseState::HELD)) == "certain");
    BOOST_TEST(!is_uncertain(*holdings.find(number), now + 29s));
}

BOOST_AUTO_TEST_CASE(a_seat_that_does_not_float_is_never_uncertain)
{
    const SeatNumber number = hold("persistent");
    BOOST_TEST(kinds(holdings.tick(noon + 24h)) == "");
    BOOST_TEST(!is_uncertain(*holdings.find(number), noon + 24h));
}

BOOST_AUTO_TEST_CASE(a_seat_that_the_server_does_not_know_is_lost_and_not_renewed)
{
    const SeatNumber number = hold();
    BOOST_TEST(hear(renewed(renew(), v1::LeaseState::UNKNOWN)) == "lost");
    BOOST_TEST((state(number) == State::lost));
    BOOST_TEST(holdings.find(number)->reason == "silent");
    BOOST_TEST(holdings.renewal().about.empty());
    BOOST_TEST(!holdings.needs().line);
}

BOOST_AUTO_TEST_CASE(a_lock_is_said_once_and_so_is_its_end)
{
    const SeatNumber number = hold();
    BOOST_TEST(hear(renewed(renew(), v1::LeaseState::LOCKED)) == "locked");
    BOOST_TEST(holdings.find(number)->why->code() == "EXPIRED");
    BOOST_TEST(hear(renewed(renew(), v1::LeaseState::LOCKED)) == "");
    BOOST_TEST(hear(renewed(renew(), v1::LeaseState::HELD)) == "unlocked");
    BOOST_TEST(!holdings.find(number)->why.has_value());
}

BOOST_AUTO_TEST_CASE(a_lock_of_which_only_the_code_is_said_has_words_all_the_same)
{
    const SeatNumber number = hold();
    v1::Response response = renewed(renew(), v1::LeaseState::LOCKED);
    v1::Refused& refused = *response.mutable_renewed()->mutable_leases(0)->mutable_refused();
    refused.Clear();
    refused.set_code("POOL_LOCKED");
    BOOST_TEST(hear(response) == "locked");
    const v1::Refused& why = *holdings.find(number)->why;
    BOOST_TEST(why.code() == "POOL_LOCKED");
    BOOST_TEST(!why.text().empty());
    BOOST_TEST(why.cures_size() == 1);
}

BOOST_AUTO_TEST_CASE(renewals_are_as_far_apart_as_they_are_asked_even_when_refused)
{
    hold();
    BOOST_TEST((*holdings.needs().confirmed == noon));
    now += 10s;
    renew();
    BOOST_TEST(!holdings.needs().confirmed.has_value()); // One at a time.
    BOOST_TEST(hear(refused("LIMIT_REACHED")) == "");
    BOOST_TEST((*holdings.needs().confirmed == noon + 10s));
}

BOOST_AUTO_TEST_CASE(a_notice_of_a_lost_seat_says_why_in_words)
{
    hold();
    v1::Response response;
    response.mutable_seat_lost()->set_lease(holdings.renewal().request.renew().leases(0));
    response.mutable_seat_lost()->set_reason("revoked");
    response.mutable_seat_lost()->set_note("lunch");
    const auto events = holdings.take(response);
    BOOST_REQUIRE(events.size() == 1U);
    BOOST_TEST(kinds(events) == "lost");
    BOOST_TEST(events[0].reason == "revoked");
    BOOST_TEST(events[0].why->text() == "an operator took the seat away: lunch");
    BOOST_TEST(!events[0].why->cures().empty());
}

BOOST_AUTO_TEST_CASE(a_place_in_the_queue_becomes_a_seat)
{
    const SeatNumber number = wish(20s);
    const v1::Request asked = ask();
    BOOST_TEST(asked.checkout().wait_ms() == 20'000U);
    BOOST_TEST(hear(waiting(asked.checkout().lease())) == "");
    BOOST_TEST((state(number) == State::waiting));
    BOOST_TEST(holdings.find(number)->position == 3U);
    now += 5s;
    // Nobody knows how long that was on its way, or lay here: so it is asked for.
    BOOST_TEST(notice(granted(asked.checkout().lease())) == "");
    BOOST_TEST((state(number) == State::waiting));
    const v1::Request again = ask();
    BOOST_TEST(again.checkout().lease() == asked.checkout().lease());
    now += 1s;
    BOOST_TEST(hear(granted(again.checkout().lease())) == "granted");
    BOOST_TEST((state(number) == State::held));
    BOOST_TEST((*holdings.needs().confirmed == now - 1s));
}

BOOST_AUTO_TEST_CASE(a_seat_that_was_granted_and_lost_while_the_program_was_stopped_is_not_held)
{
    const SeatNumber number = wish(20s);
    const v1::Request asked = ask();
    hear(waiting(asked.checkout().lease()));
    now += 1h;
    BOOST_TEST(notice(granted(asked.checkout().lease())) == "");
    (void)ask();
    BOOST_TEST(hear(refused("NO_FREE_SEAT")) == "lost");
    BOOST_TEST((state(number) == State::lost));
}

BOOST_AUTO_TEST_CASE(a_wait_that_was_cut_off_goes_on_with_what_is_left_of_it)
{
    const SeatNumber number = wish(20s);
    const v1::Request first = ask();
    hear(waiting(first.checkout().lease()));
    BOOST_TEST(kinds(holdings.disconnected(refusal("CONNECTION_BROKEN"))) == "disconnected");
    now += 15s;
    BOOST_TEST(kinds(holdings.connected(welcome())) == "reconnected");
    const v1::Request again = ask();
    BOOST_TEST(again.checkout().lease() == first.checkout().lease());
    BOOST_TEST(again.checkout().wait_ms() == 5'000U);
    BOOST_TEST(hear(granted(again.checkout().lease())) == "granted");
    BOOST_TEST((state(number) == State::held));
}

BOOST_AUTO_TEST_CASE(a_wait_that_was_over_meanwhile_asks_for_no_further_wait)
{
    wish(20s);
    const v1::Request first = ask();
    hear(waiting(first.checkout().lease()));
    (void)holdings.disconnected(refusal("CONNECTION_BROKEN"));
    now += 1min;
    (void)holdings.connected(welcome());
    BOOST_TEST(ask().checkout().wait_ms() == 0U);
    BOOST_TEST(hear(refused("NO_FREE_SEAT")) == "lost");
}

BOOST_AUTO_TEST_CASE(the_end_of_a_wait_is_said_with_its_reason)
{
    const SeatNumber number = wish(20s);
    const v1::Request asked = ask();
    hear(waiting(asked.checkout().lease()));
    v1::Response response;
    response.mutable_wait_ended()->set_lease(asked.checkout().lease());
    response.mutable_wait_ended()->set_reason("patience_ended");
    *response.mutable_wait_ended()->mutable_refused() = refusal("NO_FREE_SEAT");
    BOOST_TEST(notice(response) == "lost");
    BOOST_TEST((state(number) == State::lost));
    BOOST_TEST(holdings.find(number)->reason == "patience_ended");
}

BOOST_AUTO_TEST_CASE(who_gave_up_before_the_question_went_out_leaves_no_trace)
{
    const SeatNumber number = wish();
    holdings.give_back(number, now);
    BOOST_TEST(holdings.is_empty());
}

BOOST_AUTO_TEST_CASE(who_gave_up_after_it_gives_back_whatever_was_granted)
{
    const SeatNumber number = wish();
    const v1::Request asked = ask();
    holdings.give_back(number, now);
    const v1::Request back = ask();
    BOOST_TEST(back.checkin().lease() == asked.checkout().lease());
    v1::Response late = granted(asked.checkout().lease());
    late.set_id(1);
    BOOST_TEST(kinds(holdings.take(late)) == "");
    BOOST_TEST((state(number) == State::returning));
    v1::Response done;
    done.mutable_done();
    BOOST_TEST(hear(done) == "");
    BOOST_TEST(holdings.is_empty());
}

BOOST_AUTO_TEST_CASE(a_checkin_that_was_not_answered_is_said_again_until_the_term_is_over)
{
    const SeatNumber number = hold();
    now += 1s;
    holdings.give_back(number, now);
    ask();
    (void)holdings.disconnected(refusal("CONNECTION_BROKEN"));
    (void)holdings.connected(welcome());
    BOOST_TEST(ask().has_checkin());
    BOOST_TEST((holdings.next_tick() == now + 30s));
    (void)holdings.tick(now + 30s); // By now the server has ended it by itself.
    BOOST_TEST(holdings.is_empty());
}

BOOST_AUTO_TEST_CASE(a_lost_seat_is_forgotten_without_asking)
{
    const SeatNumber number = hold();
    hear(renewed(renew(), v1::LeaseState::UNKNOWN));
    holdings.give_back(number, now);
    BOOST_TEST(holdings.is_empty());
}

BOOST_AUTO_TEST_CASE(a_seat_that_is_given_back_during_a_renewal_stays_given_back)
{
    const SeatNumber number = hold();
    const v1::Request asked = renew();
    holdings.give_back(number, now);
    BOOST_TEST(hear(renewed(asked, v1::LeaseState::HELD)) == "");
    BOOST_TEST((state(number) == State::returning));
}

BOOST_AUTO_TEST_CASE(a_renewal_about_other_leases_changes_nothing)
{
    const SeatNumber number = hold();
    v1::Response response = renewed(renew(), v1::LeaseState::UNKNOWN);
    response.mutable_renewed()->mutable_leases(0)->set_lease("somebody else's!");
    BOOST_TEST(hear(response) == "");
    BOOST_TEST((state(number) == State::held));
}

BOOST_AUTO_TEST_CASE(maintenance_is_said_when_it_begins_and_when_it_ends)
{
    v1::Response response;
    response.mutable_mode_changed()->set_mode("maintenance");
    BOOST_TEST(notice(response) == "maintenance");
    BOOST_TEST(notice(response) == "");
    BOOST_TEST(kinds(holdings.connected(welcome())) == "serving");
    BOOST_TEST(kinds(Holdings().connected(welcome("maintenance"))) == "maintenance");
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_over_is_asked_in_the_moment_in_which_it_has)
{
    const SeatNumber held = hold();
    const SeatNumber asked_for = wish();
    ask();
    (void)holdings.disconnected(refusal("CONNECTION_BROKEN"));
    (void)holdings.connected(welcome("arriving"));
    now += 10s;
    BOOST_TEST(!holdings.next_question(now).has_value());
    BOOST_TEST(!holdings.needs().confirmed.has_value());
    BOOST_TEST(holdings.needs().line);
    v1::Response serving;
    serving.mutable_mode_changed()->set_mode("serving");
    BOOST_TEST(notice(serving) == "");
    BOOST_TEST(ask().renew().leases_size() == 1);
    BOOST_TEST(ask().has_checkout());
    BOOST_TEST((state(held) == State::held));
    BOOST_TEST((state(asked_for) == State::asking));
}

BOOST_AUTO_TEST_CASE(no_more_questions_are_open_than_a_server_reads)
{
    for (std::size_t i = 0; i <= Holdings::unanswered_max; ++i)
        wish();
    for (std::size_t i = 0; i < Holdings::unanswered_max; ++i)
        ask();
    BOOST_TEST(!holdings.next_question(now).has_value());
    hear(refused("NO_FREE_SEAT"));
    BOOST_TEST(holdings.next_question(now).has_value());
}

BOOST_AUTO_TEST_CASE(there_are_no_more_seats_than_one_renewal_can_name)
{
    for (std::size_t i = 0; i < Holdings::seats_max; ++i)
        wish();
    BOOST_TEST(!holdings.ask_for({}, {}).has_value());
}

BOOST_AUTO_TEST_CASE(garbage_from_a_server_is_harmless)
{
    const SeatNumber number = hold();
    v1::Response nothing;
    BOOST_TEST(notice(nothing) == "");
    nothing.set_id(4711);
    BOOST_TEST(kinds(holdings.take(nothing)) == "");
    v1::Response stranger;
    stranger.mutable_seat_lost()->set_lease("x");
    BOOST_TEST(notice(stranger) == "");
    renew();
    v1::Response empty;
    empty.mutable_renewed();
    BOOST_TEST(hear(empty) == "");
    BOOST_TEST((state(number) == State::held));
}

BOOST_AUTO_TEST_SUITE_END()
