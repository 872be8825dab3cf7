#pragma once

#include "daemon/ledger/counter_fact.hpp"
#include "daemon/ledger/entities.hpp"
#include "daemon/ledger/move_fact.hpp"
#include "daemon/ledger/pool_fact.hpp"
#include "daemon/ledger/refusal.hpp"
#include "daemon/ledger/requirement_fact.hpp"

#include <string>
#include <variant>
#include <vector>

/// What has happened. The state is a fold of facts; applying one needs no rule.
/// Most are journaled; the fleeting ones at the end concern only this run of the daemon.
namespace usher::ledger {

struct ProductDefined {
    Product product;

    friend bool operator==(const ProductDefined&, const ProductDefined&) = default;
};

struct EntitlementInstalled {
    Entitlement entitlement;
    Identity by;

    friend bool operator==(const EntitlementInstalled&, const EntitlementInstalled&) = default;
};

struct EntitlementRemoved {
    EntitlementId id;
    Identity by;

    friend bool operator==(const EntitlementRemoved&, const EntitlementRemoved&) = default;
};

/// An import has announced a license; replaces what was known of it. It is expected until it is
/// installed, or its pool goes.
struct LicenseExpected {
    ExpectedLicense license;
    Identity by;

    friend bool operator==(const LicenseExpected&, const LicenseExpected&) = default;
};

/// The node-lock of an entitlement was compared with this host, with a new result.
struct NodeLockSeen {
    EntitlementId id;
    bool on_this_node = false;

    friend bool operator==(const NodeLockSeen&, const NodeLockSeen&) = default;
};

struct PoolOpened {
    Pool pool;

    friend bool operator==(const PoolOpened&, const PoolOpened&) = default;
};

/// A pool that nothing feeds and nobody holds or waits for any more is gone.
struct PoolRemoved {
    PoolId pool;

    friend bool operator==(const PoolRemoved&, const PoolRemoved&) = default;
};

/// One line of double entry. No `from`: the issuer gives; no `to`: it goes back to the issuer.
struct Posted {
    std::optional<PoolId> from;
    std::optional<PoolId> to;
    Units units = 0;   ///< > 0
    std::string cause; ///< `entitlement 015.120.064.022`, `rebalance`, …

    friend bool operator==(const Posted&, const Posted&) = default;
};

/// What of an entitlement stands in the accounts from now on (`booked` in the model).
struct EntitlementCounted {
    EntitlementId id;
    bool counts = false;
    bool unlimited = false;
    Units units = 0;

    friend bool operator==(const EntitlementCounted&, const EntitlementCounted&) = default;
};

/// A profile was added or changed; replaces one of the same name.
struct ProfileSet {
    Profile profile;
    Identity by;

    friend bool operator==(const ProfileSet&, const ProfileSet&) = default;
};

struct ProfileRenamed {
    ProfileName from;
    ProfileName to;
    Identity by;

    friend bool operator==(const ProfileRenamed&, const ProfileRenamed&) = default;
};

struct ProfileRemoved {
    ProfileName name;
    Identity by;

    friend bool operator==(const ProfileRemoved&, const ProfileRemoved&) = default;
};

/// A request for the vendor was made; one that was made before is answered no more.
struct ActivationRequested {
    EntitlementId license;
    Activation::Pending pending;
    Identity by;

    friend bool operator==(const ActivationRequested&, const ActivationRequested&) = default;
};

/// The request is answered no more.
struct ActivationCancelled {
    EntitlementId license;
    Identity by;

    friend bool operator==(const ActivationCancelled&, const ActivationCancelled&) = default;
};

/// This host is the one on which the license is alive; whatever number was active before has ended.
struct Activated {
    EntitlementId license;
    std::uint64_t number = 0;
    NodeLock kind = NodeLock::machine;
    std::string issuer;
    std::optional<Check> check;
    CalendarInstant checked{};
    std::string redeemed; ///< Of a ticket: its receipt; empty: of none.
    Identity by;

    friend bool operator==(const Activated&, const Activated&) = default;
};

/// The number of the receipt is spent for ever; the receipt says so to the issuer.
struct ActivationEnded {
    EntitlementId license;
    Activation::Receipt receipt;
    Identity by;

    friend bool operator==(const ActivationEnded&, const ActivationEnded&) = default;
};

/// The issuer has the receipt of the activation.
struct ReceiptDelivered {
    EntitlementId license;
    std::uint64_t number = 0;

    friend bool operator==(const ReceiptDelivered&, const ReceiptDelivered&) = default;
};

/// This host has shown itself to the issuer; of an earlier showing no answer is taken any more.
struct ShowingMade {
    EntitlementId license;
    Activation::Showing showing;

    friend bool operator==(const ShowingMade&, const ShowingMade&) = default;
};

/// The issuer has said whether the license is active here.
struct IssuerAnswered {
    EntitlementId license;
    std::uint64_t number = 0;
    bool active = false;
    CalendarInstant checked{}; ///< When this host had shown itself.

    friend bool operator==(const IssuerAnswered&, const IssuerAnswered&) = default;
};

/// Somebody used a profile: what a warning before a rename counts (A-S19).
struct ProfileUsed {
    ProfileName profile;
    UserName user;
    DeviceName device;
    CalendarInstant last{};

    friend bool operator==(const ProfileUsed&, const ProfileUsed&) = default;
};

struct UsersSet {
    PoolId pool;
    std::optional<std::set<UserName>> users;
    Identity by;

    friend bool operator==(const UsersSet&, const UsersSet&) = default;
};

/// Also ends the wait of a waiter with the same id.
struct LeaseGranted {
    Lease lease;
    ConnectionId connection{}; ///< Not journaled, like the deadline: a start gives a new one.
    SteadyInstant deadline{};

    friend bool operator==(const LeaseGranted&, const LeaseGranted&) = default;
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

    friend bool operator==(const LeaseEnded&, const LeaseEnded&) = default;
};

/// Why a lease or a wait of before ended, for its holder's next question: in a snapshot only.
struct EndingRemembered {
    LeaseId id;
    Identity identity; ///< Whose it was; nobody else is told.
    EndReason reason = EndReason::silent;

    friend bool operator==(const EndingRemembered&, const EndingRemembered&) = default;
};

struct Queued {
    Waiter waiter;
    ConnectionId connection{}; ///< Not journaled, like the deadline.
    SteadyInstant deadline{};

    friend bool operator==(const Queued&, const Queued&) = default;
};

struct Unqueued {
    LeaseId id;
    EndReason reason = EndReason::checked_in;
    Identity by;      ///< Of a revocation.
    std::string note; ///< Why, in the operator's words.

    friend bool operator==(const Unqueued&, const Unqueued&) = default;
};

struct ModeSet {
    Mode mode = Mode::serving;
    Identity by;

    friend bool operator==(const ModeSet&, const ModeSet&) = default;
};

struct CredentialIssued {
    Credential credential;
    Identity by;

    friend bool operator==(const CredentialIssued&, const CredentialIssued&) = default;
};

struct CredentialRevoked {
    std::string name;
    Identity by;

    friend bool operator==(const CredentialRevoked&, const CredentialRevoked&) = default;
};

/// A checkout was refused. At most one a minute for each client and profile, so that a flood of
/// refusals is not a flood of writes.
struct Denied {
    CalendarInstant at{};
    ProfileName profile;
    UserName user;
    DeviceName device;
    Refusal refusal;

    friend bool operator==(const Denied&, const Denied&) = default;
};

/// Nothing happened but time: the floor below which the calendar never falls again.
struct TimeSeen {
    friend bool operator==(const TimeSeen&, const TimeSeen&) = default;
};

// Fleeting: applied like the others and never journaled.

/// Of a lease, or of a place in the queue (then the deadline is the end of the wait).
struct LeaseRenewed {
    LeaseId id;
    ConnectionId connection;
    SteadyInstant deadline;

    friend bool operator==(const LeaseRenewed&, const LeaseRenewed&) = default;
};

/// Nobody speaks for the lease (or the place in the queue) since its connection ended.
struct ConnectionLost {
    LeaseId id;
    SteadyInstant deadline;

    friend bool operator==(const ConnectionLost&, const ConnectionLost&) = default;
};

/// Its holder wants it no more, whether it was held or not: what still asks for it comes too late.
struct IdReturned {
    LeaseId id;

    friend bool operator==(const IdReturned&, const IdReturned&) = default;
};

/// Nobody loses anything through silence before `until`: the daemon itself was away.
struct AmnestyGranted {
    SteadyInstant from;
    SteadyInstant until;
    bool is_new = true; ///< False: an earlier one is prolonged.

    friend bool operator==(const AmnestyGranted&, const AmnestyGranted&) = default;
};

struct TermsSet {
    Duration term;
    Duration grace;
    std::uint64_t leases_max = 0;
    Duration validity{};

    friend bool operator==(const TermsSet&, const TermsSet&) = default;
};

using Fact = std::variant<
    ProductDefined, EntitlementInstalled, EntitlementRemoved, NodeLockSeen, PoolOpened, PoolRemoved,
    Posted, EntitlementCounted, ProfileSet, ProfileRenamed, ProfileRemoved, ProfileUsed, UsersSet,
    LeaseGranted, LeaseEnded, Queued, Unqueued, ModeSet, CredentialIssued, CredentialRevoked,
    Denied, TimeSeen, EndingRemembered, ActivationRequested, ActivationCancelled, Activated,
    ActivationEnded, ReceiptDelivered, ShowingMade, IssuerAnswered, LicenseExpected, Departed,
    DepartureConfirmed, ArrivalBegun, Followed, Arrived, ArrivalAbandoned, CounterAnchored,
    ActivationDoubted, SchemeSet, EntitlementAmended, LicenseForgotten, PoolClosed, PoolRenamed,
    PartySet, PartyRemoved, LeaseMoved, ProductForgotten, FoundationPut, FoundationRemoved,
    PrincipalSet, ConsolidationSet, ProductConsolidationSet, Covered, LeaseRenewed, ConnectionLost,
    AmnestyGranted, TermsSet, StreamBegun, StreamRead, CounterReached, StateWatched, WatchEnded,
    StateTold, Reviewed, RowsKept, TableEnded, IdReturned>;

/// Facts that a fact holds: it is declared before `Fact` is.
struct FactList {
    std::vector<Fact> list;
};

/// Whether the journal must remember it.
bool is_lasting(const Fact& fact);

/// Whether a server that takes over from this one must hear of it: lasting, and not of this host
/// alone.
bool crosses(const Fact& fact);

} // namespace usher::ledger
