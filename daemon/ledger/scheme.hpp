#pragma once

#include "daemon/ledger/types.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// How the pools under one root behave. What differs between the systems that people come from is
/// one of these values, not code.
namespace usher::ledger {

/// Which licenses feed one root.
enum class RootPer : std::uint8_t { license, product };

/// What becomes of a party's leases when it gets another source of units.
enum class Rebinding : std::uint8_t {
    none,  ///< Parties mean nothing here.
    drop,  ///< They end (U-R19).
    carry, ///< They go along, and their units with them (B-R12).
};

/// What becomes of the leases of a pool that is closed, unless the operator says otherwise.
enum class Closing : std::uint8_t { keep, release };

/// What becomes of units: a pool is one or the other, never both, so that no count on paper takes
/// a seat from anybody.
enum class Use : std::uint8_t {
    served,     ///< They are lent to who asks.
    reconciled, ///< They cover requirements.
};

struct Scheme {
    std::string name;
    RootPer root = RootPer::license;
    bool root_leasable = true; ///< Whether seats are taken from the root itself.
    bool has_children = false; ///< Whether pools may be opened under the root.
    LeaseKind leases = LeaseKind::floating;
    Duration lease_length{}; ///< Of fixed leases, > 0; of others 0.
    Rebinding rebind = Rebinding::none;
    Closing close = Closing::keep;
    /// Whether what may take something from somebody is done in maintenance only (A-Q13).
    bool asks_maintenance = true;
    /// Whether leaving maintenance ends floating leases (A-R17).
    bool restarts_leases = true;
    /// Its leases are tries: they move with nobody, and at its end one becomes a lease of the same
    /// product's commercial root, where there is a seat (B-R14, B-R16).
    bool is_trial = false;
    Use use = Use::served;
    /// Whether the license may turn the requirement of a device into that of its user, where it may
    /// be downgraded to the product (M-R11). Of reconciled pools.
    bool changes_models = false;

    friend bool operator==(const Scheme&, const Scheme&) = default;
};

/// The scheme of every root that names none.
inline constexpr std::string_view server_scheme = "server";

/// `server`, `keys`, `companies`, `trial`, `requirements`.
[[nodiscard]] std::span<const Scheme> preset_schemes();

/// Why no pools can behave so, as `key: complaint`, with the keys of a configuration; none: they
/// can.
[[nodiscard]] std::optional<std::string> why_unsound(const Scheme& scheme);

/// The stable word for each.
std::string_view word(RootPer root);
std::string_view word(Rebinding rebind);
std::string_view word(Closing close);
std::string_view word(Use use);

} // namespace usher::ledger
