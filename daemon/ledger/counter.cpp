#include "daemon/ledger/decide.hpp"

#include <algorithm>
#include <cassert>

/// What a counter that only grows says about how new this host's memory is. Whatever lets another
/// host have a license passes it; so a memory of before stands at an earlier value.
namespace usher::ledger {
namespace {

/// What is active here may have ended, and the answers that it waits for may have come before.
void doubt_everything(const State& state, Doubt doubt, Verdict& verdict)
{
    for (const auto& [license, one] : state.activations) {
        if (one.pending)
            verdict.facts.emplace_back(ActivationCancelled{license, {}});
        if (one.number != 0 && (one.doubt < doubt || one.showing))
            verdict.facts.emplace_back(ActivationDoubted{license, std::max(one.doubt, doubt)});
    }
}

/// The counter was never passed while it was away, for no receipt has left since.
void trust_again(const State& state, Verdict& verdict)
{
    for (const auto& [license, one] : state.activations)
        if (one.doubt == Doubt::counter_away)
            verdict.facts.emplace_back(ActivationDoubted{license, Doubt::none});
}

/// Whatever is not named here lets no receipt leave.
struct ReceiptGate {
    bool operator()(const auto&) const { return false; }
    bool operator()(const Deactivate&) const { return true; }
    bool operator()(const ShowReceipt&) const { return true; }
    bool operator()(const BeginMove&) const { return true; }
    bool operator()(const Depart&) const { return true; }
};

} // namespace

void look_at_counter(const State& state, const CounterSeen& seen, Verdict& verdict)
{
    if (!seen.anchor && seen.is_wanted) { // Whether it knows more than we do will be seen later.
        if (state.anchor)
            doubt_everything(state, Doubt::counter_away, verdict);
        verdict.facts.emplace_back(CounterReached{});
        return;
    }
    const bool agrees = seen.anchor == state.anchor;
    const bool is_first = !state.anchor && seen.is_new;
    if (agrees)
        trust_again(state, verdict);
    else if (!is_first)
        doubt_everything(state, Doubt::state_restored, verdict);
    if (!agrees)
        verdict.facts.emplace_back(CounterAnchored{seen.anchor, !is_first});
    if (seen.anchor)
        verdict.facts.emplace_back(CounterReached{seen.anchor->value});
}

void pass_counter(const State& state, Verdict& verdict)
{
    if (!state.anchor)
        return;
    assert(state.counter_reached); // Else no receipt leaves.
    verdict.facts.emplace_back(
        CounterAnchored{Anchor{state.anchor->counter, *state.counter_reached + 1}});
}

Doubt doubt_about_tickets(const State& state)
{
    if (state.was_doubted)
        return Doubt::state_restored;
    return is_counter_away(state) ? Doubt::counter_away : Doubt::none;
}

std::optional<Verdict> decide_without_counter(const State& state, const Command& command)
{
    assert(is_counter_away(state));
    static_cast<void>(state);
    if (!std::visit(ReceiptGate{}, command))
        return std::nullopt;
    return no(refuse(Code::state_in_doubt));
}

} // namespace usher::ledger
