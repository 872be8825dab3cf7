#pragma once

#include <string>
#include <vector>

namespace usher::world {

/// The bugs that can be planted in this program; see plants.txt.
[[nodiscard]] std::vector<std::string> plants();
/// Plants one, for good. False: there is none of that name.
[[nodiscard]] bool plant(const std::string& name);

} // namespace usher::world
