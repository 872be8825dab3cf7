#include "daemon/ledger/refusal.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cctype>
#include <map>
#include <set>

namespace {

using namespace usher::ledger;

constexpr auto codes_count = static_cast<int>(Code::unsupported) + 1;

/// A refusal that carries everything, so that no part of any sentence is left empty.
Refusal full(Code code)
{
    return {.code = code,
            .subject = "SUBJECT",
            .detail = "DETAIL",
            .wanted = {},
            .because = {},
            .stock = 80,
            .held = 81,
            .want = 7,
            .short_by = 3,
            .queue = 2,
            .holders = {},
            .host = "HOST",
            .retry_at = CalendarInstant(std::chrono::seconds(1'900'000'000))};
}

/// The sentences as people read them.
const std::map<Code, std::string> sentences{
    {Code::bad_request, "the request cannot be understood: DETAIL"},
    {Code::bad_name, "SUBJECT is not a name: DETAIL"},
    {Code::bad_quantity, "7 is no quantity for SUBJECT"},
    {Code::not_allowed, "this needs another role: DETAIL"},
    {Code::unknown_credential, "SUBJECT is not known here, or was revoked"},
    {Code::in_maintenance, "the server is in maintenance and lends nothing new"},
    {Code::not_in_maintenance, "this is done in maintenance mode only"},
    {Code::server_ending, "the server is stopping"},
    {Code::server_departed, "what this server lent is lent by another one now: DETAIL"},
    {Code::server_arriving, "the server is taking over from another one"},
    {Code::unknown_profile, "there is no profile SUBJECT"},
    {Code::unknown_pool, "there is no pool SUBJECT"},
    {Code::unknown_license, "there is no license SUBJECT"},
    {Code::unknown_lease, "there is no such leaseDETAIL"},
    {Code::lease_id_reused, "this lease id belongs to another checkoutDETAIL"},
    {Code::name_taken, "the name SUBJECT is taken"},
    {Code::list_full, "7 named users are more than the 80 that SUBJECT may list"},
    {Code::not_registered_user, "DETAIL is not a named user of SUBJECT"},
    {Code::nodelock_mismatch, "SUBJECT is locked to another host"},
    {Code::expired, "SUBJECT has expired"},
    {Code::not_yet_valid, "SUBJECT is not valid yet"},
    {Code::not_active_here, "license SUBJECT was never activated here: DETAIL"},
    {Code::activation_pending, "SUBJECT waits for the response to its activation request"},
    {Code::activation_lapsed,
     "SUBJECT has lapsed: this host did not show itself to the issuer in time, or was refused"},
    {Code::state_in_doubt,
     "SUBJECT may have ended here: this host's counter does not show that the "
     "state directory is the newest"},
    {Code::unknown_party, "there is no DETAIL SUBJECT"},
    {Code::unknown_scheme, "there is no scheme SUBJECT"},
    {Code::unknown_product, "there is no product SUBJECT hereDETAIL"},
    {Code::unknown_requirement, "nothing is required as SUBJECTDETAIL"},
    {Code::in_use, "SUBJECT is in use: DETAIL"},
    {Code::consolidation_not_allowed, "SUBJECT cannot be consolidated like this: DETAIL"},
    {Code::covers_requirements, "license SUBJECT covers DETAIL with 81 rights"},
    {Code::needs_no_license, "SUBJECT is DETAIL, and needs no license of its own"},
    {Code::only_trigger_license, "SUBJECT is covered by license DETAIL, and by no other beside it"},
    {Code::model_change_not_allowed, "the model of SUBJECT is not changed: it is DETAIL"},
    {Code::downgrade_cycle, "license SUBJECT would let a product be downgraded to itself: DETAIL"},
    {Code::wrong_kind, "SUBJECT is not of the kind that is needed: DETAIL"},
    {Code::not_in_scheme, "SUBJECT does not allow this: DETAIL"},
    {Code::other_root, "units stay under their root: SUBJECT is under another one: DETAIL"},
    {Code::root_pool, "SUBJECT is a root: DETAIL"},
    {Code::not_home_pool, "DETAIL has no seats in SUBJECT: its units come from another pool"},
    {Code::not_leasable, "SUBJECT lends no seats itself: its units are for the pools under it"},
    {Code::pool_closed, "pool SUBJECT is closed or no longer there"},
    {Code::insufficient_units, "7 units are more than the 80 that SUBJECT has"},
    {Code::would_overcommit, "without it SUBJECT has 3 too few for what is held: DETAIL"},
    {Code::would_drop, "81 leases of SUBJECT would end by this"},
    {Code::pool_locked, "SUBJECT is locked: 81 units are held and it has 80, 3 too few"},
    {Code::no_free_seat, "no free seats available: 81 of 80 units of SUBJECT are held, and 2 wait"},
    {Code::capacity_exceeded, "a capacity of 7 is more than the 80 units behind profile SUBJECT"},
    {Code::limit_reached, "a limit of this server is reached: DETAIL"},
    {Code::leases_outstanding, "81 units of SUBJECT are still held"},
    {Code::license_invalid, "this is not a valid license: DETAIL"},
    {Code::unknown_vendor, "the license was not signed by a trusted vendor: DETAIL"},
    {Code::already_installed, "license SUBJECT is installed already"},
    {Code::bad_activation_code, "this is no activation codeDETAIL"},
    {Code::already_active, "license SUBJECT is active on HOST, and DETAIL"},
    {Code::transfer_limit, "license SUBJECT was moved as often as it may be; the next move is "
                           "possible from 2030-03-17 17:46:40 UTC"},
    {Code::nodelock_kind_locked,
     "license SUBJECT is locked to a machine, and cannot become personal"},
    {Code::nodelock_kind_not_allowed,
     "license SUBJECT is not sold with this kind of node-lock: DETAIL"},
    {Code::document_invalid, "this document is not what it should be: DETAIL"},
    {Code::document_expired, "this document is too old, or of a clock that is wrong: DETAIL"},
    {Code::document_used, "this document is of no use any more: DETAIL"},
    {Code::product_mismatch, "SUBJECT is another product than what stands here: DETAIL"},
    {Code::not_movable, "license SUBJECT cannot be moved: DETAIL"},
    {Code::target_not_empty, "the server that should take over has licenses of its own"},
    {Code::unsupported, "this server does not know that request: DETAIL"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(refusal)

BOOST_AUTO_TEST_CASE(every_code_says_its_sentence_with_its_numbers)
{
    BOOST_TEST(sentences.size() == static_cast<std::size_t>(codes_count));
    for (const auto& [code, text] : sentences)
        BOOST_TEST(sentence(full(code)) == text);
}

BOOST_AUTO_TEST_CASE(every_code_has_a_word_of_its_own_fit_for_programs)
{
    std::set<std::string> words;
    for (int code = 0; code < codes_count; ++code) {
        const std::string text(word(static_cast<Code>(code)));
        BOOST_TEST(words.insert(text).second, text);
        BOOST_TEST(std::ranges::all_of(text, [](char c) { return std::isupper(c) || c == '_'; }));
    }
}

BOOST_AUTO_TEST_CASE(every_refusal_names_a_cure_without_a_full_stop_or_a_gap)
{
    for (int code = 0; code < codes_count; ++code) {
        const Refusal one = full(static_cast<Code>(code));
        BOOST_TEST(!cures(one).empty(), word(one.code));
        for (const std::string& cure : cures(one)) {
            BOOST_TEST(!cure.empty());
            BOOST_TEST(cure.back() != '.');
            BOOST_TEST(cure.find('{') == std::string::npos);
        }
        BOOST_TEST(sentence(one).find('{') == std::string::npos);
        BOOST_TEST(sentence(one).back() != '.');
    }
}

BOOST_AUTO_TEST_CASE(units_that_go_elsewhere_would_be_missing_in_the_pool_itself)
{
    Refusal one = full(Code::would_overcommit);
    one.detail.clear();
    BOOST_TEST(sentence(one) == "without 7 of its 80 units SUBJECT has too few: 81 are held, 3 "
                                "would be missing");
}

BOOST_AUTO_TEST_CASE(one_of_something_is_said_as_one)
{
    Refusal one = full(Code::insufficient_units);
    one.want = 1;
    BOOST_TEST(sentence(one) == "1 unit is more than the 80 that SUBJECT has");
    one = full(Code::would_drop);
    one.held = 1;
    BOOST_TEST(sentence(one) == "1 lease of SUBJECT would end by this");
    one = full(Code::leases_outstanding);
    one.held = 1;
    one.detail.clear();
    BOOST_TEST(sentence(one) == "1 unit of SUBJECT is still held");
}

BOOST_AUTO_TEST_CASE(nobody_in_the_queue_is_not_mentioned)
{
    Refusal one = full(Code::no_free_seat);
    one.queue = 0;
    BOOST_TEST(sentence(one) == "no free seats available: 81 of 80 units of SUBJECT are held");
}

BOOST_AUTO_TEST_CASE(who_asks_for_more_than_there_is_is_not_told_to_wait)
{
    Refusal one = full(Code::no_free_seat);
    one.want = 81;
    BOOST_TEST(sentence(one) ==
               "no free seats available: 81 units of SUBJECT are wanted, and it has 80");
    BOOST_TEST(cures(one).front() == "ask for fewer units");
}

BOOST_AUTO_TEST_CASE(what_another_stands_on_is_named_with_it)
{
    Refusal one = full(Code::expired);
    one.wanted = "PROSession";
    BOOST_TEST(sentence(one) == "SUBJECT, which PROSession stands on, has expired");
}

BOOST_AUTO_TEST_CASE(a_lock_says_why_and_is_cured_by_the_cure_of_that)
{
    Refusal one = full(Code::pool_locked);
    BOOST_TEST(cures(one).front() == "give seats back");
    one.because = Code::expired;
    BOOST_TEST(sentence(one) ==
               "SUBJECT is locked: 81 units are held and it has 80, 3 too few (EXPIRED)");
    BOOST_TEST(cures(one) == cures(full(Code::expired)), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(numbers_of_what_is_unlimited_are_said_so)
{
    Refusal one = full(Code::no_free_seat);
    one.stock = {};
    BOOST_TEST(sentence(one) ==
               "no free seats available: 81 of unlimited units of SUBJECT are held, and 2 wait");
}

BOOST_AUTO_TEST_CASE(what_is_not_active_is_cured_by_an_activation_where_it_had_one)
{
    Refusal one = full(Code::not_active_here);
    BOOST_TEST(cures(one).front() == "usher license remove");
    one.detail.clear();
    BOOST_TEST(sentence(one) == "SUBJECT is not active on this server");
    BOOST_TEST(cures(one).back() == "usher activate, with the vendor's activation code");
}

BOOST_AUTO_TEST_CASE(what_is_active_on_no_other_host_is_active_here)
{
    Refusal one = full(Code::already_active);
    one.host.clear();
    BOOST_TEST(sentence(one) == "license SUBJECT is active on this server");
}

BOOST_AUTO_TEST_CASE(what_is_active_elsewhere_is_cured_there_unless_a_move_is_under_way)
{
    Refusal one = full(Code::already_active);
    BOOST_TEST(cures(one).front() == "usher move, to finish what was begun");
    one.detail.clear();
    BOOST_TEST(sentence(one) == "license SUBJECT is active on HOST");
    BOOST_TEST(cures(one).front() == "usher deactivate there, and deliver its receipt");
}

BOOST_AUTO_TEST_CASE(who_names_no_profile_is_told_so)
{
    Refusal one = full(Code::unknown_profile);
    one.subject.clear();
    BOOST_TEST(sentence(one) == "no profile was named, and this server has no default one");
}

BOOST_AUTO_TEST_SUITE_END()
