#include "daemon/server/tally.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using usher::server::Tally;

BOOST_AUTO_TEST_SUITE(tally)

BOOST_AUTO_TEST_CASE(the_largest_follows_what_comes_and_goes)
{
    Tally<std::string> tally;
    BOOST_TEST(tally.largest() == 0u);
    for (const char* name : {"a", "b", "b", "c", "b", "c"})
        tally.add(name);
    BOOST_TEST(tally.largest() == 3u);
    BOOST_TEST(tally.count("b") == 3u);
    BOOST_TEST(tally.count("nobody") == 0u);
    tally.drop("b");
    BOOST_TEST(tally.largest() == 2u);
    tally.drop("b");
    tally.drop("c");
    BOOST_TEST(tally.largest() == 1u);
    for (const char* name : {"a", "b", "c"})
        tally.drop(name);
    BOOST_TEST(tally.largest() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
