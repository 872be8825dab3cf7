#include "tools/instants.hpp"
#include "tools/table.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>

using namespace usher::tools;

BOOST_AUTO_TEST_SUITE(tables)

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_widest_cell)
{
    Table table({{"NAME"}, {"UNITS", true}, {"STATE"}});
    table.add({{"daisy"}, {"1"}, {"full"}});
    table.add({{"Zoë"}, {"1000000"}, {""}});

    BOOST_TEST(table.text(false) == "NAME     UNITS  STATE\n"
                                    "daisy        1  full\n"
                                    "Zoë    1000000\n");
}

BOOST_AUTO_TEST_CASE(colour_changes_no_column)
{
    Table table({{"STATE"}, {"NAME"}});
    table.add({{"full", Tone::warning}, {"daisy"}});

    BOOST_TEST(table.text(true) == "\x1b[2mSTATE\x1b[0m  \x1b[2mNAME\x1b[0m\n"
                                   "\x1b[33mfull\x1b[0m   daisy\n");
}

BOOST_AUTO_TEST_CASE(a_cell_can_break_neither_line_nor_table)
{
    Table table({{"NAME"}, {"END"}});
    table.add({{"evil\x1b[2J\nname"}, {"x"}});
    table.add({{std::string(300, 'a')}, {"x"}});

    BOOST_TEST(table.text(false) == "NAME                                      END\n"
                                    "evil\\x1b[2J\\x0aname                       x\n" +
                                        std::string(39, 'a') + "…  x\n");
}

BOOST_AUTO_TEST_CASE(instants_are_in_utc_and_in_whole_seconds)
{
    BOOST_TEST(instant_text(0) == "1970-01-01T00:00:00Z");
    BOOST_TEST(instant_text(1'894'708'800'999'999) == "2030-01-15T12:00:00Z");
    BOOST_TEST(instant_text(-1) == "1969-12-31T23:59:59Z");
}

BOOST_AUTO_TEST_CASE(an_instant_is_read_as_it_is_written_and_a_day_means_its_beginning)
{
    BOOST_TEST(instant_from_text("2030-01-15T12:00:00Z").value() == 1'894'708'800'000'000);
    BOOST_TEST(instant_text(instant_from_text("2030-01-15").value()) == "2030-01-15T00:00:00Z");
    for (const char* wrong : {"", "tomorrow", "2030-02-30", "2030-1-15", "2030-01-15T12:00:00"})
        BOOST_TEST(!instant_from_text(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(spans_are_said_by_their_two_largest_units)
{
    constexpr std::int64_t second = 1'000'000;
    BOOST_TEST(span_text(24 * second + 1) == "24s");
    BOOST_TEST(span_text(192 * second) == "3m 12s");
    BOOST_TEST(span_text(3600 * second) == "1h");
    BOOST_TEST(span_text(3659 * second) == "1h");
    BOOST_TEST(span_text((3 * 86400 + 4 * 3600) * second) == "3d 4h");
    BOOST_TEST(span_text(0) == "0s");
    BOOST_TEST(span_text(-5 * second) == "0s");
}

BOOST_AUTO_TEST_SUITE_END()
