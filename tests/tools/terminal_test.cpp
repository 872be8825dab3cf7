#include "tools/terminal.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace usher::tools;

namespace {

struct Overheard {
    std::ostringstream out;
    std::ostringstream err;
    Terminal terminal{"usher", out, err};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(terminals, Overheard)

BOOST_AUTO_TEST_CASE(what_goes_wrong_is_said_on_standard_error_with_the_programs_name)
{
    terminal.error("no such file");
    terminal.hint("look again");
    terminal.warning("it is late");
    terminal.remark("waiting");

    BOOST_TEST(err.str() == "usher: error: no such file\n"
                            "usher: hint: look again\n"
                            "usher: warning: it is late\n"
                            "usher: waiting\n");
    BOOST_TEST(out.str().empty());
}

BOOST_AUTO_TEST_CASE(only_a_person_gets_colour_by_itself)
{
    terminal.color(Color::automatic);
    BOOST_TEST(!terminal.is_colored());

    terminal.color(Color::always);
    BOOST_TEST(terminal.is_colored());

    terminal.color(Color::never);
    BOOST_TEST(!terminal.is_colored());
}

BOOST_AUTO_TEST_SUITE_END()
