#include "daemon/ledger/decide.hpp"

namespace usher::ledger {
namespace {

/// A copy of this server on another host must not speak for it: it counts nothing there anyway.
bool is_here(const State& state, const EntitlementId& license)
{
    const auto found = state.entitlements.find(license);
    return found != state.entitlements.end() && found->second.entitlement.on_this_node;
}

} // namespace

Verdict decide(const State& state, const ListConcerns&, Now now)
{
    Concerns concerns;
    for (const auto& [license, activation] : state.activations) {
        if (activation.issuer.empty())
            continue;
        if (activation.number != 0 && is_here(state, license)) {
            const auto lapse = lapse_of(activation);
            concerns.push_back(
                {.license = license,
                 .issuer = activation.issuer,
                 .number = activation.number,
                 .due = due_of(activation),
                 .has_lapsed = activation.denied || activation.doubt != Doubt::none ||
                               (lapse && now.calendar >= *lapse),
                 .shown =
                     activation.showing ? std::optional(activation.showing->made) : std::nullopt,
                 .receipt = nullptr});
        }
        if (activation.receipt && !activation.receipt->delivered && !is_counter_away(state))
            concerns.push_back({.license = license,
                                .issuer = activation.issuer,
                                .number = activation.receipt->number,
                                .due = {},
                                .has_lapsed = false,
                                .shown = {},
                                .receipt = activation.receipt->document});
    }
    return {std::move(concerns), {}};
}

} // namespace usher::ledger
