#pragma once

#include "tests/world/life.hpp"
#include "tests/world/plan.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace usher::world {

[[nodiscard]] std::vector<Act> plan_of(std::uint64_t seed, std::size_t steps);

/// As few of the acts as still break the same; `complaint` is what breaks with all of them.
[[nodiscard]] std::vector<Act>
shrink(const std::function<Outcome(const std::vector<Act>&)>& live_through, std::vector<Act> plan,
       const std::string& complaint);

} // namespace usher::world
