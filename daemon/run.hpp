#pragma once

#include "daemon/clerk.hpp"
#include "daemon/config.hpp"
#include "daemon/journal/sqlite_journal.hpp"
#include "daemon/server/clock.hpp"
#include "daemon/server/desk.hpp"
#include "daemon/signals.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

/// One run of the daemon: every object is built here and only here, in the order of the floors.
namespace usher::daemon {

/// Where time comes from, who may move it, how what is durable is kept, and which host this is. The
/// released daemon has the machine's own and nobody who moves it; a test brings all of it.
struct World {
    const server::Clock& clock;
    server::Desk::Limits desk;
    /// Is shown desk and clerk once they serve; what it returns goes before they do.
    std::function<std::shared_ptr<void>(server::Desk&, Clerk&)> visit;
    /// Opens the journal in a file, or makes it.
    std::function<std::unique_ptr<journal::Journal>(const std::filesystem::path&)> open_journal =
        [](const std::filesystem::path& file) {
            return std::make_unique<journal::SqliteJournal>(file);
        };
    /// Below which the identifiers of this host are read.
    std::filesystem::path host_root = "/";
    /// Of requirements: all hold.
    ledger::Rules rules = {};
    /// How often certificates and ticket keys are looked at: well within the shortest life of a
    /// key.
    std::chrono::milliseconds refresh_interval = std::chrono::minutes(15);
    /// How much later than it is certificates and ticket keys are made and judged.
    std::chrono::seconds certificates_ahead{0};
};

struct Order {
    std::filesystem::path config_file;
    bool print_port =
        false; ///< The first line of standard output is the port of the first listener.
};

/// The configuration in `file`, now. Throws `Fault` with all that is wrong with it, one a line.
[[nodiscard]] Reading read_config_file(const std::filesystem::path& file);

/// Serves until SIGTERM or SIGINT; SIGHUP reads the configuration again. Returns when all that was
/// asked is answered and written. Throws `server::Fault` or `journal::Fault` where it cannot start
/// or go on.
void run(const Order& order, const Config& config, const World& world, Signals& signals);

} // namespace usher::daemon
