#pragma once

#include "daemon/ledger/asker.hpp"
#include "daemon/ledger/entities.hpp"
#include "daemon/ledger/fact.hpp"
#include "daemon/ledger/install_command.hpp"
#include "daemon/ledger/limits.hpp"
#include "daemon/ledger/plan_command.hpp"
#include "daemon/ledger/pool_command.hpp"
#include "daemon/ledger/requirement_command.hpp"

#include <map>
#include <string>
#include <variant>
#include <vector>

/// What can be asked. Closed: the role table, the translation and the ledger each name all of
/// them, so that a new one that is forgotten somewhere does not compile.
namespace usher::ledger {

/// What a start has found of the counter of this host.
struct CounterSeen {
    bool is_wanted = true;        ///< The operator lets one be asked.
    std::optional<Anchor> anchor; ///< Where it stands; none: it is not reached.
    bool is_new = false;          ///< It was made by this start, or the key of this node was.
};

/// The daemon has (re)started, or has been away (stopped, suspended): every floating lease and
/// every waiter gets a full term. `on_this_node` says, for each entitlement whose node-lock was
/// looked at, whether it names this host.
struct Start {
    std::map<EntitlementId, bool> on_this_node;
    std::optional<CounterSeen> counter = std::nullopt; ///< None: nobody looked.
};

/// Holders still stand in the queue of handshakes: nobody who has not come back yet expires.
/// Asked again while it is so; the ledger bounds how long after a start it listens.
struct AwaitHolders {};

/// A connection says who it is. Answered with `Greeted`, or UNKNOWN_CREDENTIAL.
struct Greet {
    std::optional<CredentialDigest> credential; ///< None: anonymous or proven otherwise.
    Identity identity; ///< What the session knows already; used where there is no credential.
    Role role = Role::application;
    bool certificate_is_foreign = false; ///< From a CA that the operator gave: not in our list.
};

/// A retry with the same id by the same identity is the same checkout.
struct Checkout {
    Asker asker;
    LeaseId id;
    LeaseTag tag;
    ProfileName profile; ///< Empty: the default profiles in order.
    Units units = 1;
    /// Who it is for. Where pools follow parties it says which pool (`home`); where they follow
    /// users, empty stands for the party of the user's name.
    PartyId party;
    UserName user;
    DeviceName device;
    std::uint64_t process = 0;
    Duration patience{}; ///< 0: do not wait.
    PoolId pool = {};    ///< Instead of a profile.
};

/// The heartbeat of any number of leases, and of places in the queue.
struct Renew {
    Asker asker;
    std::vector<LeaseId> leases;
};

/// Gives a seat back, or leaves the queue.
struct Checkin {
    Asker asker;
    LeaseId lease;
};

/// The connection ended without a checkin: what it carried has the grace left. Leases that have
/// come back over another connection meanwhile are not touched. What it watched and what was kept
/// of its table is forgotten.
struct LoseConnection {
    ConnectionId connection;
    std::vector<LeaseId> leases;
    bool runs_on = false; ///< It was left on purpose, or ended by us: they have their whole term.
};

/// An operator takes a seat away; the holder is told why.
struct Revoke {
    Identity by;
    LeaseTag lease;
    std::string reason;
};

/// What `usher export` wrote of another daemon, or of this one: makes its profiles, their mapping,
/// its named users, pools and parties here, all or nothing. A license that is not here yet is
/// expected from then on. Each profile's pools are roots of `licenses`, of `pools`, or are here.
struct Import {
    struct License {
        ExpectedLicense license;
        Metric metric = Metric::lease;
        std::optional<std::set<UserName>> users; ///< Named users of its pool; none: everybody.
        std::string scheme{server_scheme};       ///< Of its root.
    };
    /// A pool under a root; its units are no part of a description.
    struct Child {
        PoolId pool;
        PoolId root;
        PartyId owner; ///< Empty: nobody's.
    };

    Identity by;
    std::vector<License> licenses;   ///< Each number once.
    std::vector<Profile> profiles;   ///< Each name once.
    std::vector<Child> pools = {};   ///< Each name once.
    std::vector<Party> parties = {}; ///< Each name once.
    Duration term{};                 ///< As it was there: compared, and not taken over.
    Duration grace{};
    bool dry_run = false; ///< Only says what would become otherwise; needs no maintenance.
};

/// A request for the vendor to activate a license here, signed before.
struct RequestActivation {
    Identity by;
    EntitlementId license;
    Nonce nonce;
    NodeLock kind = NodeLock::machine;
    std::shared_ptr<const std::string> document; ///< Given to the asker once it is remembered.
};

/// Whatever the vendor answers to the request comes too late from now on.
struct CancelActivation {
    Identity by;
    EntitlementId license;
};

/// The vendor's response, whose signature has been verified: a license that names this host, with
/// `entitlement.activation` as the number of its activation.
struct Activate {
    Install install;
    Nonce nonce;        ///< Of the request that it answers.
    std::string issuer; ///< Where the issuer can be asked; empty: nowhere.
    std::optional<Check> check;
};

/// Ends the activation with exactly this number; the receipt was signed before, for no other.
struct Deactivate {
    Identity by;
    EntitlementId license;
    std::uint64_t number = 0;
    std::shared_ptr<const std::string> receipt;
    Nonce digest; ///< Of the receipt: the nonce of an answer to it.
    bool force = false;
};

/// This host shows itself to the issuer. The document is signed after the answer, which says
/// whether a receipt belongs into it.
struct MakeShowing {
    EntitlementId license;
    std::uint64_t number = 0;
    Nonce nonce;
};

/// The issuer's answer to a showing or to a receipt; its signature has been verified.
struct HearIssuer {
    EntitlementId license;
    VendorName vendor; ///< Who speaks: it counts for licenses of this vendor only.
    std::uint64_t number = 0;
    Nonce nonce;
    bool active = false;
};

/// Asks for the receipt of a license's last activation.
struct ShowReceipt {
    EntitlementId license;
};

/// Asks what issuers should hear of this host.
struct ListConcerns {};

struct AddProfile {
    Identity by;
    Profile profile;
};

struct RenameProfile {
    Identity by;
    ProfileName from;
    ProfileName to;
};

struct RemoveProfile {
    Identity by;
    ProfileName name;
};

struct SetDefault {
    Identity by;
    ProfileName name;
    bool is_default = true;
};

/// Replaces the named users of a pool; none: everybody may.
struct SetUsers {
    Identity by;
    PoolId pool;
    std::optional<std::set<UserName>> users;
};

struct SetMode {
    Identity by;
    Mode mode = Mode::serving;
};

struct IssueCredential {
    Identity by;
    Credential credential;
};

struct RevokeCredential {
    Identity by;
    std::string name;
};

/// How long a silent holder keeps its seat, and how many there may be. Given at start and when the
/// configuration is re-read; journaled nowhere: it is the operator's, not history.
struct SetTerms {
    Duration term = std::chrono::seconds(25);
    Duration grace = std::chrono::seconds(2);
    /// Leases and places in the queue together. Lowered, it takes nothing from anybody.
    std::uint64_t leases_max = leases_max_default;
    /// How long what somebody was told of a pool may be relied on without another word (U-Q9).
    Duration validity = std::chrono::hours(72);
};

/// Asks for one picture of everything.
struct Look {};

/// Asks for the last refusals, newest first.
struct ExplainRefusals {
    UserName user; ///< Empty: everybody's.
};

// A live move. Two servers that do not speak to each other: whoever moves them asks both.

/// Streams what is here to the target from now on, in place of an earlier stream.
struct BeginMove {
    StreamId stream;
    NodeKey target;
    std::string uri;
    std::string redirect; ///< Signed before, for no other target.
};

/// Asks for what follows after so many facts.
struct ReadStream {
    StreamId stream;
    std::uint64_t after = 0;
};

/// Asks the issuer for a ticket, by `document` that was signed before.
struct RequestTransfer {
    EntitlementId license;
    std::uint64_t number = 0;
    std::shared_ptr<const std::string> document;
};

/// Ends every activation here for the ticket that follows it. Their signatures have been verified,
/// and the receipts were signed before.
struct Depart {
    struct Ticket {
        EntitlementId license;
        Install install;           ///< What the target will be asked to take by it.
        std::uint64_t follows = 0; ///< The number of the activation that ends.
        NodeKey target;
        std::shared_ptr<const std::string> document;
        std::shared_ptr<const std::string> receipt;
        Nonce digest; ///< Of the receipt: the nonce of an answer to it.
    };

    Identity by;
    StreamId stream;
    std::vector<Ticket> tickets;
};

/// The target says that it has arrived; its signature has been verified.
struct ConfirmDeparture {
    Identity by;
    NodeKey target; ///< Who says so.
    StreamId stream;
};

/// Follows another server from now on.
struct BeginArrival {
    Identity by;
    NodeKey source;
    StreamId stream;
    bool has_departed = false; ///< The source: this server may have taken over already.
};

/// A part of the source's stream, whose signature has been verified.
struct Follow {
    NodeKey source; ///< Who signed it.
    StreamId stream;
    std::uint64_t from = 0; ///< So many facts stand before it.
    bool is_end = false;
    std::vector<Fact> facts;
};

/// Takes over. Every signature has been verified, and each receipt is its ticket's.
struct Arrive {
    struct Ticket {
        Install install; ///< With the number of the ticket as that of its activation.
        NodeKey source;  ///< Whose activation it follows.
        std::string issuer;
        std::optional<Check> check;
        CalendarInstant made{}; ///< By the issuer's clock.
        std::shared_ptr<const std::string> receipt;
    };

    Identity by;
    StreamId stream;
    std::vector<Ticket> tickets;
};

/// Forgets what has come.
struct AbandonArrival {
    Identity by;
};

using Command =
    std::variant<Start, AwaitHolders, Greet, Checkout, Renew, Checkin, LoseConnection, Revoke,
                 Install, Import, Remove, RequestActivation, CancelActivation, Activate, Deactivate,
                 MakeShowing, HearIssuer, ShowReceipt, ListConcerns, AddProfile, RenameProfile,
                 RemoveProfile, SetDefault, SetUsers, SetMode, IssueCredential, RevokeCredential,
                 SetTerms, Look, ExplainRefusals, BeginMove, ReadStream, RequestTransfer, Depart,
                 ConfirmDeparture, BeginArrival, Follow, Arrive, AbandonArrival, SetSchemes,
                 OpenPool, Allocate, ClosePool, AddParty, Rebind, SetSource, RemoveParty, Register,
                 CheckinMany, ListLeases, AskState, Plan, DefineProduct, ForgetProduct,
                 PutFoundations, RemoveFoundation, RemoveSource, ConfirmFoundation, SetPrincipals,
                 Consolidate, ConsolidateProducts, Entitle, ChangeModel, Reconcile,
                 ListRequirements, ListPrincipals, ExplainRequirement, ReportCompliance>;

} // namespace usher::ledger
