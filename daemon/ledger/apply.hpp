#pragma once

#include "daemon/ledger/state.hpp"

#include <functional>

/// How each fact changes the state. No rule stands here: a fact has happened, and whoever made it
/// has judged. A fact that cannot have come from this state ends the process.
namespace usher::ledger {

struct Applier {
    State& state;
    CalendarInstant at;

    void operator()(const ProductDefined& fact) const;
    void operator()(const EntitlementInstalled& fact) const;
    void operator()(const EntitlementRemoved& fact) const;
    void operator()(const LicenseExpected& fact) const;
    void operator()(const NodeLockSeen& fact) const;
    void operator()(const PoolOpened& fact) const;
    void operator()(const PoolRemoved& fact) const;
    void operator()(const Posted& fact) const;
    void operator()(const EntitlementCounted& fact) const;
    void operator()(const ProfileSet& fact) const;
    void operator()(const ProfileRenamed& fact) const;
    void operator()(const ProfileRemoved& fact) const;
    void operator()(const ProfileUsed& fact) const;
    void operator()(const UsersSet& fact) const;
    void operator()(const LeaseGranted& fact) const;
    void operator()(const LeaseEnded& fact) const;
    void operator()(const EndingRemembered& fact) const;
    void operator()(const Queued& fact) const;
    void operator()(const Unqueued& fact) const;
    void operator()(const ModeSet& fact) const;
    void operator()(const CredentialIssued& fact) const;
    void operator()(const CredentialRevoked& fact) const;
    void operator()(const Denied& fact) const;
    void operator()(const TimeSeen& fact) const;
    void operator()(const ActivationRequested& fact) const;
    void operator()(const ActivationCancelled& fact) const;
    void operator()(const Activated& fact) const;
    void operator()(const ActivationEnded& fact) const;
    void operator()(const ReceiptDelivered& fact) const;
    void operator()(const ShowingMade& fact) const;
    void operator()(const IssuerAnswered& fact) const;
    void operator()(const Departed& fact) const;
    void operator()(const DepartureConfirmed& fact) const;
    void operator()(const ArrivalBegun& fact) const;
    void operator()(const Followed& fact) const;
    void operator()(const Arrived& fact) const;
    void operator()(const ArrivalAbandoned& fact) const;
    void operator()(const CounterAnchored& fact) const;
    void operator()(const ActivationDoubted& fact) const;
    void operator()(const CounterReached& fact) const;
    void operator()(const SchemeSet& fact) const;
    void operator()(const EntitlementAmended& fact) const;
    void operator()(const LicenseForgotten& fact) const;
    void operator()(const PoolClosed& fact) const;
    void operator()(const PoolRenamed& fact) const;
    void operator()(const PartySet& fact) const;
    void operator()(const PartyRemoved& fact) const;
    void operator()(const LeaseMoved& fact) const;
    void operator()(const ProductForgotten& fact) const;
    void operator()(const FoundationPut& fact) const;
    void operator()(const FoundationRemoved& fact) const;
    void operator()(const PrincipalSet& fact) const;
    void operator()(const ConsolidationSet& fact) const;
    void operator()(const ProductConsolidationSet& fact) const;
    void operator()(const Covered& fact) const;
    void operator()(const Reviewed& fact) const;
    void operator()(const StateWatched& fact) const;
    void operator()(const WatchEnded& fact) const;
    void operator()(const IdReturned& fact) const { state.returned.add(fact.id); }
    void operator()(const RowsKept& fact) const;
    void operator()(const TableEnded& fact) const;
    void operator()(const StateTold& fact) const;
    void operator()(const LeaseRenewed& fact) const;
    void operator()(const ConnectionLost& fact) const;
    void operator()(const AmnestyGranted& fact) const;
    void operator()(const TermsSet& fact) const;
    void operator()(const StreamBegun& fact) const;
    void operator()(const StreamRead& fact) const;
};

/// The pool's queue may be served now: seats were given back, or somebody left the queue.
void free_up(State& state, PoolRecord& pool);

/// The same of all pools: what was in the way was in the way of all.
void free_up_everything(State& state);

/// Whoever waits for a seat that is held already may share it: a list of users, the mode or a
/// profile's capacity was in the way. Nothing else ever is, for while a pool is locked no seat of
/// it is taken. O(those who wish to share).
void offer_shares(State& state, const PoolRecord& pool);

/// Both, for the pools that a profile leads to: its capacity was in the way.
void open_up(State& state, const Profile& profile);

/// Whoever watches the pool may have news of it.
void note_change(State& state, const PoolRecord& pool);

/// The watch looks at the pool that its party has now.
void look_again(State& state, std::uint64_t watch);

/// So do all that name the party.
void look_again_for(State& state, const PartyId& party);

/// Where the entitlement's worth changes by itself is forgotten.
void forget_boundaries(State& state, const Entitlement& entitlement,
                       const std::function<bool(CalendarInstant)>& is_over);

/// Where it changes from now on is remembered, and that it must be counted.
void look_at(State& state, const Entitlement& entitlement);

/// The lease was taken through the profile that it names, if there still is one.
void join_profile(State& state, LeaseRecord& lease, CalendarInstant at);

/// Keeps a fact that crosses for the server that reads this one; needs a stream.
void stream_on(State& state, const Fact& fact);

/// What a refusal is remembered under: one a minute for each.
[[nodiscard]] std::string denial_key(const ProfileName& profile, const UserName& user,
                                     const DeviceName& device);

} // namespace usher::ledger
