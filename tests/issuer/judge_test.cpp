#include "tests/issuer/office.hpp"

using namespace usher;
using namespace usher::issuer;
using namespace usher::issuer::test;

// Each rule of the issuer, through the documents that hosts send.
BOOST_FIXTURE_TEST_SUITE(judge, Office)

BOOST_AUTO_TEST_CASE(an_activation_names_its_host_and_answers_its_request)
{
    const Activation first = activate("A", day(0));
    BOOST_TEST(first.number == 1U);
    BOOST_TEST(first.license.product == "Client");
    BOOST_TEST((first.license.lock->node == node("A").key()));
    BOOST_TEST(first.license.lock->need == 2U);
    BOOST_TEST(first.license.lock->kind == "machine");
    BOOST_TEST((first.made == day(0)));
    BOOST_TEST((first.load_by == day(30)));
    BOOST_TEST(!first.after.has_value());
}

BOOST_AUTO_TEST_CASE(a_license_is_active_on_one_host_at_a_time) // A-R13, A-S7
{
    BOOST_TEST(activate("A", day(0)).number == 1U);
    const Refusal no = refuse("B", day(1));
    BOOST_TEST((no.code == Code::already_active));
    BOOST_TEST(no.host == "A");
    deactivate("A", 1, day(1));
    BOOST_TEST(activate("B", day(1)).number == 2U);
    BOOST_TEST((refuse("A", day(1)).code == Code::already_active));
}

BOOST_AUTO_TEST_CASE(the_same_request_has_the_same_answer_to_the_letter_while_it_lasts)
{
    const std::string asked = request("A", day(0));
    const std::string answer = answered(asked, day(0));
    BOOST_TEST(answered(asked, day(5)) == answer);
    deactivate("A", 1, day(6));
    BOOST_TEST((refused(asked, day(6)).code == Code::document_used));
    BOOST_TEST(activate("A", day(7)).number == 2U);
    BOOST_TEST((refused(asked, day(7)).code == Code::document_used));
}

BOOST_AUTO_TEST_CASE(activating_again_where_it_is_active_is_a_new_number_and_no_transfer) // A-Q6
{
    for (std::uint64_t i = 1; i <= 6; ++i)
        BOOST_TEST(activate("A", day(static_cast<int>(i))).number == i);
    deactivate("A", 6, day(8));
    BOOST_TEST(activate("B", day(8)).number == 7U);
}

BOOST_AUTO_TEST_CASE(
    three_transfers_a_year_and_the_next_when_the_first_is_a_year_old) // A-R16, A-S11
{
    activate("A", day(0));
    move({"A", "B", "C", "D"}, 1);
    deactivate("D", last_number, day(10));
    const Refusal no = refuse("E", day(10));
    BOOST_TEST((no.code == Code::transfer_limit));
    BOOST_TEST((no.retry_at == day(366)));
    BOOST_TEST((refuse("E", day(366) - 1s).code == Code::transfer_limit));
    activate("D", day(10)); // Where it was last.
    deactivate("D", 5, day(366));
    BOOST_TEST(activate("E", day(366)).number == 6U);
    deactivate("E", 6, day(366));
    BOOST_TEST((refuse("F", day(366)).retry_at == day(367)));
}

BOOST_AUTO_TEST_CASE(a_personal_license_moves_three_times_a_day)
{
    activate("A", day(0), "personal");
    std::uint64_t last = 1;
    for (const auto& [from, to] : {std::pair("A", "B"), {"B", "C"}, {"C", "D"}}) {
        deactivate(from, last, day(0, 1h * static_cast<int>(last)));
        last = activate(to, day(0, 1h * static_cast<int>(last)), "personal").number;
    }
    deactivate("D", last, day(0, 5h));
    BOOST_TEST((refuse("E", day(0, 5h), "personal").retry_at == day(1, 1h)));
    BOOST_TEST(activate("E", day(1, 1h), "personal").number == 5U);
}

BOOST_AUTO_TEST_CASE(what_is_locked_to_a_machine_becomes_personal_no_more)
{
    activate("A", day(0), "personal");
    deactivate("A", 1, day(0));
    activate("A", day(0), "machine");
    deactivate("A", 2, day(0));
    BOOST_TEST((refuse("A", day(0), "personal").code == Code::nodelock_kind_locked));
    BOOST_TEST(activate("A", day(0), "machine").number == 3U);
}

BOOST_AUTO_TEST_CASE(a_kind_that_is_not_sold_is_refused) // A-R28
{
    sold.kinds = {"personal"};
    code = issuer.sell(sold, day(0), "local:vera");
    const Refusal no = refuse("A", day(0), "machine");
    BOOST_TEST((no.code == Code::nodelock_kind_not_allowed));
    BOOST_TEST(no.detail == "it is sold as personal only");
    BOOST_TEST(activate("A", day(0), "personal").number == 1U);
}

BOOST_AUTO_TEST_CASE(a_code_of_nothing_sold_or_of_before_is_refused_alike)
{
    const std::string other = trust::new_activation_code(number);
    const std::string unsold = trust::new_activation_code("015.120.055.099");
    const Refusal no = refuse("A", day(0), "machine", other);
    BOOST_TEST((no.code == Code::bad_activation_code));
    BOOST_TEST((refuse("A", day(0), "machine", unsold) == no));
    const std::string old = code;
    code = std::get<std::string>(issuer.renew_code(number, day(0), "local:vera"));
    BOOST_TEST((refuse("A", day(0), "machine", old) == no));
    BOOST_TEST(activate("A", day(0)).number == 1U);
}

BOOST_AUTO_TEST_CASE(clocks_a_day_apart_do_no_harm)
{
    BOOST_TEST(opened(answered(request("A", day(1)), day(0))).number == 1U);
    BOOST_TEST(opened(answered(request("A", day(0)), day(1))).number == 2U);
}

BOOST_AUTO_TEST_CASE(a_request_of_yesterday_counts_and_one_of_31_days_ago_does_not)
{
    BOOST_TEST((refused(request("A", day(0)), day(31)).code == Code::document_expired));
    BOOST_TEST((refused(request("A", day(0)), day(30, 1s)).code == Code::document_expired));
    BOOST_TEST(opened(answered(request("A", day(0)), day(30))).number == 1U);
    BOOST_TEST((refused(request("A", day(33)), day(30)).code == Code::document_expired));
    BOOST_TEST(opened(answered(request("A", day(32)), day(30))).number == 2U);
}

BOOST_AUTO_TEST_CASE(an_expired_license_is_not_activated)
{
    sold.license.to = day(10);
    code = issuer.sell(sold, day(0), "local:vera");
    BOOST_TEST((refuse("A", day(10)).code == Code::expired));
    BOOST_TEST(activate("A", day(10) - 1s).number == 1U);
}

BOOST_AUTO_TEST_CASE(a_host_that_shows_too_little_is_refused)
{
    sold.need = 3;
    code = issuer.sell(sold, day(0), "local:vera");
    BOOST_TEST((refuse("A", day(0)).code == Code::document_invalid));
}

BOOST_AUTO_TEST_CASE(a_receipt_twice_is_one_receipt)
{
    activate("A", day(0));
    const std::string text = receipt("A", 1, day(1));
    BOOST_TEST(!said(answered(text, day(1))).active);
    BOOST_TEST((said(answered(text, day(1))).nonce == trust::nonce_of(text)));
    activate("B", day(1));
    BOOST_TEST(!said(answered(text, day(2))).active); // B's goes on.
    BOOST_TEST(said(answered(showing("B", 2, day(2)), day(2))).active);
    BOOST_TEST((refused(receipt("A", 1, day(2)), day(2)).code == Code::document_used));
}

BOOST_AUTO_TEST_CASE(an_old_or_strange_receipt_ends_nothing)
{
    activate("A", day(0));
    activate("A", day(1));
    BOOST_TEST((refused(receipt("A", 1, day(1)), day(1)).code == Code::document_used));
    BOOST_TEST((refused(receipt("A", 3, day(1)), day(1)).code == Code::document_used));
    BOOST_TEST((refused(receipt("B", 2, day(1)), day(1)).code == Code::document_used));
    BOOST_TEST(said(answered(showing("A", 2, day(1)), day(1))).active);
    BOOST_TEST(!said(answered(showing("A", 1, day(1)), day(1))).active);
}

BOOST_AUTO_TEST_CASE(a_receipt_counts_however_old_it_is)
{
    activate("A", day(0));
    BOOST_TEST(!said(answered(receipt("A", 1, day(1)), day(900))).active);
}

BOOST_AUTO_TEST_CASE(a_receipt_that_a_restored_host_has_forgotten_is_taken_no_more)
{
    activate("A", day(0));
    const std::string forgotten = receipt("A", 1, day(1));
    answered(showing("A", 1, day(2), {}, day(1, 1s)), day(2)); // Restored, started, and alive.
    BOOST_TEST((refused(forgotten, day(2)).code == Code::document_used));
    BOOST_TEST(said(answered(showing("A", 1, day(2), {}, day(1, 1s)), day(2))).active);
    BOOST_TEST(!said(answered(receipt("A", 1, day(1, 1s)), day(3))).active);
    BOOST_TEST((refused(forgotten, day(3)).code == Code::document_used));
}

BOOST_AUTO_TEST_CASE(a_start_that_is_shown_late_or_again_makes_no_receipt_good_again)
{
    activate("A", day(0));
    const std::string early = showing("A", 1, day(1), {}, day(0));
    const std::string forgotten = receipt("A", 1, day(1));
    answered(showing("A", 1, day(2), {}, day(2)), day(2));
    answered(early, day(3));
    BOOST_TEST((refused(forgotten, day(3)).code == Code::document_used));
}

BOOST_AUTO_TEST_CASE(a_start_after_the_receipt_came_changes_nothing)
{
    activate("A", day(0));
    const std::string text = receipt("A", 1, day(1));
    BOOST_TEST(!said(answered(text, day(1))).active);
    BOOST_TEST(!said(answered(showing("A", 1, day(2), {}, day(2)), day(2))).active);
    BOOST_TEST(!said(answered(text, day(3))).active);
}

BOOST_AUTO_TEST_CASE(a_ticket_is_void_with_its_forgotten_receipt)
{
    activate("A", day(0));
    answered(transfer_request("A", 1, "B", day(1)), day(1));
    const std::string text = receipt("A", 1, day(1), trust::ActivationMark{node("B").key(), 2});
    answered(showing("A", 1, day(2), {}, day(2)), day(2));
    BOOST_TEST(!said(answered(showing("B", 2, day(2), text, day(1)), day(2))).active);
    BOOST_TEST(said(answered(showing("A", 1, day(2), {}, day(2)), day(2))).active);
}

BOOST_AUTO_TEST_CASE(over_tickets_their_source_gets_no_new_number_until_the_receipt_was_seen)
{
    activate("A", day(0));
    answered(transfer_request("A", 1, "B", day(1)), day(1));
    for (const Instant then : {day(1), day(400)}) { // A host may arrive by it however late.
        const Refusal no = refuse("A", then);
        BOOST_TEST((no.code == Code::already_active));
        BOOST_TEST(no.host == "A");
        BOOST_TEST(!no.detail.empty());
        BOOST_TEST((refuse("B", then).detail.empty()));
    }
    deactivate("A", 1, day(400));
    BOOST_TEST(activate("A", day(400)).number == 3U);
    BOOST_TEST(activate("A", day(400)).number == 4U); // The ticket was not of this one.
}

BOOST_AUTO_TEST_CASE(over_tickets_the_vendor_can_release)
{
    activate("A", day(0));
    answered(transfer_request("A", 1, "B", day(1)), day(1));
    BOOST_TEST(std::get<std::string>(issuer.release(number, day(2), "local:vera")) == "A");
    BOOST_TEST(activate("A", day(2)).number == 3U);
}

BOOST_AUTO_TEST_CASE(a_ticket_follows_the_activation_that_is_alive)
{
    activate("A", day(0));
    const Activation ticket = opened(answered(transfer_request("A", 1, "B", day(1)), day(1)));
    BOOST_TEST(ticket.number == 2U);
    BOOST_TEST(!ticket.nonce.has_value());
    BOOST_TEST((ticket.after == trust::ActivationMark{node("A").key(), 1}));
    BOOST_TEST(said(answered(showing("A", 1, day(1)), day(1))).active); // Nothing has moved yet.
    BOOST_TEST(!said(answered(showing("B", 2, day(1)), day(1))).active);
    const std::string text =
        receipt("A", 1, day(1), trust::ActivationMark{node("B").key(), ticket.number});
    BOOST_TEST(!said(answered(text, day(1))).active);
    BOOST_TEST(said(answered(showing("B", 2, day(1)), day(1))).active);
    BOOST_TEST((refuse("A", day(1)).host == "B"));
}

BOOST_AUTO_TEST_CASE(a_showing_brings_its_receipt_along)
{
    activate("A", day(0));
    answered(transfer_request("A", 1, "B", day(1)), day(1));
    const std::string text = receipt("A", 1, day(1), trust::ActivationMark{node("B").key(), 2});
    BOOST_TEST(said(answered(showing("B", 2, day(1), text), day(1))).active);
    BOOST_TEST(!said(answered(showing("A", 1, day(1)), day(1))).active);
    BOOST_TEST(said(answered(showing("B", 2, day(2), text), day(2))).active);
}

BOOST_AUTO_TEST_CASE(a_receipt_to_a_ticket_that_nobody_gave_moves_nothing)
{
    activate("A", day(0));
    const std::string text = receipt("A", 1, day(1), trust::ActivationMark{node("B").key(), 2});
    BOOST_TEST((refused(text, day(1)).code == Code::document_used));
    BOOST_TEST((refused(showing("B", 2, day(1), text), day(1)).code == Code::document_used));
    BOOST_TEST(said(answered(showing("A", 1, day(1)), day(1))).active);
}

BOOST_AUTO_TEST_CASE(a_move_that_is_tried_again_gets_the_same_ticket)
{
    activate("A", day(0));
    const std::string ticket = answered(transfer_request("A", 1, "B", day(1)), day(1));
    for (int again = 0; again < 5; ++again)
        BOOST_TEST(answered(transfer_request("A", 1, "B", day(1)), day(1)) == ticket);
}

BOOST_AUTO_TEST_CASE(tickets_that_wait_count_as_transfers_until_they_lapse)
{
    activate("A", day(0));
    for (const char* to : {"B", "C", "D"})
        answered(transfer_request("A", 1, to, day(1)), day(1));
    const Refusal no = refused(transfer_request("A", 1, "E", day(1)), day(1));
    BOOST_TEST((no.code == Code::transfer_limit));
    BOOST_TEST((no.retry_at == day(366)));
    BOOST_TEST(opened(answered(transfer_request("A", 1, "E", day(31)), day(31))).number == 5U);
}

BOOST_AUTO_TEST_CASE(a_ticket_is_given_to_the_source_only_and_for_what_is_alive)
{
    activate("A", day(0));
    BOOST_TEST(
        (refused(transfer_request("B", 1, "C", day(0)), day(0)).code == Code::not_active_here));
    BOOST_TEST(
        (refused(transfer_request("A", 2, "C", day(0)), day(0)).code == Code::not_active_here));
    deactivate("A", 1, day(0));
    BOOST_TEST(
        (refused(transfer_request("A", 1, "C", day(0)), day(0)).code == Code::not_active_here));
}

BOOST_AUTO_TEST_CASE(a_license_that_has_ended_moves_along_with_its_server)
{
    sold.license.to = day(10);
    code = issuer.sell(sold, day(0), "local:vera");
    activate("A", day(0));
    const Activation ticket = opened(answered(transfer_request("A", 1, "B", day(11)), day(11)));
    BOOST_TEST((ticket.license.to == day(10)));
}

BOOST_AUTO_TEST_CASE(what_is_active_nowhere_is_released_from_the_limit_of_transfers)
{
    BOOST_TEST((std::get<Refusal>(issuer.release(number, day(0), "local:vera")).code ==
                Code::not_active_here)); // Nobody ever had it.
    activate("A", day(0));
    move({"A", "B", "C", "D"}, 1);
    deactivate("D", 4, day(10));
    BOOST_TEST((refuse("E", day(10)).code == Code::transfer_limit));
    BOOST_TEST(std::get<std::string>(issuer.release(number, day(10), "local:vera")) == "D");
    BOOST_TEST((std::get<Refusal>(issuer.release(number, day(10), "local:vera")).code ==
                Code::not_active_here)); // Once is enough.
    BOOST_TEST(activate("E", day(10)).number == 5U);
    deactivate("E", 5, day(11));
    BOOST_TEST((refuse("F", day(11)).code == Code::transfer_limit));
}

BOOST_AUTO_TEST_CASE(a_burnt_host_is_released_and_that_is_no_transfer) // A-R29, A-S20
{
    activate("A", day(0));
    move({"A", "B", "C", "D"}, 1);
    BOOST_TEST(std::get<std::string>(issuer.release(number, day(10), "local:vera")) == "D");
    BOOST_TEST((std::get<Refusal>(issuer.release(number, day(10), "local:vera")).code ==
                Code::not_active_here));
    BOOST_TEST(activate("E", day(10)).number == 5U);
    BOOST_TEST(!said(answered(showing("D", 4, day(11)), day(11))).active);
    BOOST_TEST((refused(receipt("D", 4, day(11)), day(11)).code == Code::document_used));
    deactivate("E", 5, day(11));
    BOOST_TEST((refuse("F", day(11)).code == Code::transfer_limit));
}

BOOST_AUTO_TEST_CASE(an_emergency_lasts_seven_days_on_one_host) // A-R29, A-S20
{
    activate("A", day(0));
    const std::string week = std::get<std::string>(issuer.emergency(number, day(1), "local:vera"));
    const Activation bridged = activate("B", day(2), "machine", week);
    BOOST_TEST((bridged.license.to == day(8)));
    BOOST_TEST(!said(answered(showing("A", 1, day(2)), day(2))).active);
    BOOST_TEST((refuse("C", day(2), "machine", week).host == "B"));
    BOOST_TEST((refuse("C", day(2)).host == "B"));
    BOOST_TEST(said(answered(showing("B", 2, day(7)), day(7))).active);
    BOOST_TEST(!said(answered(showing("B", 2, day(8)), day(8))).active);
    BOOST_TEST((refuse("B", day(8), "machine", week).code == Code::bad_activation_code));
    BOOST_TEST(activate("C", day(8)).number == 3U);
}

BOOST_AUTO_TEST_CASE(an_emergency_moves_nowhere)
{
    const std::string week = std::get<std::string>(issuer.emergency(number, day(1), "local:vera"));
    activate("A", day(1), "machine", week);
    BOOST_TEST((refused(transfer_request("A", 1, "B", day(1)), day(1)).code ==
                Code::nodelock_kind_not_allowed));
}

BOOST_AUTO_TEST_CASE(what_this_record_never_gave_it_does_not_declare_dead)
{
    BOOST_TEST((refused(showing("A", 1, day(0)), day(0)).code == Code::document_used));
}

BOOST_AUTO_TEST_SUITE_END()
