#pragma once

#include "daemon/ledger/scheme.hpp"
#include "daemon/section.hpp"
#include "daemon/server/limits.hpp"
#include "daemon/trust/license_file.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// `usherd.toml`, read strictly: a key that is not known, has the wrong type or is out of its range
/// stops the start with its line and column, and all of them are said at once.
/// `systemd/usherd.toml` shows every key with its unit, default and range.
namespace usher::daemon {

/// What the keys default to where the surroundings say more than a constant could.
struct Surroundings {
    std::filesystem::path state = "/var/lib/usher"; ///< `STATE_DIRECTORY` of systemd.
    std::filesystem::path runtime = "/run/usher";   ///< `RUNTIME_DIRECTORY` of systemd.
    std::string host = "localhost";                 ///< The name of this host.
};

[[nodiscard]] Surroundings surroundings();

/// An address to listen at. Port 0: any that is free.
struct Endpoint {
    std::string address; ///< IPv4 or IPv6, without brackets.
    std::uint16_t port = 0;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Where in a TPM the counter is.
struct TpmIndex {
    std::uint32_t handle = 0x01814750;

    friend bool operator==(const TpmIndex&, const TpmIndex&) = default;
};

struct Config {
    std::filesystem::path state;
    std::filesystem::path socket; ///< Of operators; empty: none.
    std::vector<Endpoint> listen;
    std::string name; ///< The host name in `usher://…` and in the certificate.
    bool anonymous = false;
    std::vector<trust::VendorKey> vendor_keys;
    std::uint64_t threads = 2; ///< That serve connections, beside the desk's.
    std::string log_level = "info";

    struct Lease {
        std::chrono::milliseconds term = std::chrono::seconds(25);
        std::chrono::milliseconds grace = std::chrono::seconds(2);
        std::chrono::milliseconds validity = std::chrono::hours(72);
    } lease;

    struct Pools {
        std::string scheme{ledger::server_scheme}; ///< Of a root whose license names none.
    } pools;
    std::vector<ledger::Scheme> schemes; ///< All that there are, the presets first.

    struct Tls {
        std::filesystem::path certificate; ///< With key and ca: all three or none.
        std::filesystem::path key;
        std::filesystem::path ca;
        std::filesystem::path client_ca;
        std::chrono::milliseconds ticket_rotation = std::chrono::hours(12);
    } tls;

    struct Node {
        std::string tpm = "auto"; ///< `auto`, `none`, or the TCTI of a TPM.
        TpmIndex tpm_index;
    } node;

    server::Limits limits;
};

/// A configuration and where in its file each of its keys stands.
struct Reading {
    Config config;
    std::map<std::string, Place> places;
};

/// The configuration that `text` writes down; what is wrong with it, in the order of the file.
[[nodiscard]] std::variant<Reading, std::vector<Complaint>>
read_config(std::string_view text, const Surroundings& surroundings);

/// One key as it is in force. `usherd` logs them all at its start.
struct Setting {
    std::string key;    ///< `lease.term`
    std::string value;  ///< `25s`
    bool fixed = false; ///< Cannot change while the daemon runs.
};

[[nodiscard]] std::vector<Setting> settings_of(const Config& config);

/// What of `next` cannot take the place of `now` without a restart: one complaint a key.
[[nodiscard]] std::vector<Complaint> objections_to_reload(const Config& now, const Reading& next);

} // namespace usher::daemon
