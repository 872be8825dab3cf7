#pragma once

#include "tools/fault.hpp"

#include <CLI/CLI.hpp>
#include <string>

namespace usher::tools {

/// What CLI11 does not understand, in our style: its sentences begin like sentences and may end
/// like them; ours do not.
[[nodiscard]] Fault misuse(const CLI::ParseError& error, std::string hint);

} // namespace usher::tools
