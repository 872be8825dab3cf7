#pragma once

#include "daemon/ledger/ledger.hpp"
#include "daemon/ledger/state.hpp"

/// The rules, one function a command: the answer, and the facts that it makes true.
namespace usher::ledger {

Verdict decide(const State& state, const Start& command, Now now);
Verdict decide(const State& state, const AwaitHolders& command, Now now);
Verdict decide(const State& state, const Greet& command, Now now);
Verdict decide(const State& state, const Checkout& command, Now now);
Verdict decide(const State& state, const Renew& command, Now now);
Verdict decide(const State& state, const Checkin& command, Now now);
Verdict decide(const State& state, const LoseConnection& command, Now now);
Verdict decide(const State& state, const Revoke& command, Now now);
Verdict decide(const State& state, const Install& command, Now now);
Verdict decide(const State& state, const Import& command, Now now);
Verdict decide(const State& state, const Remove& command, Now now);
Verdict decide(const State& state, const RequestActivation& command, Now now);
Verdict decide(const State& state, const CancelActivation& command, Now now);
Verdict decide(const State& state, const Activate& command, Now now);
Verdict decide(const State& state, const Deactivate& command, Now now);
Verdict decide(const State& state, const MakeShowing& command, Now now);
Verdict decide(const State& state, const HearIssuer& command, Now now);
Verdict decide(const State& state, const ShowReceipt& command, Now now);
Verdict decide(const State& state, const ListConcerns& command, Now now);
Verdict decide(const State& state, const AddProfile& command, Now now);
Verdict decide(const State& state, const RenameProfile& command, Now now);
Verdict decide(const State& state, const RemoveProfile& command, Now now);
Verdict decide(const State& state, const SetDefault& command, Now now);
Verdict decide(const State& state, const SetUsers& command, Now now);
Verdict decide(const State& state, const SetMode& command, Now now);
Verdict decide(const State& state, const IssueCredential& command, Now now);
Verdict decide(const State& state, const RevokeCredential& command, Now now);
Verdict decide(const State& state, const SetTerms& command, Now now);
Verdict decide(const State& state, const Look& command, Now now);
Verdict decide(const State& state, const ExplainRefusals& command, Now now);
Verdict decide(const State& state, const BeginMove& command, Now now);
Verdict decide(const State& state, const ReadStream& command, Now now);
Verdict decide(const State& state, const RequestTransfer& command, Now now);
Verdict decide(const State& state, const Depart& command, Now now);
Verdict decide(const State& state, const ConfirmDeparture& command, Now now);
Verdict decide(const State& state, const BeginArrival& command, Now now);
Verdict decide(const State& state, const Follow& command, Now now);
Verdict decide(const State& state, const Arrive& command, Now now);
Verdict decide(const State& state, const AbandonArrival& command, Now now);
Verdict decide(const State& state, const SetSchemes& command, Now now);
Verdict decide(const State& state, const OpenPool& command, Now now);
Verdict decide(const State& state, const Allocate& command, Now now);
Verdict decide(const State& state, const ClosePool& command, Now now);
Verdict decide(const State& state, const AddParty& command, Now now);
Verdict decide(const State& state, const Rebind& command, Now now);
Verdict decide(const State& state, const SetSource& command, Now now);
Verdict decide(const State& state, const RemoveParty& command, Now now);
Verdict decide(const State& state, const Register& command, Now now);
Verdict decide(const State& state, const CheckinMany& command, Now now);
Verdict decide(const State& state, const ListLeases& command, Now now);
Verdict decide(const State& state, const AskState& command, Now now);
Verdict decide(const State& state, const Plan& command, Now now);
Verdict decide(const State& state, const DefineProduct& command, Now now);
Verdict decide(const State& state, const ForgetProduct& command, Now now);
Verdict decide(const State& state, const PutFoundations& command, Now now);
Verdict decide(const State& state, const RemoveFoundation& command, Now now);
Verdict decide(const State& state, const RemoveSource& command, Now now);
Verdict decide(const State& state, const ConfirmFoundation& command, Now now);
Verdict decide(const State& state, const SetPrincipals& command, Now now);
Verdict decide(const State& state, const Consolidate& command, Now now);
Verdict decide(const State& state, const ConsolidateProducts& command, Now now);
Verdict decide(const State& state, const Entitle& command, Now now);
Verdict decide(const State& state, const ChangeModel& command, Now now);
Verdict decide(const State& state, const Reconcile& command, Now now);
Verdict decide(const State& state, const ListRequirements& command, Now now);
Verdict decide(const State& state, const ListPrincipals& command, Now now);
Verdict decide(const State& state, const ExplainRequirement& command, Now now);
Verdict decide(const State& state, const ReportCompliance& command, Now now);

/// Where what is here belongs to a move: a no, or that nothing happens; none: the command may be
/// decided as ever, for it changes nothing that another server has or gives.
[[nodiscard]] std::optional<Verdict> decide_in_a_move(const State& state, const Command& command);

/// Where the counter is not reached: the no to whatever would let a receipt leave; none: the
/// command lets none leave, or the counter is reached.
[[nodiscard]] std::optional<Verdict> decide_without_counter(const State& state,
                                                            const Command& command);

/// What it means that the start has found this counter.
void look_at_counter(const State& state, const CounterSeen& seen, Verdict& verdict);

/// The verdict ends an activation: the counter passes what was remembered before.
void pass_counter(const State& state, Verdict& verdict);

/// Whether a ticket that is loaded now is the first of its number; it may be otherwise.
[[nodiscard]] Doubt doubt_about_tickets(const State& state);

/// A no changes nothing.
inline Verdict no(Refusal refusal)
{
    return {std::move(refusal), {}};
}

/// Who got no seat.
struct Disappointed {
    const ProfileName& profile;
    const UserName& user;
    const DeviceName& device;
};

/// A no that is remembered, so that an operator can be asked why; but seldom, so that asking in a
/// loop writes little, and asking under ever new names not much more.
[[nodiscard]] Verdict denied(const State& state, const Disappointed& who, Refusal refusal, Now now);

/// SERVER_ARRIVING, or SERVER_DEPARTED with the document that says where to; needs one of these
/// modes.
[[nodiscard]] Refusal refuse_in_a_move(const State& state);

/// DOCUMENT_USED: what the courier has of the move is of an earlier try.
[[nodiscard]] Refusal move_again(std::string what);

/// What a lease's holder is told of it when it is granted.
[[nodiscard]] Granted granted(const State& state, const Lease& lease, bool shares_seat);

/// PRODUCT_MISMATCH, naming both.
[[nodiscard]] Refusal other_product(std::string subject, const ProductId& here,
                                    const ProductId& there);

/// For a sentence: `1 unit`, `2 units`.
[[nodiscard]] std::string units_text(Units units);
/// The same, or `unlimited units`.
[[nodiscard]] std::string quantity_text(const std::optional<Units>& quantity);

/// Why a lease that is not there is not there: what its holder is told.
[[nodiscard]] Refusal unknown_lease(std::string detail = {});
[[nodiscard]] Refusal id_was_returned();

/// What the ledger keeps for a connection, and for nobody without it, ends: what it watches, and
/// its table.
Verdict forget_connection(const State& state, ConnectionId connection);

} // namespace usher::ledger
