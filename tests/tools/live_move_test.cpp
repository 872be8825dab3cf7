#include "tests/tools/town.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher;
using namespace usher::tools;
using namespace usher::tests;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(live_move, Town)

BOOST_AUTO_TEST_CASE(everything_is_said_in_its_order_and_the_switch_carries_the_tail_only)
{
    LiveMove move = courier();
    BOOST_TEST(!go(move).has_value());
    const std::vector<std::string> expected = {"source node_show",
                                               "target node_show",
                                               "source move_begin",
                                               "target look",
                                               "source transfer_make",
                                               "issuer",
                                               "target arrival_begin",
                                               "source move_read",
                                               "target follow",
                                               "source move_read",
                                               "target follow",
                                               "source move_read",
                                               "source depart",
                                               "source move_read",
                                               "target follow",
                                               "target arrive",
                                               "source departure_confirm",
                                               "issuer",
                                               "source issuer_answer_load"};
    BOOST_TEST(said == expected, boost::test_tools::per_element());
    BOOST_TEST(move.facts() == facts);
    BOOST_TEST((move.pause() == 4ms)); // From depart to arrive.
    BOOST_TEST(warnings.empty());
    BOOST_REQUIRE(move.deliveries().size() == 1U);
    BOOST_TEST(move.deliveries().front().has_been_made);
}

BOOST_AUTO_TEST_CASE(interrupted_anywhere_and_begun_anew_it_finishes)
{
    for (const bool heard : {false, true}) {
        for (int at = 1;; ++at) {
            BOOST_TEST_CONTEXT("interrupted at " << at << (heard ? ", heard" : ", not heard"))
            {
                Town town;
                town.deadly = at;
                town.is_heard = heard;
                LiveMove move = town.courier();
                const auto fault = town.go(move);
                // A receipt that is not delivered is no failure.
                if (!fault && town.warnings.empty()) {
                    BOOST_TEST(at > 19);
                    break;
                }
                BOOST_TEST(move.is_between() == (fault && town.count_of("source depart") == 1 &&
                                                 town.count_of("source departure_confirm") == 0));
                LiveMove again = town.courier();
                BOOST_TEST(!town.go(again).has_value());
                BOOST_TEST(town.is_moved());
                BOOST_TEST(town.has_receipt_delivered);
                BOOST_TEST(town.count_of("source depart") <= 2);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_was_finished_is_not_begun_again)
{
    LiveMove move = courier();
    BOOST_TEST(!go(move).has_value());
    said.clear();
    LiveMove again = courier(); // By now the target may have moved on.
    BOOST_TEST(!go(again).has_value());
    BOOST_TEST(again.is_finished());
    BOOST_TEST(!again.is_between());
    const std::vector<std::string> expected = {"source node_show", "target node_show",
                                               "source move_begin", "issuer",
                                               "source issuer_answer_load"};
    BOOST_TEST(said == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_source_that_is_never_at_rest_departs_all_the_same)
{
    facts_meanwhile = 900; // More than fits into a part.
    LiveMove move = courier();
    BOOST_TEST(!go(move).has_value());
    BOOST_TEST(is_moved());
}

BOOST_AUTO_TEST_CASE(who_is_refused_the_departure_is_not_between_two_servers)
{
    MoveParties strict = parties();
    strict.source = [ask = strict.source](const v1::Operate& operate) {
        if (operate.has_depart()) {
            v1::Refused no;
            no.set_code("NOT_MOVABLE");
            throw Refused(std::move(no));
        }
        return ask(operate);
    };
    LiveMove move(strict, {.uri = uri, .host = "b", .issuer = {}});
    move.begin();
    move.fetch_tickets();
    move.follow();
    BOOST_CHECK_THROW(move.switch_over(), Refused);
    BOOST_TEST(!move.is_between());
    BOOST_TEST(move.has_followed());
}

BOOST_AUTO_TEST_CASE(nothing_happens_at_the_target_where_a_ticket_cannot_be_had)
{
    is_unreachable = true;
    LiveMove move = courier();
    BOOST_TEST(go(move).has_value());
    BOOST_TEST(!move.is_between());
    BOOST_TEST(count_of("target arrival_begin") == 0);
}

BOOST_AUTO_TEST_CASE(who_knows_no_issuer_is_told_of_one_and_of_files)
{
    source_issuer.clear();
    LiveMove move = courier();
    const auto fault = go(move);
    BOOST_REQUIRE(fault.has_value());
    BOOST_TEST(fault->what() == "no issuer is known that could give a ticket for " + license);
    BOOST_TEST(fault->hints().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_target_that_has_something_is_refused_before_a_ticket_is_asked_for)
{
    target_picture.add_profiles()->set_name("Client");
    LiveMove move = courier();
    BOOST_TEST(go(move).has_value());
    BOOST_TEST(count_of("issuer") == 0);
    target_picture.set_mode("arriving");
    target_picture.set_arriving_from(trust::short_name_of(b.key()));
    LiveMove in_vain = courier();
    BOOST_TEST(go(in_vain).has_value());
    BOOST_TEST(count_of("issuer") == 0);
    target_picture.set_arriving_from(trust::short_name_of(a.key())); // With an earlier run.
    LiveMove again = courier();
    BOOST_TEST(!go(again).has_value());
}

BOOST_AUTO_TEST_CASE(a_server_is_not_moved_to_itself)
{
    MoveParties same = parties();
    same.target = same.source;
    LiveMove move(same, {.uri = uri, .host = "a", .issuer = {}});
    const auto fault = go(move);
    BOOST_REQUIRE(fault.has_value());
    BOOST_TEST(std::string(fault->what()) == "the target is the source itself");
}

BOOST_AUTO_TEST_CASE(tickets_from_files_are_used_where_they_are_for_this_move)
{
    LiveMove move = courier();
    move.begin();
    BOOST_REQUIRE(move.requests().size() == 1U);
    BOOST_CHECK_THROW(move.add_ticket("rubbish"), Fault);
    BOOST_CHECK_THROW(move.add_ticket(ticket(7)), Fault); // Of an activation that has ended.
    BOOST_CHECK_THROW(move.add_ticket(ticket(1, node("c"))), Fault);
    const trust::Node before = trust::Node::open(
        scratch.path() / "b", {{"machine_id", "before", ""}, {"mac", "before", ""}});
    BOOST_CHECK_THROW(move.add_ticket(ticket(1, before)), Fault); // b has other hardware now.
    move.add_ticket(ticket(1));
    BOOST_TEST(move.requests().empty());
    move.fetch_tickets();
    BOOST_TEST(count_of("issuer") == 0);
}

BOOST_AUTO_TEST_CASE(clocks_that_differ_by_more_than_a_minute_are_warned_of)
{
    for (const std::int64_t seconds : {-61, -59, 59, 61}) {
        warnings.clear();
        target_clock_us = seconds * 1'000'000;
        LiveMove move = courier();
        move.begin();
        move.fetch_tickets();
        move.follow();
        BOOST_TEST(warnings.size() == (std::abs(seconds) > 60 ? 1U : 0U));
        if (!warnings.empty())
            BOOST_TEST(warnings.front().find(seconds > 0 ? " ahead of " : " behind ") !=
                       std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_source_where_too_much_happens_is_switched_all_the_same)
{
    facts_meanwhile = 300;
    LiveMove move = courier();
    BOOST_TEST(!go(move).has_value());
    BOOST_TEST(count_of("source move_read") < 100);
    BOOST_TEST(is_moved());
}

BOOST_AUTO_TEST_CASE(a_receipt_that_cannot_be_delivered_is_a_warning_with_its_cure)
{
    LiveMove move = courier();
    move.begin();
    move.fetch_tickets();
    move.follow();
    move.switch_over();
    is_unreachable = true;
    move.deliver_receipts();
    BOOST_REQUIRE(warnings.size() == 1U);
    BOOST_TEST(warnings.front().find("usher license check " + license) != std::string::npos);
    BOOST_TEST(!move.deliveries().front().has_been_made);
}

BOOST_AUTO_TEST_SUITE_END()
