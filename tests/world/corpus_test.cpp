#include "tests/support/fuzzed.hpp"

BOOST_AUTO_TEST_SUITE(session_corpus)

BOOST_AUTO_TEST_CASE(what_a_fuzzer_has_found_stays_harmless)
{
    usher::tests::try_corpus("session");
}

BOOST_AUTO_TEST_SUITE_END()
