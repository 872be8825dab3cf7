#include "daemon/trust/text.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace usher::trust;

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(every_language_is_plain)
{
    for (const char* plain : {"", "PROSession", "b\xc3\xbcro", "\xd0\xb7\xd0\xb0\xd0\xbb",
                              "\xe5\xba\xa7\xe5\xb8\xad", "\xf0\x9f\x8e\xad", "a b", "\"\\<>&'"})
        BOOST_TEST(is_plain_text(plain), plain);
}

BOOST_AUTO_TEST_CASE(what_hides_or_turns_text_is_not)
{
    for (const char* bad :
         {"a\nb", "\x1b[2J", "\t", "\x7f", "\xc2\x80", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\xa8",
          "\xe2\x80\x8f", "\xe2\x81\xa6", "\xd8\x9c", "\xef\xbb\xbf"})
        BOOST_TEST(!is_plain_text(bad), "a character that deceives was let through");
    BOOST_TEST(!is_plain_text(std::string("a\0b", 3)));
}

BOOST_AUTO_TEST_CASE(what_is_not_utf_8_is_not)
{
    for (const char* bad :
         {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xc3\x28", "\xe0\x80\xaf", "\xe2\x82",
          "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x9f\x8e", "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80", "\xff"})
        BOOST_TEST(!is_plain_text(bad), "bytes that are not UTF-8 were let through");
}

BOOST_AUTO_TEST_CASE(a_name_has_a_length_and_no_space_at_its_ends)
{
    BOOST_TEST(is_plain_name("a", 4));
    BOOST_TEST(is_plain_name("a  b", 4));
    BOOST_TEST(!is_plain_name("a   b", 4));
    for (const char* bad : {"", " ", " a", "a ", "a\n"})
        BOOST_TEST(!is_plain_name(bad, 4), bad);
}

BOOST_AUTO_TEST_CASE(only_white_space_around_a_text_is_taken_off)
{
    BOOST_TEST(without_surrounding_space(" \r\n\ta b\n") == "a b");
    BOOST_TEST(without_surrounding_space("") == "");
    BOOST_TEST(without_surrounding_space(" \n") == "");
    BOOST_TEST(without_surrounding_space("\va") == "\va");
}

BOOST_AUTO_TEST_SUITE_END()
