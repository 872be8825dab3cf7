#include "daemon/journal/activation_record.hpp"

#include <cassert>

namespace usher::journal {

using ledger::Fact;

namespace {

ledger::Nonce nonce(Fields& fields, std::string_view field, std::string_view from)
{
    return {fields.bytes<16>(field, from)};
}

} // namespace

Fact fact_from(Fields& fields, const record::ActivationRequested& from)
{
    return ledger::ActivationRequested{
        {from.license()},
        {.nonce = nonce(fields, "nonce", from.nonce()),
         .kind = fields.word("kind", from.kind(), ledger::NodeLock::personal),
         .since = instant(from.since_us())},
        {from.by()}};
}

Fact fact_from(Fields&, const record::ActivationCancelled& from)
{
    return ledger::ActivationCancelled{{from.license()}, {from.by()}};
}

Fact fact_from(Fields& fields, const record::Activated& from)
{
    ledger::Activated to{.license = {from.license()},
                         .number = from.number(),
                         .kind = fields.word("kind", from.kind(), ledger::NodeLock::personal),
                         .issuer = from.issuer(),
                         .check = {},
                         .checked = instant(from.checked_us()),
                         .redeemed = from.redeemed(),
                         .by = {from.by()}};
    fields.require(from.has_check_every_us() == from.has_check_grace_us(), "check",
                   "is given by half");
    if (from.has_check_every_us())
        to.check = {ledger::Duration(from.check_every_us()),
                    ledger::Duration(from.check_grace_us())};
    return to;
}

Fact fact_from(Fields& fields, const record::ActivationEnded& from)
{
    return ledger::ActivationEnded{{from.license()},
                                   {.number = from.number(),
                                    .document = std::make_shared<const std::string>(from.receipt()),
                                    .digest = nonce(fields, "digest", from.digest()),
                                    .delivered = from.delivered()},
                                   {from.by()}};
}

Fact fact_from(Fields&, const record::ReceiptDelivered& from)
{
    return ledger::ReceiptDelivered{{from.license()}, from.number()};
}

Fact fact_from(Fields& fields, const record::ShowingMade& from)
{
    return ledger::ShowingMade{
        {from.license()},
        {.nonce = nonce(fields, "nonce", from.nonce()), .made = instant(from.made_us())}};
}

Fact fact_from(Fields&, const record::IssuerAnswered& from)
{
    return ledger::IssuerAnswered{
        {from.license()}, from.number(), from.active(), instant(from.checked_us())};
}

Fact fact_from(Fields& fields, const record::CounterAnchored& from)
{
    ledger::CounterAnchored to{.anchor = {}, .is_after_doubt = from.is_after_doubt()};
    fields.require(from.has_counter() == from.has_value(), "counter", "is given by half");
    if (from.has_counter())
        to.anchor = {from.counter(), from.value()};
    return to;
}

Fact fact_from(Fields& fields, const record::ActivationDoubted& from)
{
    return ledger::ActivationDoubted{
        {from.license()}, fields.word("doubt", from.doubt(), ledger::Doubt::state_restored)};
}

void put(record::Fact& to, const ledger::ActivationRequested& fact)
{
    record::ActivationRequested& one = *to.mutable_activation_requested();
    one.set_license(fact.license.text);
    one.set_nonce(fact.pending.nonce.bytes.data(), fact.pending.nonce.bytes.size());
    one.set_kind(text(word(fact.pending.kind)));
    one.set_since_us(microseconds(fact.pending.since));
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::ActivationCancelled& fact)
{
    record::ActivationCancelled& one = *to.mutable_activation_cancelled();
    one.set_license(fact.license.text);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::Activated& fact)
{
    record::Activated& one = *to.mutable_activated();
    one.set_license(fact.license.text);
    one.set_number(fact.number);
    one.set_kind(text(word(fact.kind)));
    one.set_issuer(fact.issuer);
    if (fact.check) {
        one.set_check_every_us(fact.check->every.count());
        one.set_check_grace_us(fact.check->grace.count());
    }
    one.set_checked_us(microseconds(fact.checked));
    one.set_redeemed(fact.redeemed);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::ActivationEnded& fact)
{
    const ledger::Activation::Receipt& receipt = fact.receipt;
    assert(receipt.document);
    record::ActivationEnded& one = *to.mutable_activation_ended();
    one.set_license(fact.license.text);
    one.set_number(receipt.number);
    one.set_receipt(*receipt.document);
    one.set_digest(receipt.digest.bytes.data(), receipt.digest.bytes.size());
    one.set_delivered(receipt.delivered);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::ReceiptDelivered& fact)
{
    record::ReceiptDelivered& one = *to.mutable_receipt_delivered();
    one.set_license(fact.license.text);
    one.set_number(fact.number);
}

void put(record::Fact& to, const ledger::ShowingMade& fact)
{
    record::ShowingMade& one = *to.mutable_showing_made();
    one.set_license(fact.license.text);
    one.set_nonce(fact.showing.nonce.bytes.data(), fact.showing.nonce.bytes.size());
    one.set_made_us(microseconds(fact.showing.made));
}

void put(record::Fact& to, const ledger::IssuerAnswered& fact)
{
    record::IssuerAnswered& one = *to.mutable_issuer_answered();
    one.set_license(fact.license.text);
    one.set_number(fact.number);
    one.set_active(fact.active);
    one.set_checked_us(microseconds(fact.checked));
}

void put(record::Fact& to, const ledger::CounterAnchored& fact)
{
    record::CounterAnchored& one = *to.mutable_counter_anchored();
    if (fact.anchor) {
        one.set_counter(fact.anchor->counter);
        one.set_value(fact.anchor->value);
    }
    one.set_is_after_doubt(fact.is_after_doubt);
}

void put(record::Fact& to, const ledger::ActivationDoubted& fact)
{
    record::ActivationDoubted& one = *to.mutable_activation_doubted();
    one.set_license(fact.license.text);
    one.set_doubt(text(word(fact.doubt)));
}

} // namespace usher::journal
