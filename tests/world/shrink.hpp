#pragma once

#include "tests/world/neighborhood.hpp"
#include "tests/world/plan.hpp"
#include "tests/world/world.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace usher::world {

/// What one world came to.
struct Outcome {
    std::optional<std::string> broken;
    Figures figures;
    std::vector<std::string> trace;
    std::uint64_t digest = 0; ///< Of all that happened.
};

[[nodiscard]] std::vector<Act> plan_of(std::uint64_t seed, std::size_t steps);

/// Lives through a plan in the world of `seed`: the same each time.
[[nodiscard]] Outcome live(const Neighborhood& neighborhood, std::uint64_t seed,
                           const std::vector<Act>& plan);

/// As few of the acts as still break the same; `complaint` is what breaks with all of them.
[[nodiscard]] std::vector<Act> shrink(const Neighborhood& neighborhood, std::uint64_t seed,
                                      std::vector<Act> plan, const std::string& complaint);

} // namespace usher::world
