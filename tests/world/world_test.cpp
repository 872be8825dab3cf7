#include "tests/world/shrink.hpp"

#include <boost/test/unit_test.hpp>
#include <spdlog/spdlog.h>

namespace usher::world {
namespace {

/// As the simulation has them, made once for all tests here.
const Neighborhood& neighborhood()
{
    static const Neighborhood made;
    spdlog::set_level(spdlog::level::off);
    return made;
}

Outcome live(std::uint64_t seed, const std::vector<Act>& plan)
{
    return live(neighborhood(), seed, plan);
}

} // namespace

BOOST_AUTO_TEST_SUITE(world)

BOOST_AUTO_TEST_CASE(the_same_seed_is_the_same_world)
{
    const auto plan = plan_of(7, 200);
    const Outcome first = live(7, plan);
    const Outcome again = live(7, plan);
    BOOST_TEST(first.digest == again.digest);
    BOOST_TEST(first.figures.events == again.figures.events);
    BOOST_TEST(first.trace == again.trace, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(another_seed_is_another_world)
{
    BOOST_TEST(live(7, plan_of(7, 200)).digest != live(8, plan_of(8, 200)).digest);
}

BOOST_AUTO_TEST_CASE(what_is_left_out_of_a_plan_does_not_happen)
{
    auto plan = plan_of(7, 200);
    std::erase_if(plan, [](const Act& act) { return act.kind != Act::Kind::checkout; });
    const Outcome quiet = live(7, plan);
    BOOST_TEST(!quiet.broken);
    BOOST_TEST(quiet.figures.starts == 1U);
    BOOST_TEST(quiet.figures.deaths == 0U);
    BOOST_TEST(quiet.figures.grants > 0U);
}

/// Else a simulation that finds nothing would say nothing.
BOOST_AUTO_TEST_CASE(worlds_are_full_of_trouble)
{
    Figures all;
    for (std::uint64_t seed = 1; seed <= 10; ++seed)
        all += live(seed, plan_of(seed, 300)).figures;
    BOOST_TEST(all.grants > 100U);
    BOOST_TEST(all.deaths > 20U);
    BOOST_TEST(all.power_cuts > 5U);
    BOOST_TEST(all.sectors_lost > 5U);
    BOOST_TEST(all.disk_faults > 5U);
    BOOST_TEST(all.turns > 300U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace usher::world
