#include "tests/world/neighborhood.hpp"
#include "tests/world/plants.hpp"
#include "tests/world/shrink.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <spdlog/spdlog.h>

namespace {

using usher::world::Act;
using usher::world::Figures;
using usher::world::Outcome;

struct Wanted {
    std::uint64_t seed = 1;
    std::uint64_t seeds = 1;
    std::uint64_t steps = 300;
    unsigned seconds = 0; ///< Then no further seed is begun; 0: all are.
    bool is_verbose = false;
    bool lists_plants = false;
    std::string plant;
};

void tell(const Wanted& wanted, std::uint64_t seed, const Outcome& outcome,
          const usher::world::Neighborhood& neighborhood)
{
    std::cout << "seed " << seed << ": " << *outcome.broken << "\n"
              << "again: tests/simulation --seed " << seed << " --steps " << wanted.steps
              << (wanted.plant.empty() ? "" : " --plant " + wanted.plant) << "\n";
    const auto live_through = [&](const std::vector<Act>& plan) {
        return live(neighborhood, seed, plan);
    };
    const std::vector<Act> plan = usher::world::plan_of(seed, wanted.steps);
    const std::vector<Act> shrunk = shrink(live_through, plan, *outcome.broken);
    const Outcome again = live_through(shrunk);
    std::cout << "it takes " << shrunk.size() << " of its " << plan.size() << " steps:\n";
    for (const std::string& line : again.trace)
        std::cout << "  " << line << "\n";
    std::cout << "  broken: " << again.broken.value_or("nothing; it does not replay") << "\n";
}

void add_figures(const Figures& all, std::uint64_t seeds, std::uint64_t broken)
{
    std::cout << "simulation: " << seeds << " seeds, " << all.acts << " steps, " << all.events
              << " events, " << all.turns << " durable turns, " << all.answers << " answers, "
              << all.grants << " grants, " << all.starts << " starts, " << all.deaths << " deaths, "
              << all.power_cuts << " power cuts, " << all.sectors_lost << " sectors lost, "
              << all.disk_faults << " disk faults, " << all.time.count() << " s of time, " << broken
              << " broken" << std::endl;
}

} // namespace

/// `tests/simulation` runs this.
int main(int argc, char** argv)
{
    Wanted wanted;
    CLI::App app("A daemon, its disk, its clients and its network in one time, by chance.");
    app.add_option("--seed", wanted.seed, "the first one")->capture_default_str();
    app.add_option("--seeds", wanted.seeds, "how many, one after the other")->capture_default_str();
    app.add_option("--steps", wanted.steps, "of each")->capture_default_str();
    app.add_option("--seconds", wanted.seconds, "begin no further seed after so many");
    app.add_flag("--verbose", wanted.is_verbose, "tell all that happens");
    app.add_option("--plant", wanted.plant, "with this bug in the daemon or the client");
    app.add_flag("--plants", wanted.lists_plants, "list the bugs that can be planted");
    CLI11_PARSE(app, argc, argv);
    if (wanted.lists_plants) {
        for (const std::string& name : usher::world::plants())
            std::cout << name << "\n";
        return 0;
    }
    if (!wanted.plant.empty() && !usher::world::plant(wanted.plant)) {
        std::cerr << "simulation: error: there is no bug " << wanted.plant
                  << "\nsimulation: hint: --plants lists them\n";
        return 2;
    }
    spdlog::set_level(spdlog::level::off);

    const usher::world::Neighborhood neighborhood;
    const auto began = std::chrono::steady_clock::now();
    Figures all;
    std::uint64_t lived = 0;
    std::uint64_t broken = 0;
    for (std::uint64_t seed = wanted.seed; lived < wanted.seeds; ++seed) {
        if (wanted.seconds > 0 &&
            std::chrono::steady_clock::now() - began > std::chrono::seconds(wanted.seconds))
            break;
        ++lived;
        const Outcome outcome = live(neighborhood, seed, usher::world::plan_of(seed, wanted.steps));
        all += outcome.figures;
        if (wanted.is_verbose)
            for (const std::string& line : outcome.trace)
                std::cout << line << "\n";
        if (outcome.broken) {
            ++broken;
            tell(wanted, seed, outcome, neighborhood);
            break;
        }
    }
    add_figures(all, lived, broken);
    return broken == 0 ? 0 : 1;
}
