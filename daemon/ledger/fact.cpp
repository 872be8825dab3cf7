#include "daemon/ledger/fact.hpp"

namespace usher::ledger {
namespace {

template <class Fact, class... Others>
constexpr bool is_one_of = (std::is_same_v<Fact, Others> || ...);

template <class Fact>
constexpr bool is_fleeting =
    is_one_of<Fact, LeaseRenewed, ConnectionLost, AmnestyGranted, TermsSet, StreamBegun, StreamRead,
              CounterReached, StateWatched, WatchEnded, StateTold, Reviewed, RowsKept, TableEnded,
              IdReturned>;

/// Activations are of one host, and so is what it sees of itself: its clock, its counter, its mode,
/// its moves.
template <class Fact>
constexpr bool is_of_one_host =
    is_one_of<Fact, NodeLockSeen, ModeSet, TimeSeen, ActivationRequested, ActivationCancelled,
              Activated, ActivationEnded, ReceiptDelivered, ShowingMade, IssuerAnswered, Departed,
              DepartureConfirmed, ArrivalBegun, Followed, Arrived, ArrivalAbandoned,
              CounterAnchored, ActivationDoubted>;

} // namespace

std::string_view word(EndReason reason)
{
    switch (reason) {
    case EndReason::checked_in: return "checked_in";
    case EndReason::silent: return "silent";
    case EndReason::connection_lost: return "connection_lost";
    case EndReason::revoked: return "revoked";
    case EndReason::server_restarted: return "server_restarted";
    case EndReason::fixed_end: return "fixed_end";
    case EndReason::patience_ended: return "patience_ended";
    case EndReason::no_longer_possible: return "no_longer_possible";
    }
    return "";
}

bool is_lasting(const Fact& fact)
{
    return std::visit(
        [](const auto& one) { return !is_fleeting<std::remove_cvref_t<decltype(one)>>; }, fact);
}

bool crosses(const Fact& fact)
{
    return std::visit(
        []<class One>(const One&) { return !is_fleeting<One> && !is_of_one_host<One>; }, fact);
}

} // namespace usher::ledger
