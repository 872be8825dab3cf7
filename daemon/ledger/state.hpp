#pragma once

#include "daemon/ledger/entities.hpp"
#include "daemon/ledger/fact.hpp"
#include "daemon/ledger/limits.hpp"
#include "daemon/ledger/party.hpp"
#include "daemon/ledger/requirements.hpp"
#include "daemon/ledger/returned.hpp"
#include "daemon/ledger/scheme.hpp"
#include "daemon/ledger/watch.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <ext/pb_ds/assoc_container.hpp>
#include <ext/pb_ds/tree_policy.hpp>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

/// The ledger's inside: the fold of all facts, and the indexes that make every question cheap.
/// Private to this folder. Changed by `apply` only; the lists of what to look at are the exception.
namespace usher::ledger {

struct PoolRecord;
struct LeaseRecord;
struct ProfileRecord;
struct Client;

/// Places in the order in which they are served; says in O(log n) how many stand before one.
using Places =
    __gnu_pbds::tree<std::uint64_t, __gnu_pbds::null_type, std::less<>, __gnu_pbds::rb_tree_tag,
                     __gnu_pbds::tree_order_statistics_node_update>;

/// Leases of a pool that are one seat. It takes as many units as the largest of them asked for.
struct Seat {
    std::map<Units, std::size_t> leases; ///< How many leases asked for so many units; never empty.

    [[nodiscard]] Units units() const { return leases.empty() ? 0 : leases.rbegin()->first; }
    Units sit_down(Units asked); ///< How many units more it takes now.
    Units stand_up(Units asked); ///< How many fewer.
};

/// A pool with everything that refers to it.
struct PoolRecord {
    Pool pool;
    std::uint64_t number = 0; ///< In the order in which pools were opened.
    Units stock = 0;
    Units held = 0;               ///< Σ over seats.
    std::size_t unlimited = 0;    ///< Entitlements without a number that count now.
    LeaseRecord* first = nullptr; ///< Its leases, the longest-holding first.
    LeaseRecord* last = nullptr;
    std::size_t leases = 0;
    std::unordered_map<std::string, Seat, SeededHash> seats; ///< Empty where a lease is a seat.
    Places queue;                                            ///< Of those who wait for it.
    /// Seat keys that waiters would use, with their places.
    std::set<std::pair<std::string, std::uint64_t>> wished;
    std::set<EntitlementId> fed_by;
    PoolRecord* root = nullptr; ///< Itself, where it is one.
    const Scheme* scheme = nullptr;
    std::map<std::uint64_t, PoolRecord*> children; ///< In the order in which they were opened.
    std::set<PartyId> instances;                   ///< That use it.
    std::set<std::uint64_t> watches;               ///< That look at it now.

    [[nodiscard]] bool is_root() const { return root == this; }
};

/// A party with everything that refers to it.
struct PartyRecord {
    Party party;
    std::set<PartyId> users;           ///< Of a company.
    std::map<PoolId, PoolRecord*> own; ///< The newest pool that it owns under each root.
};

/// A lease with what moves while it lives.
struct LeaseRecord {
    /// Who is asked for a sign of life: nobody, the holder, or one whose connection has ended.
    enum class Listening : std::uint8_t { none, speaking, lost };

    Lease lease;
    std::uint64_t number = 0; ///< In the order in which leases were granted.
    PoolRecord* pool = nullptr;
    Seat* seat = nullptr;             ///< None where a lease is a seat of its own.
    ProfileRecord* profile = nullptr; ///< None where it was removed, or none was asked for.
    Client* client = nullptr;         ///< Of its profile; none where that has too many.
    bool shares_seat = false;         ///< The seat was held already when this one was granted.
    ConnectionId connection;          ///< That speaks for it.
    SteadyInstant deadline{};
    LeaseRecord* before = nullptr; ///< In its pool.
    LeaseRecord* after = nullptr;
    LeaseRecord* party_before = nullptr; ///< Of its party.
    LeaseRecord* party_after = nullptr;
    Listening listening = Listening::none;
    std::list<LeaseRecord*>::iterator listed; ///< Valid unless `listening` is none.
};

/// Leases by their ids. The table has ids and pointers: so to find one of a million is to look at
/// two places, and to grow moves no record.
class LeaseTable {
  public:
    explicit LeaseTable(SeededHash hash) : index_(0, hash) {}

    [[nodiscard]] std::size_t size() const { return index_.size(); }
    [[nodiscard]] bool empty() const { return index_.empty(); }
    [[nodiscard]] bool contains(const LeaseId& id) const { return index_.contains(id); }
    [[nodiscard]] const LeaseRecord* find(const LeaseId& id) const;
    [[nodiscard]] const LeaseRecord& at(const LeaseId& id) const { return *index_.at(id); }
    [[nodiscard]] LeaseRecord& at(const LeaseId& id) { return *index_.at(id); }
    /// In no order.
    [[nodiscard]] auto all()
    {
        return std::views::transform(index_,
                                     [](auto& entry) -> LeaseRecord& { return *entry.second; });
    }
    [[nodiscard]] auto all() const
    {
        return std::views::transform(
            index_, [](auto& entry) -> const LeaseRecord& { return *entry.second; });
    }

    /// Of a lease that is not there yet.
    LeaseRecord& add(const Lease& lease);
    /// Of a lease that is there.
    void remove(const LeaseId& id);

  private:
    using Index = boost::unordered_flat_map<LeaseId, std::unique_ptr<LeaseRecord>, SeededHash>;
    Index index_;
};

struct WaiterRecord {
    Waiter waiter;
    ConnectionId connection; ///< That speaks for it.
    SteadyInstant patient_until{};
    SteadyInstant deadline{}; ///< `patient_until`, or earlier where nobody speaks for it.
};

/// An entitlement with what of it stands in the accounts.
struct EntitlementRecord {
    Entitlement entitlement;
    bool counts = false;
    bool unlimited = false;
    Units units = 0;
};

/// A user on a device who used a profile.
struct Client {
    CalendarInstant last{};
    std::size_t leases = 0; ///< That it holds through the profile now.
};

struct ProfileRecord {
    Profile profile;
    std::uint64_t number = 0; ///< In the order in which profiles were added; kept by a rename.
    /// By `client_key`; who holds nothing and has not been here for 30 days is forgotten.
    std::unordered_map<std::string, Client, SeededHash> clients;
    // Kept only where the profile has a capacity.
    Units in_use = 0; ///< Of the seats that were taken through it, a seat's units once.
    std::unordered_map<const Seat*, Seat> seats; ///< What of each seat was taken through it.
};

/// Why a lease that is no more ended, for its holder's next question.
struct Ending {
    Identity identity;
    EndReason reason = EndReason::checked_in;
};

/// What another server reads of this one: first what made the state when it began, then what has
/// happened since.
struct Stream {
    StreamId id;
    NodeKey target;
    std::string uri;
    std::string redirect;
    std::shared_ptr<const FactList> beginning; ///< Null once it has been read.
    std::uint64_t beginning_size = 0;
    std::deque<Fact> news;       ///< Not read yet.
    std::uint64_t news_read = 0; ///< So many were, and are kept no longer.

    [[nodiscard]] std::uint64_t size() const { return beginning_size + news_read + news.size(); }
};

inline constexpr auto client_memory = std::chrono::days(30); ///< How long a profile's use is news.
inline constexpr auto denial_interval = std::chrono::minutes(1);

struct State {
    explicit State(std::uint64_t seed, Rules rules = {});

    SeededHash hash;
    CalendarInstant floor{};
    Mode mode = Mode::serving;
    Duration term = std::chrono::seconds(25);
    Duration grace = std::chrono::seconds(2);
    std::uint64_t leases_max = leases_max_default;
    Duration validity = std::chrono::hours(72);

    std::map<std::string, Scheme> schemes; ///< None ever goes: pools point at them.
    std::string usual_scheme{server_scheme};
    std::map<ProductId, Product> products;
    std::map<EntitlementId, EntitlementRecord> entitlements;
    Requirements requirements;
    std::map<EntitlementId, Activation> activations;
    std::optional<Anchor> anchor;                 ///< None: no counter is asked.
    std::optional<std::uint64_t> counter_reached; ///< Where it stands; none: it is not reached.
    bool was_doubted = false;                     ///< See `CounterAnchored`.
    std::map<EntitlementId, ExpectedLicense> expected; ///< Announced, and none of `entitlements`.
    std::map<ProductId, std::size_t> counting;         ///< How many entitlements of it count now.
    std::unordered_map<PoolId, PoolRecord, SeededHash> pools;
    /// The same in the order in which they were opened.
    std::map<std::uint64_t, PoolRecord*> pools_in_order;
    std::map<ProductId, std::map<std::uint64_t, PoolRecord*>> roots;
    std::unordered_map<PartyId, PartyRecord, SeededHash> parties;
    /// The leases of each party, the latest first; of those that are not known, too.
    std::unordered_map<PartyId, LeaseRecord*, SeededHash> leases_of;
    std::map<ProfileName, ProfileRecord> profiles;
    /// Those that are tried where none is named, in the order in which they were added.
    std::map<std::uint64_t, const ProfileRecord*> defaults;
    std::map<std::string, Credential> credentials;
    std::map<CredentialDigest, std::string> credential_names;
    /// Leases that no silence ends, of each identity, in the order in which they came to be held.
    std::unordered_map<Identity, std::map<std::uint64_t, LeaseRecord*>, SeededHash> kept_by;
    LeaseTable leases;
    boost::unordered_flat_map<LeaseTag, LeaseId, SeededHash> tags; ///< Of leases and waiters.
    std::map<std::uint64_t, WaiterRecord> waiters;                 ///< By place.
    std::unordered_map<LeaseId, std::uint64_t, SeededHash> places;
    std::uint64_t pools_numbered = 0;
    std::uint64_t leases_numbered = 0;
    std::uint64_t profiles_numbered = 0;
    std::uint64_t places_given = 0;

    /// Floating leases in the order of their deadlines. There is one term and one grace, and time
    /// only grows, so a renewed lease goes to the end: no search, whatever is held.
    std::list<LeaseRecord*> speaking;
    std::list<LeaseRecord*> lost; ///< Whose connection has ended since the last amnesty.
    std::set<std::pair<SteadyInstant, std::uint64_t>> wait_ends;
    std::set<std::pair<CalendarInstant, LeaseId>> fixed_ends;
    std::set<std::pair<CalendarInstant, EntitlementId>> boundaries; ///< Where a count may change.
    SteadyInstant amnesty_until{}; ///< Nobody in `speaking` is silent before.
    SteadyInstant amnesty_from{};

    std::deque<Denied> denials;
    std::map<std::string, CalendarInstant> denied_last; ///< Of those in `denials`.
    std::unordered_map<LeaseId, Ending, SeededHash> endings;
    std::deque<LeaseId> endings_in_order;
    Returned returned;
    std::chrono::sys_days clients_pruned_on{};

    // Of connections that want to hear how a pool stands.
    std::map<std::uint64_t, WatchRecord> watches; ///< By their number.
    std::map<ConnectionId, std::set<std::uint64_t>> watches_of;
    std::map<PartyId, std::set<std::uint64_t>> watches_for; ///< Those that name a party.
    std::uint64_t watches_numbered = 0;

    std::map<ConnectionId, KeptRows>
        tables; ///< Of connections: what was kept of them, and not put.

    // Of moves.
    std::optional<Stream> stream;       ///< To another server; of this run of the daemon.
    std::optional<Departure> departure; ///< Until this server has taken over from another.
    bool departure_confirmed = false;   ///< The other server has it all.
    /// The one that goes on, or the last one if this server has not departed since.
    std::optional<Arrival> arrival;
    std::set<std::string> credentials_followed; ///< While it goes on: those that are not our own.

    /// Signed licenses that name this host, in the order in which a greeting shows them; shared
    /// with every greeting.
    std::shared_ptr<const std::vector<std::shared_ptr<const std::string>>> documents;

    // What to look at when settling. Taken off by `settle`, put on by `apply`.
    bool documents_changed = false;
    bool hopes_changed = false; ///< Somebody may wait for what cannot come any more.
    std::set<EntitlementId> uncounted;
    std::map<std::uint64_t, PoolRecord*> freed; ///< Pools with a queue whose head may fit now.
    std::vector<std::pair<PoolId, std::string>> shareable; ///< Seats that somebody waits to share.
    std::set<std::uint64_t> watches_due; ///< Those whose pool may stand otherwise.

    [[nodiscard]] const PoolRecord* find_pool(const PoolId& id) const;
    [[nodiscard]] const PartyRecord* find_party(const PartyId& id) const;
    [[nodiscard]] const ProfileRecord* find_profile(const ProfileName& name) const;
    [[nodiscard]] const LeaseRecord* find_lease(const LeaseId& id) const;
    [[nodiscard]] const WaiterRecord* find_waiter(const LeaseId& id) const;
    [[nodiscard]] const LeaseRecord* find_lease(LeaseTag tag) const;
    [[nodiscard]] const Activation* find_activation(const EntitlementId& license) const;
};

/// Whether the counter that must be raised before a receipt leaves is not reached.
[[nodiscard]] inline bool is_counter_away(const State& state)
{
    return state.anchor && !state.counter_reached;
}

/// Whether there is nothing that another server's could be confused with.
[[nodiscard]] bool is_empty(const State& state);

/// The key that makes leases of one pool one seat; empty where a lease is a seat of its own.
[[nodiscard]] std::string seat_key(Metric metric, const UserName& user, const DeviceName& device);

/// One text for a user on a device, as no two different pairs have.
[[nodiscard]] std::string client_key(const UserName& user, const DeviceName& device);
[[nodiscard]] std::pair<UserName, DeviceName> client_from(std::string_view key);

/// What `entitlement` is worth at `at`; a number of none: unlimited. `eff` in the model.
struct Worth {
    bool counts = false;
    std::optional<Units> units;
};
[[nodiscard]] Worth worth(const State& state, const Entitlement& entitlement, CalendarInstant at);

/// Why it counts nothing at `at`; none: it counts.
[[nodiscard]] std::optional<Code> why_worthless(const State& state, const Entitlement& entitlement,
                                                CalendarInstant at);

/// When the active one lapses unless the issuer is asked again; none: never, or none is active.
[[nodiscard]] std::optional<CalendarInstant> lapse_of(const Activation& activation);

/// When the host should show itself next; none: it need not.
[[nodiscard]] std::optional<CalendarInstant> due_of(const Activation& activation);

/// The instants at which what the entitlement is worth changes by itself.
[[nodiscard]] std::vector<CalendarInstant> boundaries_of(const State& state,
                                                         const Entitlement& entitlement);

/// Why nothing that feeds `pool` counts; none: something does, or its units come from elsewhere.
[[nodiscard]] std::optional<Code> why_empty(const State& state, const PoolRecord& pool);

/// Why nothing of `product` counts; none: something does.
[[nodiscard]] std::optional<Code> why_missing(const State& state, const ProductId& product);

/// The product that `pool` stands on (A-Q15); none: on no other.
[[nodiscard]] std::optional<ProductId> product_below(const State& state, const PoolRecord& pool);

[[nodiscard]] bool is_unlimited(const PoolRecord& pool);
[[nodiscard]] Units
available(const PoolRecord& pool); ///< Of a limited pool; below 0: over-committed.
/// Closed, or over-committed.
[[nodiscard]] bool is_locked(const PoolRecord& pool);

/// The refusal that a locked pool answers with: POOL_CLOSED or POOL_LOCKED; needs `is_locked`.
[[nodiscard]] Refusal lock_refusal(const State& state, const PoolRecord& pool);

/// A refusal with the pool's numbers.
[[nodiscard]] Refusal refuse(Code code, const PoolRecord& pool);
[[nodiscard]] Refusal refuse(Code code, std::string subject = {}, std::string detail = {});

/// The lease is one of `pool` from `at` on: its kind, and its end where it has one.
void set_terms(Lease& lease, const PoolRecord& pool, CalendarInstant at);

/// Says in `refusal` who holds the pool's seats, the longest-holding first.
void name_holders(Refusal& refusal, const PoolRecord& pool);

/// When the lease ends unless it is renewed; none: no silence ends it, or the lease was replayed
/// and the start that gives it a term is still to come.
[[nodiscard]] std::optional<SteadyInstant> silent_at(const State& state, const LeaseRecord& lease);

/// Uses of a profile before this instant are no news any more; the same for a whole day, so that
/// it does not matter when somebody looks.
[[nodiscard]] CalendarInstant client_memory_start(CalendarInstant at);

/// How many clients hold something through the profile or did so in the last 30 days.
[[nodiscard]] std::size_t clients_recently(const ProfileRecord& profile, CalendarInstant at);

} // namespace usher::ledger
