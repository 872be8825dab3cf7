#include "tests/ledger/history.hpp"

#include <array>

/// What happens to activations: an issuer that counts, a host that asks, and answers that come
/// early, late, twice or never.
namespace usher::ledger::test {
namespace {

constexpr std::array<const char*, 3> names{"server", "moved", "leaning"};

EntitlementId license_of(Step step)
{
    return {names[step.what % names.size()]};
}

Nonce nonce_of(std::uint8_t number)
{
    return {{number}};
}

std::shared_ptr<const std::string> document(const std::string& text)
{
    return std::make_shared<const std::string>(text);
}

} // namespace

void History::request_activation(Step step)
{
    const EntitlementId license = license_of(step);
    if (step.number % 5 == 4) {
        say("cancel " + license.text);
        return ask(CancelActivation{{"local:root"}, license});
    }
    Issuer& issuer = issuers_[license];
    issuer.request = step.who;
    say("request " + license.text + " as " + std::to_string(step.who));
    ask(RequestActivation{
        {"local:root"}, license, nonce_of(step.who), NodeLock::machine, document("request")});
}

void History::activate(Step step)
{
    static constexpr std::array<std::uint8_t, 3> offers{0, 7, 8}; // As `names`.
    Step offer = step;
    offer.what = offers[step.what % offers.size()];
    const EntitlementId license = license_of(step);
    Issuer& issuer = issuers_[license];
    if (step.number % 8 != 7) // Else the last one again.
        ++issuer.activations;
    Activate command{.install = offered(offer, std::nullopt),
                     .nonce = nonce_of(step.number % 16 == 6 ? step.who : issuer.request),
                     .issuer = step.who % 2 ? "usher://issuer" : "",
                     .check = {}};
    if (step.who % 3 != 0)
        command.check = Check{24h * (step.who % 4), 1h * (step.who % 5)};
    Entitlement& entitlement = command.install.entitlement;
    entitlement.lock = NodeLock::machine;
    entitlement.on_this_node = step.number % 16 != 13;
    entitlement.activation = step.number % 16 == 5 ? 1 : issuer.activations;
    entitlement.document = document("activation " + std::to_string(entitlement.activation));
    say("activate " + license.text + " by number " + std::to_string(entitlement.activation) +
        (command.check ? " with checks" : "") +
        (entitlement.on_this_node ? "" : " for another host"));
    if (entitlement.activation != 0)
        ask(command);
}

void History::deactivate(Step step)
{
    const EntitlementId license = license_of(step);
    const std::uint64_t number = issuers_[license].activations - (step.number % 8 == 7 ? 1 : 0);
    if (step.number % 8 == 6) {
        say("receipt of " + license.text);
        return ask(ShowReceipt{license});
    }
    say("deactivate " + license.text + " by number " + std::to_string(number));
    ask(Deactivate{{"local:root"},
                   license,
                   number,
                   document("receipt"),
                   nonce_of(static_cast<std::uint8_t>(number)),
                   step.number % 2 == 0});
}

void History::ask_issuer(Step step)
{
    const EntitlementId license = license_of(step);
    Issuer& issuer = issuers_[license];
    if (step.number % 2 == 0) {
        issuer.showing = step.who;
        say("show " + license.text + " as " + std::to_string(step.who));
        return ask(MakeShowing{license, issuer.activations, nonce_of(step.who)});
    }
    const bool is_about_receipt = step.number % 4 == 3;
    const bool says_active = !is_about_receipt && step.who % 4 != 0;
    say("the issuer says that " + license.text + (says_active ? " is" : " is not") + " active");
    ask(HearIssuer{license,
                   {"acme"},
                   issuer.activations,
                   is_about_receipt ? nonce_of(static_cast<std::uint8_t>(issuer.activations))
                                    : nonce_of(issuer.showing),
                   says_active});
}

std::optional<CounterSeen> History::as_remembered(const Scene& scene)
{
    const auto anchor = scene.ledger().anchor();
    return anchor ? std::optional(CounterSeen{.anchor = anchor}) : std::nullopt;
}

/// A start that finds the counter as it should be, higher, another one, away, or not wanted.
void History::look_at_counter(Step step)
{
    const Anchor anchor = scene_.ledger().anchor().value_or(Anchor{"tpm", step.what});
    CounterSeen seen{.anchor = anchor, .is_new = step.who % 2 == 0};
    switch (step.number % 8) {
    case 4: ++seen.anchor->value; break;
    case 5: seen.anchor->counter += "'"; break;
    case 6: seen.anchor.reset(); break;
    case 7: seen = {.is_wanted = false}; break;
    default: break;
    }
    say(seen.anchor      ? "the counter stands at " + std::to_string(seen.anchor->value)
        : seen.is_wanted ? "the counter is away"
                         : "no counter is wanted");
    ask(Start{{}, seen});
}

} // namespace usher::ledger::test
