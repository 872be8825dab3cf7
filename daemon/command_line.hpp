#pragma once

#include "daemon/run.hpp"

namespace usher::daemon {

/// What a person types: `usherd --config FILE [--check] [--print-port] [--allow-root]`.
///
/// Returns the exit code: 0; 1 after `usherd: error: …` and `usherd: hint: …` on standard error;
/// 2 for a wrong command line.
[[nodiscard]] int usherd(int argc, const char* const* argv, const World& world);

} // namespace usher::daemon
