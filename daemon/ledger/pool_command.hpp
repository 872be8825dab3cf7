#pragma once

#include "daemon/ledger/asker.hpp"
#include "daemon/ledger/entities.hpp"
#include "daemon/ledger/party.hpp"
#include "daemon/ledger/scheme.hpp"

#include <optional>
#include <string>
#include <vector>

/// What can be asked of pools and of the parties that they follow.
namespace usher::ledger {

/// What the configuration says of schemes. One that is gone from it stays as it was: pools may
/// have it. Given at start and when the configuration is read again.
struct SetSchemes {
    std::vector<Scheme> schemes;      ///< Sound, and each name once.
    std::string usual{server_scheme}; ///< That of a root whose license names none.
};

/// Opens an empty pool under a root. A closed pool of this name gives the name up.
struct OpenPool {
    Identity by;
    PoolId pool;
    PoolId parent;
    PartyId owner; ///< A company or user whose own it is; empty: nobody's.
};

/// Moves units between two pools of one root.
struct Allocate {
    Identity by;
    PoolId from;
    PoolId to;
    Units units = 0;
    bool force = false; ///< Even where what stays is less than what is held.
};

/// Ends a pool: what it has goes back to its root.
struct ClosePool {
    Identity by;
    PoolId pool;
    std::optional<Closing> leases; ///< None: as the scheme says, and no lease ends by it.
};

struct AddParty {
    Identity by;
    Party party; ///< A user without a company gets the default one.
};

/// Gives a user another company, or an instance another pool. Asking for what is so changes
/// nothing.
struct Rebind {
    Identity by;
    PartyId party;
    std::string target;           ///< The name of a company or of a pool.
    std::optional<Source> source; ///< Of a user, in the new company; none: as it was.
    bool may_drop = false;        ///< Leases may end by it (U-Q14).
};

/// Changes where a company's units come from, or a user's. A company's users move with it.
struct SetSource {
    Identity by;
    PartyId party;
    Source source = Source::root;
};

/// Ends all that a party holds and owns.
struct RemoveParty {
    Identity by;
    PartyId party;
    bool may_drop = false; ///< Of an instance: leases may end by it.
};

/// Many leases at once, all or nothing. A row whose lease is there already counts as taken: a
/// retry is the same registration.
struct Register {
    struct Row {
        LeaseId id;
        LeaseTag tag;
        UserName user;
        DeviceName device;
        Units units = 1;
    };

    Asker asker;
    ProfileName profile; ///< As in a checkout.
    PoolId pool;         ///< Instead of a profile.
    PartyId party;
    std::vector<Row> rows; ///< 1 to `rows_max`.
};

/// Gives many back, all or nothing: each must be the asker's.
struct CheckinMany {
    Asker asker;
    std::vector<LeaseId> leases; ///< 1 to `rows_max`.
};

/// Asks for the asker's own leases, in the order in which they came to be held.
struct ListLeases {
    Asker asker;
    PartyId party;           ///< Only these; empty: all.
    std::uint64_t after = 0; ///< Where the part before ended; 0: from the first on.
};

/// Asks how a pool stands, and to be told whenever that changes.
struct AskState {
    Asker asker;
    ProfileName profile; ///< As in a checkout.
    PoolId pool;
    PartyId party;
    bool watch = false;
};

/// What may be planned but never asked for: that a license is for so many units from now on.
struct Resize {
    EntitlementId license;
    std::optional<Units> units; ///< 0: that it ends; none: unlimited.
};

} // namespace usher::ledger
