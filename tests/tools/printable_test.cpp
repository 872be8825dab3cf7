#include "tools/printable.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher::tools;

BOOST_AUTO_TEST_SUITE(text_from_strangers)

BOOST_AUTO_TEST_CASE(columns_are_those_of_a_terminal)
{
    BOOST_TEST(columns_of("") == 0U);
    BOOST_TEST(columns_of("daisy") == 5U);
    BOOST_TEST(columns_of("Zoë") == 3U);
    BOOST_TEST(columns_of("Zoe\xcc\x88") == 3U); // The dots as a character of their own.
    BOOST_TEST(columns_of("デイジー") == 8U);
    BOOST_TEST(columns_of("نمی\u200cدانم") == 7U); // The joiner takes no column.
}

BOOST_AUTO_TEST_CASE(a_long_text_is_cut_between_characters)
{
    BOOST_TEST(cut("daisy", 5) == "daisy");
    BOOST_TEST(cut("daisies", 5) == "dais…");
    BOOST_TEST(cut("デイジー", 8) == "デイジー");
    BOOST_TEST(cut("デイジー", 7) == "デイジ…");
    BOOST_TEST(cut("デイジー", 6) == "デイ…"); // Half a character cannot be shown.
}

BOOST_AUTO_TEST_SUITE_END()
