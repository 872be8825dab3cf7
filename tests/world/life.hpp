#pragma once

#include "tests/world/neighborhood.hpp"
#include "tests/world/plan.hpp"
#include "tests/world/world.hpp"

#include <cstdint>
#include <functional>
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

using Note = std::function<void(const std::string& line)>;
/// Lives, and notes what happens when it happens: its outcome has no trace of its own.
using Life = std::function<Outcome(const Note& note)>;

/// In a process of its own, so that a life that an assertion, an exception or a signal ends is
/// broken like others: its outcome has what was noted and what the process said.
[[nodiscard]] Outcome live_apart(const Life& life);

/// Lives apart through a plan in the world of `seed`: the same each time.
[[nodiscard]] Outcome live(const Neighborhood& neighborhood, std::uint64_t seed,
                           const std::vector<Act>& plan);

} // namespace usher::world
