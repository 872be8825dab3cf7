#include "daemon/server/peer_log.hpp"

#include "tests/server/logged.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

using namespace usher;
using namespace usher::server;

namespace {

struct Listening : usher::test::Logged {
    Speaker speaker{{7}, "127.0.0.1:53412", "key:solver", "solver 1"};
    PeerLog log;

    [[nodiscard]] long lines() const
    {
        const std::string all = text.str();
        return std::ranges::count(all, '\n');
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(peer_log, Listening)

BOOST_AUTO_TEST_CASE(words_of_a_peer_stay_in_their_line_and_in_their_quotes)
{
    BOOST_TEST(quoted("plain words") == "\"plain words\"");
    BOOST_TEST(quoted("two\nlines") == "\"two\\x0alines\"");
    BOOST_TEST(quoted("\x1b[31mred") == "\"\\x1b[31mred\"");
    BOOST_TEST(quoted("a\"b\\c") == "\"a\\x22b\\x5cc\"");
    BOOST_TEST(quoted("ü") == "\"ü\"");
    BOOST_TEST(quoted("\xfc") == "\"\\xfc\"");
    BOOST_TEST(quoted("aü", 2) == "\"a…\""); // Between two characters.
    BOOST_TEST(quoted(std::string(1000, 'a'), 3) == "\"aaa…\"");
}

BOOST_AUTO_TEST_CASE(an_end_is_one_line_with_its_fields_in_order)
{
    log.ended(speaker,
              {.parting = Parting::idle, .requests = 3, .refused = 1, .leases = 2, .lasted = {}},
              10);
    BOOST_TEST(text.str() ==
               "info ended connection=7 peer=127.0.0.1:53412 identity=\"key:solver\" "
               "client=\"solver 1\" reason=idle requests=3 refused=1 leases=2 ms=0 fault=\"\"\n");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_one_line_with_its_numbers_and_whose_wish_it_was)
{
    const Wish wish{"dai\"sy", "Pro\nfile", {0xa1}};
    log.refused(speaker, "checkout",
                {.code = ledger::Code::pool_locked,
                 .subject = "PRO\nSession",
                 .detail = "line\n",
                 .because = ledger::Code::expired,
                 .stock = 8,
                 .held = 9,
                 .want = 2,
                 .short_by = 3,
                 .queue = 0},
                &wish, 10);
    BOOST_TEST(text.str() ==
               "info refused connection=7 peer=127.0.0.1:53412 identity=\"key:solver\" "
               "client=\"solver 1\" verb=\"checkout\" code=POOL_LOCKED "
               "subject=\"PRO\\x0aSession\" detail=\"line\\x0a\" because=EXPIRED stock=8 held=9 "
               "want=2 short=3 queue=0 user=\"dai\\x22sy\" profile=\"Pro\\x0afile\" "
               "lease=00000000000000a1\n");
}

BOOST_AUTO_TEST_CASE(what_a_refusal_does_not_say_is_a_dash)
{
    log.refused(speaker, "renew", {.code = ledger::Code::bad_request}, nullptr, 10);
    BOOST_TEST(text.str().ends_with("subject=\"\" detail=\"\" because=- stock=- held=- want=- "
                                    "short=- queue=- user=- profile=- lease=-\n"));
}

BOOST_AUTO_TEST_CASE(a_flood_of_refusals_is_no_flood_of_lines)
{
    for (int i = 0; i < 1000; ++i)
        log.refused(speaker, "checkout", {}, nullptr, 5);
    BOOST_TEST(lines() >= 5);
    BOOST_TEST(lines() <= 20); // A second may have ended in between.
}

BOOST_AUTO_TEST_CASE(every_parting_has_its_own_word)
{
    std::set<std::string_view> words;
    for (int i = 0; i <= static_cast<int>(Parting::stopping); ++i)
        words.insert(word(static_cast<Parting>(i)));
    BOOST_TEST(words.size() == static_cast<std::size_t>(Parting::stopping) + 1);
    BOOST_TEST(!words.contains(""));
}

BOOST_AUTO_TEST_SUITE_END()
