#include "daemon/ledger/install.hpp"
#include "daemon/ledger/limits.hpp"

#include <algorithm>

/// The life of an activation on this host: asked for, active, shown to the issuer, ended.
namespace usher::ledger {
namespace {

const Activation& known(const State& state, const EntitlementId& license)
{
    static const Activation nothing;
    const Activation* activation = state.find_activation(license);
    return activation ? *activation : nothing;
}

/// The license with its pool, where there is one.
const EntitlementRecord* installed(const State& state, const EntitlementId& license)
{
    const auto found = state.entitlements.find(license);
    return found == state.entitlements.end() ? nullptr : &found->second;
}

/// A license file that needs no activation stands there, and an activation would be a second one.
bool is_plain(const EntitlementRecord* record)
{
    return record && record->entitlement.activation == 0;
}

Refusal used(const EntitlementId& license, std::string detail)
{
    return refuse(Code::document_used, license.text, std::move(detail));
}

Refusal never_activated(const EntitlementId& license)
{
    return refuse(Code::not_active_here, license.text, "its license file needs no activation");
}

std::string number_text(const EntitlementId& license, std::uint64_t number)
{
    return "activation " + std::to_string(number) + " of license " + license.text;
}

/// Why this response is not taken, though it is genuine; none: it is.
std::optional<Refusal> why_not_activated(const State& state, const Activate& command)
{
    const Entitlement& entitlement = command.install.entitlement;
    const EntitlementId& license = entitlement.id;
    const Activation& activation = known(state, license);
    if (!entitlement.on_this_node)
        return refuse(Code::nodelock_mismatch, license.text);
    if (entitlement.activation <= spent(activation))
        return used(license, number_text(license, entitlement.activation) + " has ended here");
    if (entitlement.activation < activation.number)
        return used(license, number_text(license, activation.number) + " has replaced it");
    if (!activation.pending)
        return used(license,
                    "no request of this server waits for an answer about license " + license.text);
    if (activation.pending->nonce != command.nonce)
        return used(license, "a later request than the one that it answers is pending");
    const EntitlementRecord* record = installed(state, license);
    if (is_plain(record))
        return refuse(Code::already_installed, license.text);
    if (!record)
        return std::nullopt;
    if (auto refusal = why_bad_quantity(command.install))
        return refusal;
    return why_unlike(state.find_pool(record->entitlement.root)->pool, command.install);
}

} // namespace

Verdict decide(const State& state, const RequestActivation& command, Now now)
{
    if (is_plain(installed(state, command.license)))
        return no(refuse(Code::already_installed, command.license.text));
    const Activation* activation = state.find_activation(command.license);
    if (!activation && state.activations.size() >= activations_max)
        return no(refuse(Code::limit_reached, command.license.text,
                         "activations of " + std::to_string(activations_max) +
                             " licenses are known already"));
    Handed handed{.document = command.document, .issuer = {}, .warnings = {}};
    if (activation) {
        handed.issuer = activation->issuer;
        if (activation->pending)
            handed.warnings.push_back("an earlier request for license " + command.license.text +
                                      " is replaced: its response will be refused");
    }
    return {std::move(handed),
            {ActivationRequested{
                command.license, {command.nonce, command.kind, now.calendar}, command.by}}};
}

Verdict decide(const State& state, const CancelActivation& command, Now)
{
    const Activation* activation = state.find_activation(command.license);
    if (!activation && !installed(state, command.license))
        return no(refuse(Code::unknown_license, command.license.text));
    if (!activation || !activation->pending) // Cancelled before, and the answer was lost.
        return {Done{{"no request for license " + command.license.text + " is pending"}}, {}};
    return {Done{}, {ActivationCancelled{command.license, command.by}}};
}

/// The same response again is the same activation, whatever has become of its request.
Verdict decide(const State& state, const Activate& command, Now now)
{
    const Entitlement& entitlement = command.install.entitlement;
    const EntitlementRecord* record = installed(state, entitlement.id);
    const Activation& activation = known(state, entitlement.id);
    if (activation.number == entitlement.activation && record &&
        *record->entitlement.document == *entitlement.document)
        return {Done{warnings_about(state, record->entitlement, now.calendar)}, {}};
    if (auto refusal = why_not_activated(state, command))
        return no(*std::move(refusal));

    auto placement =
        record ? std::variant<Install, Refusal>(command.install) : placed(state, command.install);
    if (auto* refusal = std::get_if<Refusal>(&placement))
        return no(std::move(*refusal));
    const Install& install = std::get<Install>(placement);
    if (!record)
        if (auto refusal = why_unfit(state, install))
            return no(*std::move(refusal));

    Entitlement as_active = entitlement; // What else would be in the way of its counting.
    as_active.activation = 0;
    Verdict verdict{Done{warnings_about(state, as_active, now.calendar)}, {}};
    // The request was made before the issuer answered it, whatever its own clock says.
    verdict.facts.emplace_back(Activated{.license = entitlement.id,
                                         .number = entitlement.activation,
                                         .kind = entitlement.lock,
                                         .issuer = command.issuer,
                                         .check = command.check,
                                         .checked = activation.pending->since,
                                         .redeemed = {},
                                         .by = command.install.by});
    if (record)
        put_in_place(state, install, verdict);
    else
        bring_in(state, install, verdict);
    return verdict;
}

Verdict decide(const State& state, const Deactivate& command, Now)
{
    const Activation* activation = state.find_activation(command.license);
    const EntitlementRecord* record = installed(state, command.license);
    if (!activation && !record)
        return no(refuse(Code::unknown_license, command.license.text));
    if (state.mode != Mode::maintenance &&
        (!record || state.find_pool(record->entitlement.root)->scheme->asks_maintenance))
        return no(refuse(Code::not_in_maintenance));
    if (is_plain(record))
        return no(never_activated(command.license));
    if (!record || !activation || activation->number == 0 || activation->number != command.number)
        return no(refuse(Code::not_active_here, command.license.text));
    const PoolRecord& pool = state.pools.at(record->entitlement.root);
    if (!command.force)
        if (auto refusal = why_still_needed(*record, pool))
            return no(*std::move(refusal));

    Verdict verdict;
    Handed handed{.document = command.receipt,
                  .number = command.number,
                  .issuer = activation->issuer,
                  .warnings = {}};
    if (is_last_of(pool))
        end_leases(pool, command.by, "license " + command.license.text + " was deactivated",
                   verdict, handed.warnings);
    ActivationEnded ended{.license = command.license, .receipt = {}, .by = command.by};
    ended.receipt.number = command.number;
    ended.receipt.document = command.receipt;
    ended.receipt.digest = command.digest;
    verdict.facts.emplace_back(std::move(ended));
    pass_counter(state, verdict);
    verdict.answer = std::move(handed);
    return verdict;
}

Verdict decide(const State& state, const MakeShowing& command, Now now)
{
    const Activation& activation = known(state, command.license);
    if (activation.number == 0 || activation.number != command.number)
        return no(refuse(Code::not_active_here, command.license.text));
    return {Showing{.license = command.license,
                    .number = command.number,
                    .nonce = command.nonce,
                    .redeemed = activation.redeemed,
                    .issuer = activation.issuer},
            {ShowingMade{command.license, {command.nonce, now.calendar}}}};
}

Verdict decide(const State& state, const HearIssuer& command, Now)
{
    const Activation& activation = known(state, command.license);
    const EntitlementRecord* record = installed(state, command.license);
    if (record && record->entitlement.product.vendor != command.vendor)
        return no(refuse(Code::document_invalid, command.license.text,
                         "vendor: license " + command.license.text + " is another vendor's"));
    if (const auto& receipt = activation.receipt; receipt && receipt->number == command.number &&
                                                  receipt->digest == command.nonce &&
                                                  !command.active) {
        if (receipt->delivered)
            return {};
        return {Done{}, {ReceiptDelivered{command.license, command.number}}};
    }
    if (const auto& showing = activation.showing;
        showing && activation.number == command.number && showing->nonce == command.nonce)
        return {Done{},
                {IssuerAnswered{command.license, command.number, command.active, showing->made}}};
    return no(used(command.license, "nothing of this server waits for an answer about " +
                                        number_text(command.license, command.number)));
}

Verdict decide(const State& state, const ShowReceipt& command, Now)
{
    const Activation& activation = known(state, command.license);
    if (!activation.receipt) {
        const EntitlementRecord* record = installed(state, command.license);
        if (activation.number != 0)
            return no(refuse(Code::already_active, command.license.text));
        if (is_plain(record))
            return no(never_activated(command.license));
        return no(
            refuse(record || activation.pending ? Code::not_active_here : Code::unknown_license,
                   command.license.text));
    }
    return {Handed{.document = activation.receipt->document,
                   .number = activation.receipt->number,
                   .delivered = activation.receipt->delivered,
                   .issuer = activation.issuer,
                   .warnings = {}},
            {}};
}

} // namespace usher::ledger
