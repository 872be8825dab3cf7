#pragma once

#include "daemon/anchor.hpp"
#include "daemon/config.hpp"
#include "daemon/ledger/command.hpp"
#include "daemon/ledger/ledger.hpp"
#include "daemon/server/authority.hpp"
#include "daemon/server/premises.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// What the daemon knows of the host that it runs on, and what it lets its sessions know.
namespace usher::daemon {

/// This host, as it was found at the start.
struct House {
    std::vector<trust::Identifier> identifiers;
    std::shared_ptr<const trust::Node> node;
    bool node_is_new = false;             ///< Its key was made by this start.
    const server::Clock* clock = nullptr; ///< That documents are dated by; outlives the house.
    trust::Instant started{};             ///< Of this run: later than all that is remembered.
};

/// Reads the identifiers of the host whose files are below `host_root`, and opens its node key in
/// `state` or makes one. Throws `Fault`.
[[nodiscard]] House open_house(const std::filesystem::path& state,
                               const std::filesystem::path& host_root);

/// What comes of comparing the licenses with the host.
struct Comparison {
    ledger::Start start;
    std::vector<server::IdentifierSeen> identifiers;
    unsigned identifiers_needed = 2;
    std::string counter_fault; ///< Why this host's counter is not reached; empty: it is.
    std::string counter_hint;

    void note(const Counter& counter);
};

[[nodiscard]] Comparison compare(const House& house, const ledger::Ledger& ledger);

/// The premises by `config`; renews certificates that are due `now`. Throws `Fault` where one
/// cannot be read or made, and then nothing has changed.
[[nodiscard]] std::shared_ptr<const server::Premises>
make_premises(const Config& config, const House& house, const Comparison& comparison,
              std::uint16_t port, server::Authority::Instant now);

} // namespace usher::daemon
