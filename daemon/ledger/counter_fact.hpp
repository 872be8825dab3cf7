#pragma once

#include "daemon/ledger/entities.hpp"

#include <cstdint>
#include <optional>

/// What has happened of the counter that shows how new this host's memory is.
namespace usher::ledger {

/// From this turn on the counter stands at least so high.
struct CounterAnchored {
    std::optional<Anchor> anchor; ///< None: no counter is asked any more.
    /// What was remembered and the counter did not agree. A ticket can be loaded by every older
    /// memory of this host again, so none makes a license count by itself any more.
    bool is_after_doubt = false;

    friend bool operator==(const CounterAnchored&, const CounterAnchored&) = default;
};

/// Whether the active one is still the active one is not known, or is known again.
struct ActivationDoubted {
    EntitlementId license;
    Doubt doubt = Doubt::none;

    friend bool operator==(const ActivationDoubted&, const ActivationDoubted&) = default;
};

// Fleeting.

/// The counter stands there; none: it is not reached.
struct CounterReached {
    std::optional<std::uint64_t> value;

    friend bool operator==(const CounterReached&, const CounterReached&) = default;
};

} // namespace usher::ledger
