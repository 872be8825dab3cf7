#include "tests/ledger/script.hpp"

#include <algorithm>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using namespace usher::ledger::test;

const auto tables = tables_in(USHER_LEDGER_TABLES);

} // namespace

BOOST_AUTO_TEST_SUITE(table)

BOOST_AUTO_TEST_CASE(the_tables_are_found)
{
    BOOST_TEST(tables.size() > 40u);
}

BOOST_DATA_TEST_CASE(every_line_is_answered_as_it_says, boost::unit_test::data::make(tables), one)
{
    Script script;
    BOOST_TEST(!one.lines.empty());
    for (const Table::Line& line : one.lines) {
        const std::string fault = script.play(line);
        BOOST_TEST(fault.empty(),
                   line.file << ":" << line.number << ": " << line.text << "\n    " << fault);
        if (!fault.empty())
            return; // What follows stands on this line.
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_line_is_noticed)
{
    for (const char* wrong :
         {"0s three", "0s three => NOT_ALLOWED", "0s three => ok & all mode=serving",
          "0s a checkout Nope u@d => UNKNOWN_PROFILE subject=Other",
          "0s a checkout Nope u@d => UNKNOWN_PROFILE ~ there is no profile Other",
          "0s a dance => ok", "0x three => ok"}) {
        Script script;
        BOOST_TEST(!script.play({"", 1, wrong}).empty(), wrong);
    }
}

/// M-R1 to M-R10: none is there for nothing.
BOOST_AUTO_TEST_CASE(each_rule_of_requirements_is_missed_where_it_is_left_out)
{
    for (unsigned rule = 1; rule <= 10; ++rule) {
        std::size_t failed = 0;
        for (const Table& one : tables) {
            if (one.lines.front().file.find("requirements") == std::string::npos)
                continue;
            Script script(usher::ledger::Rules::without(rule));
            failed += std::ranges::any_of(
                one.lines, [&](const Table::Line& line) { return !script.play(line).empty(); });
        }
        BOOST_TEST(failed > 0U, "nobody misses M-R" << rule);
        BOOST_TEST_MESSAGE("without M-R" << rule << " " << failed << " tables fail");
    }
}

BOOST_AUTO_TEST_SUITE_END()
