#include "protocol/limits.hpp"
#include "protocol/text.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <utility>

using namespace usher::protocol;
using namespace std::string_view_literals;

namespace {

constexpr auto names = std::to_array<std::string_view>({
    "daisy",
    "a  b",
    "PROSession",
    "DOMAIN\\daisy",
    "O'Brien, Pat",
    "d’Artagnan",
    "\"&'",
    "Zoë",
    "Zoe\u0308",          // The dots as a character of their own.
    "Nguye\u0302\u0303n", // Two marks on one letter.
    "Дейзи",
    "デイジー",
    "座席 三",
    "葛\U000E0100城", // This form of the first character, and no other.
    "דייזי",
    "دیزی",
    "نمی\u200cدانم", // Persian is not spelled without.
    "ശ്രീ\u200d",     // A letter of Malayalam that ends in one.
    "क्\u200dष",
    "🦆",
    "❤\ufe0f",
    "👩\u200d💻",
    "👨\u200d👩\u200d👧",
    "🏳\ufe0f\u200d🌈",
});

constexpr std::string_view control = "holds a control character";
constexpr std::string_view unseen =
    "holds a character that is not seen, or that turns or breaks the line";

/// What is neither a name nor a line, and how it is printed.
struct Unplain {
    std::string_view text;
    std::string_view objection;
    std::string_view printed;
};
constexpr auto unplain = std::to_array<Unplain>({
    {"a\nb", control, "a\\x0ab"},
    {"tab\there", control, "tab\\x09here"},
    {"\x1b[2Jgone", control, "\\x1b[2Jgone"},
    {"\0"sv, control, "\\x00"},
    {"\x7f", control, "\\x7f"},
    {"\u0080", control, "\\u{80}"},
    {"\u009b31m", control, "\\u{9b}31m"}, // The one-character CSI of some terminals.
    {"so\u00adft", unseen, "so\\u{ad}ft"},
    {"daisy\u034f", unseen, "daisy\\u{34f}"},
    {"\u061cdaisy", unseen, "\\u{61c}daisy"},
    {"\u115fdaisy", unseen, "\\u{115f}daisy"},
    {"\u3164", unseen, "\\u{3164}"},
    {"da\u200bisy", unseen, "da\\u{200b}isy"},
    {"\u200edaisy", unseen, "\\u{200e}daisy"},
    {"\u200fdaisy", unseen, "\\u{200f}daisy"},
    {"a\u2028b", unseen, "a\\u{2028}b"},
    {"a\u2029b", unseen, "a\\u{2029}b"},
    {"\u202adaisy", unseen, "\\u{202a}daisy"},
    {"\u202edaisy", unseen, "\\u{202e}daisy"},
    {"da\u2060isy", unseen, "da\\u{2060}isy"},
    {"\u2066daisy", unseen, "\\u{2066}daisy"},
    {"daisy\u2069", unseen, "daisy\\u{2069}"},
    {"\ufeffdaisy", unseen, "\\u{feff}daisy"},
    {"\ufff9daisy", unseen, "\\u{fff9}daisy"},
    {"daisy\U000E0041", unseen, "daisy\\u{e0041}"},
    // Joiners of nothing.
    {"\u200ddaisy", unseen, "\\u{200d}daisy"},
    {"dai\u200dsy", unseen, "dai\\u{200d}sy"},
    {"dai\u200csy", unseen, "dai\\u{200c}sy"},
    {"Дей\u200cзи", unseen, "Дей\\u{200c}зи"},
    {"🦆\u200d\u200d🦆", unseen, "🦆\u200d\\u{200d}🦆"},
});

/// Bytes that are no UTF-8, and how they are printed: one by one.
constexpr auto broken = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"\x80", "\\x80"},
    {"\xbf", "\\xbf"},
    {"\xc3", "\\xc3"},                            // Cut off.
    {"\xe2\x82", "\\xe2\\x82"},                   // The same.
    {"\xf0\x9f\x8e", "\\xf0\\x9f\\x8e"},          // The same.
    {"\xc3(", "\\xc3("},                          // Not continued.
    {"\xc0\xaf", "\\xc0\\xaf"},                   // An overlong `/`.
    {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},          // The same in three bytes.
    {"\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"}, // The same in four.
    {"\xc1\xbf", "\\xc1\\xbf"},
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"}, // The first surrogate.
    {"\xed\xbf\xbf", "\\xed\\xbf\\xbf"}, // The last.
    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
    {"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},
    {"M\xfcller", "M\\xfcller"},
    {"\xff", "\\xff"},
});

} // namespace

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(every_name_that_people_have_is_one_and_is_printed_as_it_is)
{
    for (const std::string_view name : names) {
        BOOST_TEST(objection_to_name(name) == "", name);
        BOOST_TEST(objection_to_line(name) == "", name);
        BOOST_TEST(printable(name) == name);
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_show_itself_is_refused_and_written_out)
{
    for (const auto& [text, objection, printed] : unplain) {
        BOOST_TEST(objection_to_name(text) == objection, printed);
        BOOST_TEST(objection_to_line(text) == objection, printed);
        BOOST_TEST(printable(text) == printed);
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_utf_8_is_refused_and_written_out_byte_by_byte)
{
    for (const auto& [text, printed] : broken) {
        BOOST_TEST(objection_to_name(text) == "not UTF-8", printed);
        BOOST_TEST(objection_to_line(text) == "not UTF-8", printed);
        BOOST_TEST(printable(text) == printed);
    }
}

BOOST_AUTO_TEST_CASE(no_space_of_any_kind_is_around_a_name_but_around_a_line)
{
    for (const std::string_view space : {" ", "\u00a0", "\u2003", "\u202f", "\u3000"}) {
        const std::string text(space);
        BOOST_TEST(objection_to_name(text) == "begins with a space");
        BOOST_TEST(objection_to_name(text + "a") == "begins with a space");
        BOOST_TEST(objection_to_name("a" + text) == "ends with a space");
        BOOST_TEST(objection_to_name("a" + text + "b") == "");
        BOOST_TEST(objection_to_line(text + "a" + text) == "");
    }
}

BOOST_AUTO_TEST_CASE(a_name_has_no_angle_bracket_but_a_line_may)
{
    for (const std::string_view text : {"<b>", "a<b", "b>"}) {
        BOOST_TEST(objection_to_name(text) == "holds an angle bracket");
        BOOST_TEST(objection_to_line(text) == "");
        BOOST_TEST(printable(text) == text);
    }
}

BOOST_AUTO_TEST_CASE(lengths_are_those_of_the_limits)
{
    BOOST_TEST(objection_to_name("") == "empty");
    BOOST_TEST(objection_to_name(std::string(name_bytes_max, 'n')) == "");
    BOOST_TEST(objection_to_name(std::string(name_bytes_max + 1, 'n')) == "longer than 256 bytes");
    BOOST_TEST(objection_to_line("") == "");
    BOOST_TEST(objection_to_line(std::string(text_bytes_max, 't')) == "");
    BOOST_TEST(objection_to_line(std::string(text_bytes_max + 1, 't')) == "longer than 1024 bytes");
}

BOOST_AUTO_TEST_CASE(what_would_end_a_quoted_text_is_written_out_too)
{
    BOOST_TEST(printable("a\"b\\ü", "\"\\") == "a\\x22b\\x5cü");
}

BOOST_AUTO_TEST_CASE(only_white_space_around_a_text_is_taken_off)
{
    BOOST_TEST(without_surrounding_space(" \r\n\ta b\n") == "a b");
    BOOST_TEST(without_surrounding_space("") == "");
    BOOST_TEST(without_surrounding_space(" \n") == "");
    BOOST_TEST(without_surrounding_space("\va") == "\va");
}

BOOST_AUTO_TEST_SUITE_END()
