#include "daemon/trust/instant.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher::trust;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(instant)

BOOST_AUTO_TEST_CASE(an_instant_is_written_and_read_as_rfc_3339_in_utc)
{
    const Instant noon = std::chrono::sys_days{2030y / 1 / 31} + 12h + 5min + 9s;
    BOOST_TEST(to_text(noon) == "2030-01-31T12:05:09Z");
    BOOST_TEST((instant_from("2030-01-31T12:05:09Z") == noon));
    for (const char* text :
         {"1970-01-01T00:00:00Z", "2028-02-29T23:59:59Z", "9999-12-31T23:59:59Z"})
        BOOST_TEST(to_text(instant_from(text).value()) == text);
}

BOOST_AUTO_TEST_CASE(nothing_else_is_an_instant)
{
    for (const char* text : {"",
                             "2030-01-31",
                             "2030-01-31T12:05:09",
                             "2030-01-31T12:05:09+00:00",
                             "2030-01-31t12:05:09z",
                             "2030-01-31 12:05:09Z",
                             "2030-01-31T12:05:09.0Z",
                             " 2030-01-31T12:05:09Z",
                             "2030-01-31T12:05:09Z ",
                             "2030-02-29T00:00:00Z",
                             "2030-04-31T00:00:00Z",
                             "2030-00-01T00:00:00Z",
                             "2030-13-01T00:00:00Z",
                             "2030-01-00T00:00:00Z",
                             "2030-01-01T24:00:00Z",
                             "2030-01-01T00:60:00Z",
                             "2016-12-31T23:59:60Z",
                             "1969-12-31T23:59:59Z",
                             "+030-01-01T00:00:00Z",
                             "10000-01-01T00:00:00Z",
                             "2030-1-01T00:00:00ZZ"})
        BOOST_TEST(!instant_from(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(what_has_no_such_text_is_known)
{
    BOOST_TEST(is_writable(Instant{}));
    BOOST_TEST(!is_writable(Instant{} - 1s));
    BOOST_TEST(!is_writable(Instant{} + 1us));
    BOOST_TEST(is_writable(std::chrono::sys_days{9999y / 12 / 31}));
    BOOST_TEST(!is_writable(std::chrono::sys_days{10000y / 1 / 1}));
    BOOST_TEST(!is_writable(Instant::max()));
}

BOOST_AUTO_TEST_SUITE_END()
