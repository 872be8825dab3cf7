#include "daemon/ledger/decide.hpp"

/// What may be asked of a server whose leases and licenses belong to a move.
namespace usher::ledger {
namespace {

/// Whatever is not named here would change what another server has or gives.
struct Gate {
    const State& state;
    using Opinion = std::optional<Verdict>;

    template <class Other>
    Opinion operator()(const Other&) const
    {
        return no(refuse_in_a_move(state));
    }

    // It is nobody's time that passes: whoever comes back finds what was there.
    Opinion operator()(const Start& start) const
    {
        Verdict verdict;
        if (start.counter)
            look_at_counter(state, *start.counter, verdict);
        return verdict;
    }
    Opinion operator()(const AwaitHolders&) const { return Verdict{}; }
    Opinion operator()(const SetSchemes&) const { return Verdict{Done{}, {}}; }
    Opinion operator()(const LoseConnection& command) const
    {
        return forget_connection(state, command.connection);
    }

    // These only look.
    Opinion operator()(const Greet&) const { return std::nullopt; }
    Opinion operator()(const Look&) const { return std::nullopt; }
    Opinion operator()(const ExplainRefusals&) const { return std::nullopt; }
    Opinion operator()(const ShowReceipt&) const { return std::nullopt; }
    Opinion operator()(const ListConcerns&) const { return std::nullopt; }
    Opinion operator()(const ListRequirements&) const { return std::nullopt; }
    Opinion operator()(const ListPrincipals&) const { return std::nullopt; }
    Opinion operator()(const ExplainRequirement&) const { return std::nullopt; }
    Opinion operator()(const ReportCompliance&) const { return std::nullopt; }

    // These are of this host.
    Opinion operator()(const SetTerms&) const { return std::nullopt; }
    Opinion operator()(const HearIssuer&) const { return std::nullopt; }

    // These are the move, and know its modes.
    Opinion operator()(const BeginMove&) const { return std::nullopt; }
    Opinion operator()(const ReadStream&) const { return std::nullopt; }
    Opinion operator()(const Depart&) const { return std::nullopt; }
    Opinion operator()(const ConfirmDeparture&) const { return std::nullopt; }
    Opinion operator()(const BeginArrival&) const { return std::nullopt; }
    Opinion operator()(const Follow&) const { return std::nullopt; }
    Opinion operator()(const Arrive&) const { return std::nullopt; }
    Opinion operator()(const AbandonArrival&) const { return std::nullopt; }
};

} // namespace

std::optional<Verdict> decide_in_a_move(const State& state, const Command& command)
{
    return std::visit(Gate{state}, command);
}

Refusal refuse_in_a_move(const State& state)
{
    if (state.mode == Mode::arriving)
        return refuse(Code::server_arriving);
    Refusal refusal = refuse(Code::server_departed, {}, state.departure->uri);
    refusal.redirect = state.departure->redirect;
    return refusal;
}

} // namespace usher::ledger
