#pragma once

#include "daemon/ledger/entities.hpp"
#include "daemon/ledger/party.hpp"
#include "daemon/ledger/scheme.hpp"

#include <string>

/// What has happened of pools and of the parties that they follow.
namespace usher::ledger {

/// A scheme came, or became another; replaces one of the same name.
struct SchemeSet {
    Scheme scheme;
    bool is_usual = false; ///< A root has it whose license names none.

    friend bool operator==(const SchemeSet&, const SchemeSet&) = default;
};

/// Another content of a license that is here: the difference is counted, and nothing else changes.
struct EntitlementAmended {
    Entitlement entitlement; ///< Of the same root.
    Identity by;

    friend bool operator==(const EntitlementAmended&, const EntitlementAmended&) = default;
};

/// A license that was expected is expected no more.
struct LicenseForgotten {
    EntitlementId license;
    Identity by;

    friend bool operator==(const LicenseForgotten&, const LicenseForgotten&) = default;
};

/// The pool lends nothing any more. What it had has been posted away in the same turn.
struct PoolClosed {
    PoolId pool;
    Identity by;

    friend bool operator==(const PoolClosed&, const PoolClosed&) = default;
};

/// A closed pool gives its name to a new one, and stays what it is to its leases and instances.
struct PoolRenamed {
    PoolId from;
    PoolId to;

    friend bool operator==(const PoolRenamed&, const PoolRenamed&) = default;
};

/// A party came, or has another company or source; replaces one of the same name.
struct PartySet {
    Party party;
    Identity by;

    friend bool operator==(const PartySet&, const PartySet&) = default;
};

/// It holds nothing any more, and what it owned is closed.
struct PartyRemoved {
    PartyId party;
    Identity by;

    friend bool operator==(const PartyRemoved&, const PartyRemoved&) = default;
};

/// The lease is of another pool from now on, and of that pool's kind. It is the same lease.
struct LeaseMoved {
    LeaseId id;
    PoolId to;
    LeaseKind kind = LeaseKind::persistent;
    SteadyInstant deadline{}; ///< Not journaled: a start gives a new one.

    friend bool operator==(const LeaseMoved&, const LeaseMoved&) = default;
};

// Fleeting.

/// The connection is told from now on how the pool that it asked about stands, and has just been.
struct StateWatched {
    ConnectionId connection;
    PartyId party; ///< Whose pool; empty: `pool` itself.
    PoolId pool;   ///< Under this root, or this one.

    friend bool operator==(const StateWatched&, const StateWatched&) = default;
};

/// It hears no more of any.
struct WatchEnded {
    ConnectionId connection;

    friend bool operator==(const WatchEnded&, const WatchEnded&) = default;
};

/// Its pool stands otherwise than it was told last.
struct StateTold {
    std::uint64_t watch = 0;

    friend bool operator==(const StateTold&, const StateTold&) = default;
};

} // namespace usher::ledger
