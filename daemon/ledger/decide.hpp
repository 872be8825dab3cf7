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

/// A no changes nothing.
inline Verdict no(Refusal refusal)
{
    return {std::move(refusal), {}};
}

/// What a lease's holder is told of it when it is granted.
[[nodiscard]] Granted granted(const State& state, const Lease& lease, bool shares_seat);

/// PRODUCT_MISMATCH, naming both.
[[nodiscard]] Refusal other_product(std::string subject, const ProductId& here,
                                    const ProductId& there);

/// For a sentence: `10 units`, `unlimited units`.
[[nodiscard]] std::string quantity_text(const std::optional<Units>& quantity);

/// Why a lease that is not there is not there: what its holder is told.
[[nodiscard]] Refusal unknown_lease(std::string detail = {});

} // namespace usher::ledger
