#pragma once

#include "daemon/ledger/ledger.hpp"

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The rules of lending once more, written as plainly as they can be said: vectors, no index, no
/// fact, everything counted anew for every question. Only what today's commands can lead to.
namespace usher::ledger::test {

/// A seat that somebody was told he holds, or a place in the queue that he was told he has.
struct Claim {
    LeaseId id;
    Identity identity;
    PartyId party;
    UserName user;
    DeviceName device;
    Units units = 1;
    ProfileName asked;
    std::vector<Way> ways; ///< Of a holder: the one by which he got his seat.
    ConnectionId connection;
    SteadyInstant deadline{};
    SteadyInstant patient_until{}; ///< Of a waiter; zero: replayed, before the start.
    Duration patience{};
    bool lost = false; ///< Of a holder: its connection has ended, and the grace runs.

    [[nodiscard]] const PoolId& pool() const { return ways.front().pool; }
    [[nodiscard]] const ProfileName& profile() const { return ways.front().profile; }
    /// Null: not by that pool.
    [[nodiscard]] const Way* way_by(const PoolId& pool) const;
};

using Claims = std::vector<Claim>;

/// Is asked by `History::move` and judged there.
template <class Command>
concept AboutMove = std::same_as<Command, BeginMove> || std::same_as<Command, ReadStream> ||
    std::same_as<Command, RequestTransfer> || std::same_as<Command, Depart> ||
    std::same_as<Command, ConfirmDeparture> || std::same_as<Command, BeginArrival> ||
    std::same_as<Command, Follow> || std::same_as<Command, Arrive> ||
    std::same_as<Command, AbandonArrival>;

/// Null: none.
Claim* find(Claims& claims, const LeaseId& id);

/// What the house knows of the activations of one license.
struct NaiveActivation {
    std::uint64_t active = 0;
    std::uint64_t ended = 0; ///< And all below.
    std::optional<Activation::Pending> pending;
    std::optional<Activation::Showing> showing;
    std::optional<Check> check;
    CalendarInstant checked{};
    bool denied = false;
    Doubt doubt = Doubt::none;
    bool delivered = false; ///< The receipt of the one that ended.
};

struct NaiveHouse {
    Mode mode = Mode::serving;
    Duration term = std::chrono::seconds(25);
    Duration grace = std::chrono::seconds(2);
    std::uint64_t leases_max = leases_max_default;
    SteadyInstant amnesty_from{};
    SteadyInstant amnesty_until{};
    std::map<PoolId, Entitlement> licenses; ///< Each has a pool of its own.
    std::map<EntitlementId, NaiveActivation> activations;
    std::optional<Anchor> anchor;
    bool is_counter_reached = false;
    bool was_doubted = false;
    std::map<PoolId, ExpectedLicense> expected; ///< Not here yet; its pool is.
    std::map<PoolId, Metric> metrics;
    std::map<PoolId, std::optional<std::set<UserName>>> allowed;
    std::map<ProductId, std::optional<ProductName>> foundations;
    std::vector<Profile> profiles; ///< In the order in which they were added.
    std::vector<Claim> holders;    ///< In the order in which they were granted.
    std::vector<Claim> waiters;    ///< In the order in which they came.
    /// Given back in this run, the latest that shares its first two bytes with others.
    std::map<std::array<std::uint8_t, 2>, LeaseId> returned;

    [[nodiscard]] bool is_counter_away() const { return anchor && !is_counter_reached; }
    [[nodiscard]] bool is_full() const { return holders.size() + waiters.size() >= leases_max; }
    void bring_in(const Install& command); ///< A license with a pool of its own.
    void note_returned(const LeaseId& id) { returned[{id.bytes[0], id.bytes[1]}] = id; }
    [[nodiscard]] bool was_returned(const LeaseId& id) const
    {
        const auto last = returned.find({id.bytes[0], id.bytes[1]});
        return last != returned.end() && last->second == id;
    }

    [[nodiscard]] std::optional<Code> why_worthless(const PoolId& pool, CalendarInstant at) const;
    /// None: unlimited.
    [[nodiscard]] std::optional<Units> stock(const PoolId& pool, CalendarInstant at) const;
    [[nodiscard]] Units held(const PoolId& pool) const;
    // Of a pool that one of the claim's ways leads to.
    /// What the claim takes of the pool beyond the seat that is held already.
    [[nodiscard]] Units further(const PoolId& pool, const Claim& claim) const;
    [[nodiscard]] bool is_over_capacity(const PoolId& pool, const Claim& claim) const;
    [[nodiscard]] bool is_enough(const PoolId& pool, const Claim& claim, CalendarInstant at) const;

    /// Why the pool will never lend to the claim, as things are; none: some day.
    [[nodiscard]] std::optional<Code> why_never(const PoolId& pool, const Claim& claim,
                                                CalendarInstant at) const;
    /// Why it does not now, with the first `ahead` of the waiters before it; none: it does.
    [[nodiscard]] std::optional<Code> why_not(const PoolId& pool, const Claim& claim,
                                              std::size_t ahead, CalendarInstant at) const;
    [[nodiscard]] bool is_hopeless(const Claim& claim, CalendarInstant at) const;

    [[nodiscard]] std::vector<Way> route(const ProfileName& asked) const;
    [[nodiscard]] SteadyInstant silent_at(const Claim& holder) const;
};

} // namespace usher::ledger::test
