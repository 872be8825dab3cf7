#include "tests/world/shrink.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <spdlog/spdlog.h>
#include <stdexcept>

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

/// A daemon that breaks a promise which it checks itself ends so.
BOOST_AUTO_TEST_CASE(a_life_that_its_own_process_ends_is_broken)
{
    struct Death {
        void (*die)();
        std::string said;
    };
    for (const Death& death :
         {Death{[] { throw std::runtime_error("there is no such seat"); }, "there is no such seat"},
          Death{[] { std::abort(); }, "Aborted"},
          Death{[] { std::raise(SIGSEGV); }, "Segmentation fault"},
          Death{[] { std::_Exit(3); }, "exit status 3"}}) {
        const Outcome outcome = live_apart([&](const Note& note) {
            note("a seat is taken");
            death.die();
            return Outcome{};
        });
        BOOST_REQUIRE(outcome.broken);
        BOOST_TEST(outcome.broken->find(death.said) != std::string::npos, *outcome.broken);
        BOOST_TEST(outcome.trace == std::vector<std::string>{"a seat is taken"},
                   boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(what_ends_a_process_is_shrunk_to_the_acts_that_it_takes)
{
    const auto live_through = [](const std::vector<Act>& plan) {
        return live_apart([&](const Note&) {
            const auto has = [&](Act::Kind kind) {
                return std::ranges::find(plan, kind, &Act::kind) != plan.end();
            };
            if (has(Act::Kind::storm) && has(Act::Kind::kill))
                throw std::runtime_error("seat " + std::to_string(plan.size()) + " is not there");
            return Outcome{};
        });
    };
    const auto plan = plan_of(7, 200);
    const auto shrunk = shrink(live_through, plan, *live_through(plan).broken);
    BOOST_TEST(shrunk.size() == 2U);
    BOOST_TEST(live_through(shrunk).broken.has_value());
}

BOOST_AUTO_TEST_CASE(what_ends_a_process_otherwise_is_another_bug)
{
    const auto live_through = [](const std::vector<Act>& plan) {
        return live_apart([&](const Note&) -> Outcome {
            throw std::runtime_error(plan.size() == 40 ? "a seat is lost" : "a seat is oversold");
        });
    };
    const std::vector<Act> plan(40);
    BOOST_TEST(shrink(live_through, plan, *live_through(plan).broken).size() == 40U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace usher::world
