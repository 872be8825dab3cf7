#include "tests/ledger/naive_activation.hpp"

#include <algorithm>

namespace usher::ledger::test {
namespace {

Heard must_be(Code code, const Answer& answer)
{
    const auto* refusal = std::get_if<Refusal>(&answer);
    if (refusal && refusal->code == code)
        return {};
    return {"should be " + std::string(word(code)), {}};
}

template <class Good>
Heard must_be(const Answer& answer, const char* complaint)
{
    return std::holds_alternative<Good>(answer) ? Heard{} : Heard{complaint, {}};
}

const Entitlement* license_of(const NaiveHouse& house, const EntitlementId& id)
{
    const auto found = house.licenses.find({id.text});
    return found == house.licenses.end() ? nullptr : &found->second;
}

bool is_plain(const Entitlement* license)
{
    return license && license->activation == 0;
}

bool is_known(const NaiveHouse& house, const EntitlementId& id)
{
    const auto found = house.activations.find(id);
    return license_of(house, id) ||
           (found != house.activations.end() &&
            (found->second.pending || found->second.active || found->second.ended));
}

} // namespace

void see(NaiveHouse& house, const CounterSeen& counter)
{
    const bool is_away = counter.is_wanted && !counter.anchor;
    const bool is_same = counter.anchor == house.anchor;
    const bool is_first = !house.anchor && counter.is_new;
    house.is_counter_reached = counter.anchor.has_value();
    Doubt doubt = Doubt::none;
    if (is_away ? house.anchor.has_value() : !is_same && !is_first)
        doubt = is_away ? Doubt::counter_away : Doubt::state_restored;
    for (auto& [license, one] : house.activations) {
        if (doubt != Doubt::none) {
            one.pending.reset();
            one.showing.reset();
        }
        if (one.active != 0)
            one.doubt = std::max(one.doubt, doubt);
        if (!is_away && doubt == Doubt::none && one.doubt == Doubt::counter_away)
            one.doubt = Doubt::none;
    }
    if (is_away)
        return;
    house.anchor = counter.anchor;
    house.was_doubted = house.was_doubted || doubt != Doubt::none;
}

Heard hear(NaiveHouse& house, const RequestActivation& command, const Answer& answer, Now now)
{
    if (is_plain(license_of(house, command.license)))
        return must_be(Code::already_installed, answer);
    house.activations[command.license].pending = {command.nonce, command.kind, now.calendar};
    return must_be<Handed>(answer, "a request is not made");
}

Heard hear(NaiveHouse& house, const CancelActivation& command, const Answer& answer, Now)
{
    if (!is_known(house, command.license))
        return must_be(Code::unknown_license, answer);
    house.activations[command.license].pending.reset();
    return must_be<Done>(answer, "a request is not cancelled");
}

Heard hear(NaiveHouse& house, const Activate& command, const Answer& answer, Now)
{
    const Entitlement& license = command.install.entitlement;
    const Entitlement* installed = license_of(house, license.id);
    NaiveActivation& one = house.activations[license.id];
    if (installed && one.active == license.activation && *installed->document == *license.document)
        return must_be<Done>(answer, "the same response again is not the same");
    if (!license.on_this_node)
        return must_be(Code::nodelock_mismatch, answer);
    const bool is_awaited = one.pending && one.pending->nonce == command.nonce;
    if (license.activation <= one.ended || license.activation < one.active || !is_awaited)
        return must_be(Code::document_used, answer);
    if (is_plain(installed))
        return must_be(Code::already_installed, answer);
    one.active = license.activation;
    one.check = command.check;
    one.checked = one.pending->since;
    one.denied = false;
    one.doubt = Doubt::none;
    one.pending.reset();
    one.showing.reset();
    if (installed)
        house.licenses[license.root] = license;
    else
        house.bring_in(command.install);
    return must_be<Done>(answer, "a response is not taken");
}

Heard hear(NaiveHouse& house, const Deactivate& command, const Answer& answer, Now)
{
    if (house.is_counter_away())
        return must_be(Code::state_in_doubt, answer);
    const Entitlement* installed = license_of(house, command.license);
    if (!is_known(house, command.license))
        return must_be(Code::unknown_license, answer);
    if (house.mode != Mode::maintenance)
        return must_be(Code::not_in_maintenance, answer);
    NaiveActivation& one = house.activations[command.license];
    if (is_plain(installed) || one.active == 0 || one.active != command.number)
        return must_be(Code::not_active_here, answer);
    const PoolId pool{command.license.text};
    if (house.held(pool) > 0 && !command.force)
        return must_be(Code::leases_outstanding, answer);
    one.ended = one.active;
    one.active = 0;
    one.denied = one.delivered = false;
    one.doubt = Doubt::none;
    if (house.anchor)
        ++house.anchor->value;
    one.showing.reset();
    Heard heard = must_be<Handed>(answer, "there is no receipt");
    for (const Claim& holder : house.holders)
        if (holder.pool() == pool)
            heard.ended.push_back(holder.id);
    return heard;
}

Heard hear(NaiveHouse& house, const MakeShowing& command, const Answer& answer, Now now)
{
    NaiveActivation& one = house.activations[command.license];
    if (one.active == 0 || one.active != command.number)
        return must_be(Code::not_active_here, answer);
    one.showing = {command.nonce, now.calendar};
    return must_be<Showing>(answer, "a showing is not made");
}

Heard hear(NaiveHouse& house, const HearIssuer& command, const Answer& answer, Now)
{
    NaiveActivation& one = house.activations[command.license];
    const Nonce receipt{{static_cast<std::uint8_t>(one.ended)}};
    if (one.ended != 0 && command.number == one.ended && command.nonce == receipt &&
        !command.active) {
        one.delivered = true;
        return must_be<Done>(answer, "a receipt is not delivered");
    }
    if (!one.showing || one.showing->nonce != command.nonce || command.number != one.active)
        return must_be(Code::document_used, answer);
    one.denied = !command.active;
    one.doubt = Doubt::none;
    if (command.active)
        one.checked = one.showing->made;
    one.showing.reset();
    return must_be<Done>(answer, "the issuer is not heard");
}

Heard hear(NaiveHouse& house, const ShowReceipt& command, const Answer& answer, Now)
{
    if (house.is_counter_away())
        return must_be(Code::state_in_doubt, answer);
    const NaiveActivation& one = house.activations[command.license];
    const auto* handed = std::get_if<Handed>(&answer);
    if (one.ended != 0)
        return {handed && handed->number == one.ended && handed->delivered == one.delivered
                    ? ""
                    : "another receipt is shown",
                {}};
    return handed ? Heard{"a receipt of what has not ended", {}} : Heard{};
}

} // namespace usher::ledger::test
