#include "tests/support/fuzzed.hpp"

BOOST_AUTO_TEST_SUITE(table_corpus)

BOOST_AUTO_TEST_CASE(what_a_fuzzer_starts_from_is_harmless)
{
    usher::tests::try_corpus("csv");
}

BOOST_AUTO_TEST_SUITE_END()
