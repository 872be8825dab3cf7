#pragma once

#include "daemon/config.hpp"
#include "daemon/ledger/pool_command.hpp"
#include "daemon/ledger/scheme.hpp"

#include <vector>

/// `[scheme.NAME]` in `usherd.toml`: how the pools under a root behave, where the presets do not
/// say it as somebody wants it. Pure.
namespace usher::daemon {

/// Reads the tables of `root`, which is the whole file. Gives all schemes that there are: the
/// presets, each as the file varies it, and behind them the file's own in its order.
[[nodiscard]] std::vector<ledger::Scheme> read_schemes(Section& root);

/// What the file says of them: presets that it leaves alone are not listed.
[[nodiscard]] std::vector<Setting> settings_of(const std::vector<ledger::Scheme>& schemes);

/// As the ledger is told.
[[nodiscard]] ledger::SetSchemes schemes_of(const Config& config);

} // namespace usher::daemon
