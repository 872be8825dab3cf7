#include "tests/ledger/history.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <random>

namespace {

using namespace usher::ledger::test;

/// From the environment, or what stands here.
std::uint64_t number_from(const char* variable, std::uint64_t otherwise)
{
    const char* const given = std::getenv(variable);
    return given && *given ? std::stoull(given) : otherwise;
}

/// Of an even seed anything; of an odd one only what applications do, so that queues grow long.
std::vector<Step> any_steps(std::uint64_t seed, std::size_t count)
{
    std::mt19937_64 random(seed);
    const auto verbs = static_cast<std::uint8_t>(seed % 2 ? verbs_of_applications : 255);
    std::vector<Step> steps(count);
    for (Step& step : steps) {
        const std::uint64_t bits = random();
        step = {static_cast<std::uint8_t>(bits % verbs), static_cast<std::uint8_t>(bits >> 8),
                static_cast<std::uint8_t>(bits >> 16), static_cast<std::uint8_t>(bits >> 24)};
    }
    return steps;
}

} // namespace

BOOST_AUTO_TEST_SUITE(history)

// More of them: USHER_HISTORIES=10000. Others: USHER_SEED=n, which CI sets from the commit.
BOOST_AUTO_TEST_CASE(whatever_is_asked_the_invariants_hold_and_the_witness_has_no_complaint)
{
    const std::uint64_t seed = number_from("USHER_SEED", 20300115);
    const std::uint64_t count = number_from("USHER_HISTORIES", 500);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto steps = any_steps(seed + i, 200);
        if (fault_of(steps).empty())
            continue;
        BOOST_TEST_ERROR("USHER_SEED=" << seed + i << " USHER_HISTORIES=1 breaks:\n"
                                       << story_of(shortest(steps)));
        return;
    }
    BOOST_TEST(count > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
