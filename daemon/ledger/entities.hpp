#pragma once

#include "daemon/ledger/requirement.hpp"
#include "daemon/ledger/scheme.hpp"
#include "daemon/ledger/types.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// The entities of the domain as they are stored and journaled. What can be derived
/// (held, available, locked) is not here: the ledger computes it.
namespace usher::ledger {

/// A product as its vendor's licenses describe it. `requires_product`: where nothing of that
/// product of the same vendor counts, checkouts of this one are refused with the other's reason
/// (A-Q15).
struct Product {
    ProductId id;
    std::optional<ProductName> requires_product;
    std::optional<Model> model = {}; ///< For whom its rights are counted; none: nobody has said.

    friend bool operator==(const Product&, const Product&) = default;
};

/// A right that was bought and signed. Counts from `from` (inclusive) to `to` (exclusive).
struct Entitlement {
    EntitlementId id;
    PoolId root;                   ///< The pool that its units are posted to.
    ProductId product;             ///< Its vendor is who signed this.
    std::string type;              ///< Free text of the vendor: "annual", "academic". Shown only.
    std::optional<Units> quantity; ///< None: unlimited.
    std::optional<CalendarInstant> from;              ///< None: since ever.
    std::optional<CalendarInstant> to;                ///< None: for ever.
    std::optional<CalendarInstant> maintenance_until; ///< Shown only.
    NodeLock lock = NodeLock::none;
    bool on_this_node = true; ///< Whether its node-lock named this host when last looked at.
    /// The number of the activation that it came by: it counts while that one is the active one.
    std::uint64_t activation = 0; ///< 0: a plain license file, which needs none.
    /// Products of the same vendor that its rights may be used for instead. What is reconciled
    /// only.
    std::set<ProductName> downgrades_to = {};
    std::shared_ptr<const std::string> document; ///< The signed file, byte for byte; never null.

    /// Also compares the document by its bytes.
    friend bool operator==(const Entitlement& a, const Entitlement& b);
};

/// How often a host must show itself to the issuer, and by how much it may be late.
struct Check {
    Duration every{};
    Duration grace{};

    friend bool operator==(const Check&, const Check&) = default;
};

/// How far a counter that only grows had come when something was remembered. An older memory of
/// this host names an earlier value.
struct Anchor {
    std::string counter; ///< No other counter has this name.
    std::uint64_t value = 0;

    friend bool operator==(const Anchor&, const Anchor&) = default;
};

/// Why it is not known whether an activation is still the active one; the heaviest last.
enum class Doubt : std::uint8_t {
    none,
    counter_away,   ///< The counter that would say it is not reached.
    state_restored, ///< What is remembered is not the newest, or nothing tells.
};

/// `none`, `counter_away`, `state_restored`.
std::string_view word(Doubt doubt);

/// What this host knows of the activations of one license; known before the license is, and kept
/// when it is gone. An issuer counts activations from 1, and a host accepts each number once.
struct Activation {
    /// Asked for; the response is still to come.
    struct Pending {
        Nonce nonce;
        NodeLock kind = NodeLock::machine;
        CalendarInstant since{};

        friend bool operator==(const Pending&, const Pending&) = default;
    };
    /// This host has shown itself; the issuer's answer is still to come.
    struct Showing {
        Nonce nonce;
        CalendarInstant made{};

        friend bool operator==(const Showing&, const Showing&) = default;
    };
    /// That the last activation ended here: what lets another host have the license.
    struct Receipt {
        std::uint64_t number = 0;
        std::shared_ptr<const std::string> document; ///< As signed; never null.
        Nonce digest;                                ///< The nonce of the issuer's answer to it.
        bool delivered = false;                      ///< The issuer has said that it has it.

        /// Also compares the documents by their bytes.
        friend bool operator==(const Receipt& a, const Receipt& b);
    };

    std::uint64_t number = 0; ///< The active one; 0: none.
    // Of the active one, or of the last that was.
    NodeLock kind = NodeLock::none;
    std::string issuer; ///< Where it can be asked, `usher://…`; empty: nowhere.
    std::optional<Check> check;
    CalendarInstant checked{}; ///< The issuer has said so, when asked at this instant or later.
    bool denied = false;       ///< The issuer has said that the license is not active here.
    Doubt doubt = Doubt::none; ///< Until the issuer has been heard, or another one is active.
    /// The receipt by which a ticket became the active one, until the issuer has said that it
    /// knows: one that has not seen it is shown it. Empty: none is needed.
    std::string redeemed;
    std::optional<Pending> pending;
    std::optional<Showing> showing;
    std::optional<Receipt> receipt; ///< Of the last one that ended.
};

/// The highest number that has ended here; it and all below are accepted no more.
[[nodiscard]] inline std::uint64_t spent(const Activation& activation)
{
    return activation.receipt ? activation.receipt->number : 0;
}

/// A license that an import has announced and that is not here yet. Its pool, and whatever leads
/// there, is; it fills the pool when it comes.
struct ExpectedLicense {
    EntitlementId id;
    PoolId root;
    ProductId product;
    std::optional<Units> quantity; ///< None: unlimited.
    NodeLock lock = NodeLock::none;
    bool activated = false; ///< Where it was: so a code brings it here, and not a file.

    friend bool operator==(const ExpectedLicense&, const ExpectedLicense&) = default;
};

/// Where units belong. A root has no parent; its children share its product, metric and scheme.
struct Pool {
    PoolId id;
    std::optional<PoolId> parent;
    ProductId product;
    Metric metric = Metric::lease;
    std::optional<std::set<UserName>> allow; ///< Named users (A-R23); none: everybody.
    std::string scheme{server_scheme};       ///< How it behaves.
    PartyId owner = {};  ///< The company or user that it is the own pool of; empty: nobody's.
    bool closed = false; ///< It lends nothing any more, and has no units.

    friend bool operator==(const Pool&, const Pool&) = default;
};

/// The name that applications ask for: pools in the order in which they are tried (A-Q7).
struct Profile {
    ProfileName name;
    std::vector<PoolId> pools;
    bool is_default = false; ///< Tried where a client names no profile (A-Q8).
    /// So many units at most are lent through it (A-R30): at most the stock behind it when it is
    /// set. None: as many as there are.
    std::optional<Units> capacity;

    friend bool operator==(const Profile&, const Profile&) = default;
};

/// Who holds a seat, and until when. The deadline of a floating lease is not part of this:
/// it moves with every renewal and is never journaled.
struct Lease {
    LeaseId id;
    LeaseTag tag;
    PoolId pool;
    Units units = 1;
    Identity identity; ///< The only one that may renew it or give it back.
    PartyId party;
    UserName user;
    DeviceName device;
    std::uint64_t process = 0; ///< As the client said; 0: not said.
    LeaseKind kind = LeaseKind::floating;
    std::optional<CalendarInstant> ends; ///< Of a fixed lease.
    ProfileName profile;                 ///< That it counts for; renamed with it.
    ProfileName asked; ///< As its asker called it, and calls it in a retry; empty: none.
    CalendarInstant started{};

    friend bool operator==(const Lease&, const Lease&) = default;
};

/// One way to a seat: a pool, and the profile through which it was reached.
struct Way {
    PoolId pool;
    ProfileName profile;

    friend bool operator==(const Way&, const Way&) = default;
};

/// A checkout that waits for its turn. Becomes a lease with the same id.
struct Waiter {
    Lease lease;             ///< As it would be granted by the first of its ways.
    std::vector<Way> ways;   ///< Never empty, and no pool twice.
    std::uint64_t place = 0; ///< Orders all waiters; only grows.
    Duration patience{};     ///< How long it wants to wait; counts anew after a start.

    friend bool operator==(const Waiter&, const Waiter&) = default;
};

/// A pool key or a certificate that this daemon made.
struct Credential {
    enum class Kind : std::uint8_t { key, certificate };

    std::string name;
    Kind kind = Kind::key;
    Role role = Role::application;
    CredentialDigest digest;
    CalendarInstant made{};

    friend bool operator==(const Credential&, const Credential&) = default;
};

/// Where this server has moved to, and what a repeated question about it is answered with.
struct Departure {
    struct Ticket {
        EntitlementId license;
        std::shared_ptr<const std::string> document; ///< As signed; never null.

        /// Also compares the documents by their bytes.
        friend bool operator==(const Ticket& a, const Ticket& b);
    };

    NodeKey target;
    std::string uri;
    std::string redirect; ///< The signed document that sends applications there.
    /// By which it was read since, the one that it departed with first; those in between are
    /// forgotten where there are too many.
    std::vector<StreamId> streams;
    std::vector<Ticket> tickets;
    /// The signed licenses that name this host: by them it is believed when it sends somebody on.
    std::vector<std::shared_ptr<const std::string>> proofs;

    /// Also compares the documents by their bytes.
    friend bool operator==(const Departure& a, const Departure& b);
};

/// Up to where this server has followed another one.
struct Arrival {
    NodeKey source;
    StreamId stream;
    std::uint64_t position = 0; ///< So many facts have come.
    bool is_whole = false;      ///< Nothing is missing: the source has departed.

    friend bool operator==(const Arrival&, const Arrival&) = default;
};

} // namespace usher::ledger
