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
            .holders = {}};
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
    {Code::unknown_profile, "there is no profile SUBJECT"},
    {Code::unknown_pool, "there is no pool SUBJECT"},
    {Code::unknown_license, "there is no license SUBJECT"},
    {Code::unknown_lease, "there is no such leaseDETAIL"},
    {Code::lease_id_reused, "this lease id belongs to another checkout"},
    {Code::name_taken, "the name SUBJECT is taken"},
    {Code::list_full, "7 named users are more than the 80 that SUBJECT may list"},
    {Code::pool_closed, "SUBJECT is closed"},
    {Code::not_leasable, "nothing is lent from SUBJECT itself"},
    {Code::not_registered_user, "DETAIL is not a named user of SUBJECT"},
    {Code::nodelock_mismatch, "SUBJECT is locked to another host"},
    {Code::expired, "SUBJECT has expired"},
    {Code::not_yet_valid, "SUBJECT is not valid yet"},
    {Code::not_active_here, "SUBJECT is not active on this server"},
    {Code::pool_locked, "SUBJECT is locked: 81 units are held and it has 80, 3 too few"},
    {Code::no_free_seat, "no free seats available: 81 of 80 units of SUBJECT are held, and 2 wait"},
    {Code::capacity_exceeded, "a capacity of 7 is more than the 80 units behind profile SUBJECT"},
    {Code::limit_reached, "a limit of this server is reached: DETAIL"},
    {Code::leases_outstanding, "81 units of SUBJECT are still held"},
    {Code::license_invalid, "this is not a valid license: DETAIL"},
    {Code::unknown_vendor, "the license was not signed by a trusted vendor: DETAIL"},
    {Code::already_installed, "license SUBJECT is installed already"},
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

BOOST_AUTO_TEST_CASE(who_names_no_profile_is_told_so)
{
    Refusal one = full(Code::unknown_profile);
    one.subject.clear();
    BOOST_TEST(sentence(one) == "no profile was named, and this server has no default one");
}

BOOST_AUTO_TEST_SUITE_END()
