#pragma once

#include "daemon/ledger/entities.hpp"
#include "daemon/ledger/fact.hpp"
#include "daemon/ledger/refusal.hpp"
#include "daemon/ledger/requirement_answer.hpp"
#include "daemon/ledger/summary.hpp"

#include <memory>
#include <string>
#include <variant>
#include <vector>

/// What the asker is told, and what others are told because of it.
namespace usher::ledger {

/// A lease as its holder hears of it. `term` is relative, so the holder's clock does not matter.
struct Granted {
    LeaseId id;
    PoolId pool;
    ProductName product;
    Units units = 1;
    bool shares_seat = false; ///< It took no seat of its own.
    LeaseKind kind = LeaseKind::floating;
    Duration term{}; ///< Silence after which a floating lease ends.
};

/// The checkout stands in the queue; a `Granted` or a `WaitEnded` follows as a notice.
struct Waiting {
    LeaseId id;
    std::size_t position = 1; ///< From 1.
    Refusal refusal;          ///< What it would have been told without a wait.
};

struct LeaseState {
    enum class State : std::uint8_t { held, locked, waiting, unknown };

    LeaseId id;
    State state = State::unknown;
    std::shared_ptr<const Refusal> refusal; ///< Where locked or unknown; else null.
    std::string ended_because; ///< Where unknown and still remembered: `server_restarted`, …
};

struct Renewed {
    std::vector<LeaseState> leases; ///< In the order of the question.
    Duration term{};
};

struct Greeted {
    Identity identity;
    Role role = Role::application;
    Duration term{};
    Duration grace{};
    Mode mode = Mode::serving;
    /// The signed licenses that name this host: the proof that it is the vendor's customer. Where
    /// there is not room for all, the first ones, which are of as many vendors as can be.
    std::shared_ptr<const std::vector<std::shared_ptr<const std::string>>> documents;
};

/// How a pool stands, for who asked about it.
struct PoolState {
    PoolId pool; ///< Empty: the party has none yet.
    bool unlimited = false;
    Units stock = 0;
    Units held = 0;
    std::optional<Refusal> locked; ///< Why it lends nothing; none: it is not locked.
    Duration validity{};           ///< How long this may be relied on without another word.
};

/// Every row has its lease.
struct Registered {
    std::size_t taken = 0;   ///< By this request.
    std::size_t already = 0; ///< Before it.
    PoolState pool;          ///< That they are of.
};

/// Some of the asker's leases.
struct LeaseList {
    std::vector<Lease> leases;
    std::uint64_t after = 0; ///< To ask for what follows; 0: nothing does.
};

struct Done {
    std::vector<std::string> warnings; ///< What the operator should know; often empty.
    std::vector<std::string> changes;  ///< What became otherwise, where the asker cannot know it.
};

/// A signed document for the asker to carry.
struct Handed {
    std::shared_ptr<const std::string> document;
    std::uint64_t number = 0; ///< Of the activation that it is about; 0: of none yet.
    bool delivered = false;   ///< Of a receipt: the issuer has it.
    std::string issuer;       ///< Whom to carry it to; empty: not known here.
    std::vector<std::string> warnings;
};

/// What an issuer should hear of a license: that it is active here, or, with a receipt, that it is
/// no more.
struct Concern {
    EntitlementId license;
    std::string issuer;                 ///< Where it can be asked; never empty.
    std::uint64_t number = 0;           ///< Of the activation.
    std::optional<CalendarInstant> due; ///< When it should hear of it next; none: it need not.
    bool has_lapsed = false;
    std::optional<CalendarInstant> shown; ///< When the showing was made that waits for its answer.
    std::shared_ptr<const std::string> receipt; ///< That it has not got yet; null: it is active.
};
using Concerns = std::vector<Concern>;

/// What a showing must say; who has the node's key signs it.
struct Showing {
    EntitlementId license;
    std::uint64_t number = 0;
    Nonce nonce;
    std::string redeemed; ///< The receipt that belongs into it; empty: none.
    std::string issuer;
};

/// What is to be done before this server can depart.
struct MoveBegun {
    struct License {
        EntitlementId license;
        std::uint64_t number = 0; ///< Of its activation here.
        NodeLock kind = NodeLock::machine;
        std::string issuer;
        /// Null unless it has departed already.
        std::shared_ptr<const std::string> ticket;
        std::shared_ptr<const std::string> receipt;
    };

    StreamId stream;
    std::uint64_t facts = 0; ///< That it has so far.
    std::vector<License> licenses;
    bool has_departed = false;
    bool is_confirmed = false; ///< The target has it all: nothing is left of the move.
    CalendarInstant at{};
    std::vector<std::string> warnings;
};

/// Some of a stream; who has the node's key signs as much of it as fits into a message.
struct StreamPart {
    StreamId stream;
    NodeKey target;
    std::uint64_t from = 0;
    std::vector<Fact> facts;
    bool has_more = false; ///< Than these.
    bool is_end = false;   ///< These are the last ones ever.
};

/// It has departed: the receipts in the order of the tickets.
struct Receipts {
    std::vector<std::shared_ptr<const std::string>> receipts;
    std::string redirect;
};

/// How far it has followed.
struct Position {
    std::uint64_t position = 0;
    CalendarInstant at{};
    std::optional<Arrival> arrived; ///< What it arrived with, if it has; to be signed.
};

struct Refusals {
    std::vector<Denied> newest_first;
};

/// What a plan would do.
struct Forecast {
    struct PoolChange {
        PoolId pool;
        bool is_new = false;
        bool is_gone = false; ///< Removed or closed.
        bool unlimited_before = false;
        bool unlimited_after = false;
        Units stock_before = 0;
        Units stock_after = 0;
        Units held_before = 0;
        Units held_after = 0;
        bool locked_before = false;
        bool locked_after = false;
        Units short_by = 0;             ///< Where locked after.
        std::vector<std::string> cures; ///< Of a pool that would lock, the cheapest first.
    };

    CalendarInstant at{};
    std::optional<Refusal> refusal; ///< What the command would be told; nothing changes then.
    std::vector<PoolChange> pools;  ///< Those that would stand otherwise, that lock first.
    std::size_t pools_left_out = 0; ///< More of them than are listed.
    std::size_t locks = 0;          ///< How many pools would lock that are not locked now.
    std::size_t stay_locked = 0;    ///< How many are locked now, and would be then.
    std::size_t leases_ended = 0;
    std::size_t leases_moved = 0;
    std::vector<std::string> warnings; ///< As the command would give them.
};

/// So many pools are listed at most.
inline constexpr std::size_t forecast_pools_max = 1'000;

using Picture = std::shared_ptr<const Summary>;

/// `Arrival`: that it has arrived, to be signed by who has the node's key.
using Answer = std::variant<Done, Refusal, Granted, Waiting, Renewed, Greeted, Picture, Refusals,
                            Handed, Showing, MoveBegun, StreamPart, Receipts, Position, Arrival,
                            Concerns, PoolState, Registered, LeaseList, Forecast, RequirementList,
                            PrincipalList, Explanation, Compliance>;

// Notices: told without being asked, to the connection that speaks for the lease.

struct WaitEnded {
    LeaseId id;
    EndReason reason = EndReason::patience_ended;
    Refusal refusal;
    std::string note; ///< Of a revocation, in the operator's words.
};

struct SeatLost {
    LeaseId id;
    EndReason reason = EndReason::revoked;
    std::string note;
};

struct ModeChanged {
    Mode mode = Mode::serving;
};

/// This server has moved: the signed document that says where to.
struct Redirected {
    std::string document;
};

/// The credential that this connection was let in with is gone.
struct CredentialGone {
    std::string name;
};

/// A pool that this connection watches stands otherwise.
struct StateChanged {
    PartyId party; ///< As it was asked for.
    PoolId asked;
    PoolState state;
};

using Notice = std::variant<Granted, WaitEnded, SeatLost, ModeChanged, CredentialGone, Redirected,
                            StateChanged>;

} // namespace usher::ledger
