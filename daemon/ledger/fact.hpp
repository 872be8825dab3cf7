#pragma once

#include "daemon/ledger/entities.hpp"
#include "daemon/ledger/refusal.hpp"

#include <string>
#include <variant>
#include <vector>

/// What has happened. The state is a fold of facts; applying one needs no rule.
/// Most are journaled; the fleeting ones at the end concern only this run of the daemon.
namespace usher::ledger {

struct ProductDefined {
    Product product;
};

struct EntitlementInstalled {
    Entitlement entitlement;
    Identity by;
};

struct EntitlementRemoved {
    EntitlementId id;
    Identity by;
};

/// The node-lock of an entitlement was compared with this host, with a new result.
struct NodeLockSeen {
    EntitlementId id;
    bool on_this_node = false;
};

struct PoolOpened {
    Pool pool;
};

struct PoolClosed {
    PoolId pool;
};

/// A pool that nothing feeds and nobody holds or waits for any more is gone.
struct PoolRemoved {
    PoolId pool;
};

/// One line of double entry. No `from`: the issuer gives; no `to`: it goes back to the issuer.
struct Posted {
    std::optional<PoolId> from;
    std::optional<PoolId> to;
    Units units = 0;   ///< > 0
    std::string cause; ///< `entitlement 015.120.064.022`, `rebalance`, …
};

/// What of an entitlement stands in the accounts from now on (`booked` in the model).
struct EntitlementCounted {
    EntitlementId id;
    bool counts = false;
    bool unlimited = false;
    Units units = 0;
};

/// A profile was added or changed; replaces one of the same name.
struct ProfileSet {
    Profile profile;
    Identity by;
};

struct ProfileRenamed {
    ProfileName from;
    ProfileName to;
    Identity by;
};

struct ProfileRemoved {
    ProfileName name;
    Identity by;
};

/// Somebody used a profile: what a warning before a rename counts (A-S19).
struct ProfileUsed {
    ProfileName profile;
    UserName user;
    DeviceName device;
    CalendarInstant last{};
};

struct UsersSet {
    PoolId pool;
    std::optional<std::set<UserName>> users;
    Identity by;
};

/// Also ends the wait of a waiter with the same id.
struct LeaseGranted {
    Lease lease;
    ConnectionId connection{}; ///< Not journaled, like the deadline: a start gives a new one.
    SteadyInstant deadline{};
};

/// Why a lease or a wait ended.
enum class EndReason : std::uint8_t {
    checked_in,
    silent,          ///< No renewal within the term.
    connection_lost, ///< Its connection ended and nobody came back within the grace.
    revoked,
    server_restarted,   ///< Maintenance was left (A-R17).
    fixed_end,          ///< A fixed lease reached its end.
    patience_ended,     ///< A waiter has waited as long as it wanted.
    no_longer_possible, ///< What a waiter waited for cannot come any more.
};

std::string_view word(EndReason reason);

struct LeaseEnded {
    LeaseId id;
    EndReason reason = EndReason::checked_in;
    Identity by;      ///< Of a revocation.
    std::string note; ///< Why, in the operator's words.
};

struct Queued {
    Waiter waiter;
    ConnectionId connection{}; ///< Not journaled, like the deadline.
    SteadyInstant deadline{};
};

struct Unqueued {
    LeaseId id;
    EndReason reason = EndReason::checked_in;
};

struct ModeSet {
    Mode mode = Mode::serving;
    Identity by;
};

struct CredentialIssued {
    Credential credential;
    Identity by;
};

struct CredentialRevoked {
    std::string name;
    Identity by;
};

/// A checkout was refused. At most one a minute for each client and profile, so that a flood of
/// refusals is not a flood of writes.
struct Denied {
    CalendarInstant at{};
    ProfileName profile;
    UserName user;
    DeviceName device;
    Refusal refusal;
};

/// Nothing happened but time: the floor below which the calendar never falls again.
struct TimeSeen {};

// Fleeting: applied like the others and never journaled.

/// Of a lease, or of a place in the queue (then the deadline is the end of the wait).
struct LeaseRenewed {
    LeaseId id;
    ConnectionId connection;
    SteadyInstant deadline;
};

/// Nobody speaks for the lease (or the place in the queue) since its connection ended.
struct ConnectionLost {
    LeaseId id;
    SteadyInstant deadline;
};

/// Nobody loses anything through silence before `until`: the daemon itself was away.
struct AmnestyGranted {
    SteadyInstant from;
    SteadyInstant until;
    bool is_new = true; ///< False: an earlier one is prolonged.
};

struct TermsSet {
    Duration term;
    Duration grace;
};

using Fact =
    std::variant<ProductDefined, EntitlementInstalled, EntitlementRemoved, NodeLockSeen, PoolOpened,
                 PoolClosed, PoolRemoved, Posted, EntitlementCounted, ProfileSet, ProfileRenamed,
                 ProfileRemoved, ProfileUsed, UsersSet, LeaseGranted, LeaseEnded, Queued, Unqueued,
                 ModeSet, CredentialIssued, CredentialRevoked, Denied, TimeSeen, LeaseRenewed,
                 ConnectionLost, AmnestyGranted, TermsSet>;

/// Whether the journal must remember it.
bool is_lasting(const Fact& fact);

} // namespace usher::ledger
