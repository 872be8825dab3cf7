#include "daemon/ledger/apply.hpp"

#include <cassert>

/// What each fact about an activation does. What it means for the stock follows when the license
/// is counted again.
namespace usher::ledger {
namespace {

/// Changes what may change the worth of a license, and has it looked at again.
template <class Change>
void change(State& state, const EntitlementId& license, Change make)
{
    const auto installed = state.entitlements.find(license);
    const bool is_here = installed != state.entitlements.end();
    if (is_here) // The lapse is another one afterwards; the license's own dates stay.
        for (const CalendarInstant instant : boundaries_of(state, installed->second.entitlement))
            state.boundaries.erase({instant, license});
    make(state.activations[license]);
    if (!is_here)
        return;
    for (const CalendarInstant instant : boundaries_of(state, installed->second.entitlement))
        state.boundaries.emplace(instant, license);
    state.uncounted.insert(license);
    state.documents_changed = true;
}

} // namespace

void Applier::operator()(const ActivationRequested& fact) const
{
    state.activations[fact.license].pending = fact.pending;
}

void Applier::operator()(const ActivationCancelled& fact) const
{
    const auto found = state.activations.find(fact.license);
    found->second.pending.reset();
    if (found->second.number == 0 && !found->second.receipt) // Nothing is known of it any more.
        state.activations.erase(found);
}

void Applier::operator()(const Activated& fact) const
{
    change(state, fact.license, [&](Activation& one) {
        assert(fact.number > one.number && fact.number > spent(one));
        one.number = fact.number;
        one.kind = fact.kind;
        one.issuer = fact.issuer;
        one.check = fact.check;
        one.checked = fact.checked;
        one.redeemed = fact.redeemed;
        one.denied = false;
        one.doubt = Doubt::none;
        one.pending.reset();
        one.showing.reset();
    });
}

void Applier::operator()(const ActivationEnded& fact) const
{
    change(state, fact.license, [&](Activation& one) {
        assert(fact.receipt.document);
        if (one.number == fact.receipt.number) {
            one.number = 0;
            one.denied = false;
            one.doubt = Doubt::none;
            one.redeemed.clear();
            one.showing.reset();
        }
        one.receipt = fact.receipt;
    });
}

void Applier::operator()(const ReceiptDelivered& fact) const
{
    Activation& one = state.activations.at(fact.license);
    assert(one.receipt && one.receipt->number == fact.number);
    one.receipt->delivered = true;
}

void Applier::operator()(const ShowingMade& fact) const
{
    state.activations.at(fact.license).showing = fact.showing;
}

void Applier::operator()(const IssuerAnswered& fact) const
{
    change(state, fact.license, [&](Activation& one) {
        assert(one.number == fact.number);
        one.denied = !fact.active;
        one.doubt = Doubt::none;
        if (fact.active) {
            one.checked = fact.checked;
            one.redeemed.clear(); // It has seen it.
        }
        one.showing.reset();
    });
}

void Applier::operator()(const CounterAnchored& fact) const
{
    state.anchor = fact.anchor;
    state.was_doubted = state.was_doubted || fact.is_after_doubt;
    if (!fact.anchor)
        state.counter_reached.reset();
}

/// An answer to what it has shown of itself before may be an old one.
void Applier::operator()(const ActivationDoubted& fact) const
{
    change(state, fact.license, [&](Activation& one) {
        assert(one.number != 0);
        one.doubt = fact.doubt;
        if (fact.doubt != Doubt::none)
            one.showing.reset();
    });
}

void Applier::operator()(const CounterReached& fact) const
{
    state.counter_reached = fact.value;
}

} // namespace usher::ledger
