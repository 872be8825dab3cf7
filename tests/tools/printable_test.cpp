#include "tools/printable.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <utility>

using namespace usher::tools;

BOOST_AUTO_TEST_SUITE(text_from_strangers)

BOOST_AUTO_TEST_CASE(what_is_printable_stays_as_it_is)
{
    for (const std::string_view text :
         {"daisy", "Дейзи", "デイジー", "DOMAIN\\daisy", "<script>", "a b", "Zoë", "🦆"})
        BOOST_TEST(printable(text) == text);
}

BOOST_AUTO_TEST_CASE(what_moves_a_terminal_or_hides_is_written_out)
{
    const auto pairs = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"a\nb", "a\\x0ab"},
        {"\x1b[2Jgone", "\\x1b[2Jgone"},
        {"tab\there", "tab\\x09here"},
        {"\x7f", "\\x7f"},
        {"\xc2\x9b"
         "31m",
         "\\u{9b}31m"}, // The one-byte CSI of some terminals.
        {"\xe2\x80\xae"
         "daisy",
         "\\u{202e}daisy"},                      // Turns the line around.
        {"da\xe2\x80\x8bisy", "da\\u{200b}isy"}, // Looks like another name.
        {std::string_view("\0", 1), "\\x00"},
    });
    for (const auto& [text, expected] : pairs)
        BOOST_TEST(printable(text) == expected);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf8_are_written_out_one_by_one)
{
    const auto pairs = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"\xff", "\\xff"},
        {"\xc3", "\\xc3"},                            // Cut off.
        {"\xc3(", "\\xc3("},                          // Not continued.
        {"\xc0\xaf", "\\xc0\\xaf"},                   // An overlong `/`.
        {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},          // The same in three bytes.
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          // A surrogate.
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, // Beyond the last character.
        {"\x80", "\\x80"},
    });
    for (const auto& [text, expected] : pairs)
        BOOST_TEST(printable(text) == expected);
}

BOOST_AUTO_TEST_CASE(columns_are_those_of_a_terminal)
{
    BOOST_TEST(columns_of("") == 0U);
    BOOST_TEST(columns_of("daisy") == 5U);
    BOOST_TEST(columns_of("Zoë") == 3U);
    BOOST_TEST(columns_of("Zoe\xcc\x88") == 3U); // The dots as a character of their own.
    BOOST_TEST(columns_of("デイジー") == 8U);
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
