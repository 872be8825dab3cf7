#include "tests/ledger/estates.hpp"
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

std::vector<Step> any_steps(std::uint64_t seed, std::size_t count, std::uint8_t verbs)
{
    std::mt19937_64 random(seed);
    std::vector<Step> steps(count);
    for (Step& step : steps) {
        const std::uint64_t bits = random();
        step = {static_cast<std::uint8_t>(bits % verbs), static_cast<std::uint8_t>(bits >> 8),
                static_cast<std::uint8_t>(bits >> 16), static_cast<std::uint8_t>(bits >> 24)};
    }
    return steps;
}

/// Lives through so many histories of 200 steps; says how the first ends that breaks something.
template <class Life, class Verbs>
void live_through(std::uint64_t count, Verbs verbs_of)
{
    const std::uint64_t seed = number_from("USHER_SEED", 20300115);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto steps = any_steps(seed + i, 200, verbs_of(seed + i));
        if (fault_of<Life>(steps).empty())
            continue;
        BOOST_TEST_ERROR("USHER_SEED=" << seed + i << " USHER_HISTORIES=1 breaks:\n"
                                       << story_of<Life>(shortest<Life>(steps)));
        return;
    }
    BOOST_TEST(count > 0u);
}

} // namespace

BOOST_AUTO_TEST_SUITE(history)

// More of them: USHER_HISTORIES=10000. Others: USHER_SEED=n, which CI sets from the commit.

/// Of an even seed anything; of an odd one only what applications do, so that queues grow long.
BOOST_AUTO_TEST_CASE(whatever_is_asked_the_invariants_hold_and_the_witness_has_no_complaint)
{
    live_through<History>(number_from("USHER_HISTORIES", 500), [](std::uint64_t seed) {
        return seed % 2 ? verbs_of_applications : std::uint8_t(255);
    });
}

BOOST_AUTO_TEST_CASE(whatever_pools_and_parties_go_through_units_are_kept_and_shrink_safely)
{
    live_through<EstateHistory>(number_from("USHER_HISTORIES", 500),
                                [](std::uint64_t) { return std::uint8_t(255); });
}

BOOST_AUTO_TEST_SUITE_END()
