#include "tools/csv.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace usher::tools;

namespace {

using Fields = std::vector<std::string>;

/// A table that is read to its end.
struct Read {
    CsvRow header;
    std::vector<CsvRow> rows;
    char separator = ' ';
    bool is_lost = false;

    explicit Read(const std::string& text)
    {
        std::istringstream in(text);
        CsvReader reader(in);
        header = reader.header();
        separator = reader.separator();
        for (CsvRow row; reader.next(row);)
            rows.push_back(row);
        is_lost = reader.is_lost();
    }
};

/// The one row of a table with two columns.
CsvRow row_of(const std::string& line)
{
    const Read read("a,b\n" + line);
    BOOST_REQUIRE(read.rows.size() == 1U);
    return read.rows[0];
}

} // namespace

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(rows_are_told_apart_by_either_end_of_line_and_the_last_may_have_none)
{
    const Read read("product,device\r\nV16,D1\nV16,D2\r\nV16,D3");
    BOOST_TEST(read.header.fields == (Fields{"product", "device"}));
    BOOST_REQUIRE(read.rows.size() == 3U);
    BOOST_TEST(read.rows[0].fields == (Fields{"V16", "D1"}));
    BOOST_TEST(read.rows[2].fields == (Fields{"V16", "D3"}));
    BOOST_TEST(read.rows[0].line == 2U);
    BOOST_TEST(read.rows[2].line == 4U);
    BOOST_TEST(!read.is_lost);
}

BOOST_AUTO_TEST_CASE(quotes_keep_separators_line_breaks_and_doubled_quotes)
{
    BOOST_TEST(row_of("\"V,16\",D1\n").fields == (Fields{"V,16", "D1"}));
    BOOST_TEST(row_of("\"V \"\"16\"\"\",\"\"\n").fields == (Fields{"V \"16\"", ""}));
    BOOST_TEST(row_of("\"\"\"\",\"a\r\nb\"\r\n").fields == (Fields{"\"", "a\r\nb"}));
    BOOST_TEST(row_of("\"a\",\"b\"").fields == (Fields{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(a_line_is_counted_where_a_row_begins_also_behind_breaks_in_quotes)
{
    const Read read("a,b\n\"1\n2\n3\",x\n\n\r\n4,y\n");
    BOOST_REQUIRE(read.rows.size() == 2U); // Blank lines are none.
    BOOST_TEST(read.rows[0].line == 2U);
    BOOST_TEST(read.rows[1].line == 7U);
}

BOOST_AUTO_TEST_CASE(the_header_tells_the_separator)
{
    BOOST_TEST(Read("a,b\n").separator == ',');
    BOOST_TEST(Read("a;b\n").separator == ';');
    BOOST_TEST(Read("a\tb\n").separator == '\t');
    BOOST_TEST(Read("a\n").separator == ',');
    BOOST_TEST(Read("a;\"b,c,d\";e\n").separator == ';');
    BOOST_TEST(Read("a;b\n1,5;2\n").rows.at(0).fields == (Fields{"1,5", "2"}));
    BOOST_TEST(Read("a;b").header.fields == (Fields{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(a_mark_before_the_header_is_no_part_of_it)
{
    BOOST_TEST(Read("\xef\xbb\xbfname,x\n").header.fields == (Fields{"name", "x"}));
    BOOST_TEST(Read("\xef\xbb\xbf\"name\"\n").header.fields == (Fields{"name"}));
    BOOST_TEST(Read("\xef\xbbname\n").header.fields == (Fields{"\xef\xbbname"}));
    BOOST_TEST(Read("a").header.fields == (Fields{"a"}));
}

BOOST_AUTO_TEST_CASE(what_has_no_header_is_no_table)
{
    for (const char* const none : {"", "\n", "\r\n\r\n", "\xef\xbb\xbf"})
        BOOST_TEST(Read(none).header.objection == "is empty: there is no header");
    const Read wide(std::string("\xff\xfe\x61\x00\n\x00", 6));
    BOOST_TEST(wide.header.objection == "is UTF-16: save the table as UTF-8");
    BOOST_TEST(wide.rows.empty());
    BOOST_TEST(Read("\n\na,b\n1,2\n").rows.at(0).line == 4U);
    BOOST_TEST(Read("\"a\nb\n").header.objection == "opens a quote that is never closed");
}

BOOST_AUTO_TEST_CASE(a_bad_row_is_told_and_the_next_one_read)
{
    const Read read("a,b\n1\n\"x\"y,2\nx\"y,3\n1,2,3\n4,5\n");
    BOOST_REQUIRE(read.rows.size() == 5U);
    BOOST_TEST(read.rows[0].objection == "has 1 fields, and the header has 2");
    BOOST_TEST(read.rows[1].objection == "has text behind a closing quote");
    BOOST_TEST(read.rows[2].objection == "has a quote within a field that has none around it");
    BOOST_TEST(read.rows[3].objection == "has 3 fields, and the header has 2");
    BOOST_TEST(read.rows[4].fields == (Fields{"4", "5"}));
    BOOST_TEST(read.rows[4].line == 6U);
    BOOST_TEST(!read.is_lost);
}

BOOST_AUTO_TEST_CASE(a_row_has_a_longest_and_a_longer_one_is_skipped_whole)
{
    const std::string most(csv_row_bytes_max - 2, 'x');
    BOOST_TEST(row_of(most + ",b\n").fields.at(0) == most);
    const Read read("a,b\n" + most + "x,b\n" + std::string(3 * csv_row_bytes_max, '"') + "\n1,2\n");
    BOOST_TEST(read.rows.at(0).objection == "is longer than 64 KiB");
    BOOST_TEST(read.rows.at(1).objection == "is longer than 64 KiB");
    BOOST_TEST(read.is_lost); // It stood in quotes.
    const Read plain("a,b\n" + std::string(3 * csv_row_bytes_max, ',') + "\n1,2\n");
    BOOST_TEST(plain.rows.at(0).objection == "is longer than 64 KiB");
    BOOST_TEST(plain.rows.at(1).fields == (Fields{"1", "2"}));
    BOOST_TEST(Read(std::string(2 * csv_row_bytes_max, ',')).header.objection ==
               "is longer than 64 KiB");
}

BOOST_AUTO_TEST_CASE(behind_a_quote_that_is_never_closed_nothing_is_believed)
{
    const Read read("a,b\n1,2\n\"3,4\n5,6\n");
    BOOST_REQUIRE(read.rows.size() == 2U);
    BOOST_TEST(read.rows[1].line == 3U);
    BOOST_TEST(read.rows[1].objection == "opens a quote that is never closed");
    BOOST_TEST(read.is_lost);
    std::string long_one = "a,b\n\"3,4\n";
    for (std::size_t i = 0; i < csv_row_bytes_max; ++i)
        long_one += "5,6\n";
    const Read never(long_one);
    BOOST_REQUIRE(never.rows.size() == 1U);
    BOOST_TEST(never.is_lost);
}

BOOST_AUTO_TEST_CASE(any_bytes_are_read_to_an_end)
{
    const std::string letters = "a,;\t\"\n\r\x00\xff";
    std::string text;
    std::uint64_t seed = 1;
    for (int round = 0; round < 20'000; ++round) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        text.clear();
        for (std::uint64_t left = seed >> 20; text.size() < (seed >> 60) + 1; left /= 9)
            text.push_back(letters[left % letters.size()]);
        const Read read(text);
        for (const CsvRow& row : read.rows)
            BOOST_REQUIRE(row.objection.empty() ==
                          (row.fields.size() == read.header.fields.size()));
    }
}

BOOST_AUTO_TEST_SUITE_END()
