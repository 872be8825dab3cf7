#include "daemon/journal/requirement_record.hpp"

namespace usher::journal {

using ledger::Consolidating;
using ledger::Fact;

namespace {

ledger::Model model(Fields& fields, std::string_view field, std::string_view word)
{
    return fields.word(field, word, ledger::Model::user);
}

ledger::RequirementId requirement(Fields& fields, const record::Requirement& from)
{
    return {.product = {{from.vendor()}, {fields.name("product", from.product())}},
            .consumer = {.kind = model(fields, "consumer's kind", from.kind()),
                         .name = fields.name("consumer", from.consumer())}};
}

/// Each kind is either of two requirements or of two products, and nothing else was ever written.
Consolidating kind(Fields& fields, std::string_view word, Consolidating one, Consolidating other)
{
    const auto found = fields.word("kind", word, Consolidating::version);
    fields.require(found == one || found == other, "kind", "is not one of what it consolidates");
    return found;
}

void fill(record::Requirement& to, const ledger::RequirementId& id)
{
    to.set_product(id.product.name.text);
    to.set_vendor(id.product.vendor.text);
    to.set_kind(text(word(id.consumer.kind)));
    to.set_consumer(id.consumer.name);
}

} // namespace

Fact fact_from(Fields& fields, const record::ProductForgotten& from)
{
    return ledger::ProductForgotten{{{from.vendor()}, {fields.name("product", from.product())}},
                                    {from.by()}};
}

Fact fact_from(Fields& fields, const record::FoundationPut& from)
{
    fields.require(from.seq() > 0, "seq", "is out of its range");
    return ledger::FoundationPut{{.of = requirement(fields, from.of()),
                                  .source = fields.name("source", from.source()),
                                  .model = model(fields, "model", from.model()),
                                  .number = fields.units("number", from.number(), 1),
                                  .confirmed = from.confirmed(),
                                  .seq = from.seq()},
                                 {from.by()}};
}

Fact fact_from(Fields& fields, const record::FoundationRemoved& from)
{
    return ledger::FoundationRemoved{
        requirement(fields, from.of()), fields.name("source", from.source()), {from.by()}};
}

Fact fact_from(Fields& fields, const record::PrincipalSet& from)
{
    return ledger::PrincipalSet{{fields.name("device", from.device())}, {from.user()}, {from.by()}};
}

Fact fact_from(Fields& fields, const record::ConsolidationSet& from)
{
    return ledger::ConsolidationSet{
        {.requirement = requirement(fields, from.requirement()),
         .behind = requirement(fields, from.behind()),
         .kind = kind(fields, from.kind(), Consolidating::manual, Consolidating::remote)},
        from.ended(),
        {from.by()}};
}

Fact fact_from(Fields& fields, const record::ProductConsolidationSet& from)
{
    return ledger::ProductConsolidationSet{
        {.product = {{from.vendor()}, {fields.name("product", from.product())}},
         .behind = {{from.behind_vendor()}, {fields.name("behind", from.behind())}},
         .kind = kind(fields, from.kind(), Consolidating::suite, Consolidating::version)},
        from.ended(),
        {from.by()}};
}

Fact fact_from(Fields& fields, const record::Covered& from)
{
    ledger::Coverage to{.requirement = requirement(fields, from.requirement()),
                        .grants = {},
                        .trigger = {},
                        .into = {from.into()}};
    to.grants.reserve(static_cast<std::size_t>(from.grants_size()));
    for (const record::Covered::Grant& grant : from.grants())
        to.grants.push_back(
            {{fields.name("pool", grant.pool())}, fields.units("units", grant.units(), 1)});
    if (from.has_trigger())
        to.trigger = {fields.name("trigger", from.trigger())};
    // What is changed stands behind a user, unless it is one, and nothing else does.
    fields.require(to.into.empty() ==
                       !(to.trigger && to.requirement.consumer.kind == ledger::Model::device),
                   "into", "does not go with the trigger");
    return ledger::Covered{std::move(to)};
}

void put(record::Fact& to, const ledger::ProductForgotten& fact)
{
    record::ProductForgotten& one = *to.mutable_product_forgotten();
    one.set_product(fact.product.name.text);
    one.set_vendor(fact.product.vendor.text);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::FoundationPut& fact)
{
    const ledger::Foundation& foundation = fact.foundation;
    record::FoundationPut& one = *to.mutable_foundation_put();
    fill(*one.mutable_of(), foundation.of);
    one.set_source(foundation.source);
    one.set_model(text(word(foundation.model)));
    one.set_number(foundation.number);
    one.set_confirmed(foundation.confirmed);
    one.set_seq(foundation.seq);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::FoundationRemoved& fact)
{
    record::FoundationRemoved& one = *to.mutable_foundation_removed();
    fill(*one.mutable_of(), fact.of);
    one.set_source(fact.source);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::PrincipalSet& fact)
{
    record::PrincipalSet& one = *to.mutable_principal_set();
    one.set_device(fact.device.text);
    one.set_user(fact.user.text);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::ConsolidationSet& fact)
{
    record::ConsolidationSet& one = *to.mutable_consolidation_set();
    fill(*one.mutable_requirement(), fact.consolidation.requirement);
    fill(*one.mutable_behind(), fact.consolidation.behind);
    one.set_kind(text(word(fact.consolidation.kind)));
    one.set_ended(fact.ended);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::ProductConsolidationSet& fact)
{
    const ledger::ProductConsolidation& consolidation = fact.consolidation;
    record::ProductConsolidationSet& one = *to.mutable_product_consolidation_set();
    one.set_product(consolidation.product.name.text);
    one.set_vendor(consolidation.product.vendor.text);
    one.set_behind(consolidation.behind.name.text);
    one.set_behind_vendor(consolidation.behind.vendor.text);
    one.set_kind(text(word(consolidation.kind)));
    one.set_ended(fact.ended);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::Covered& fact)
{
    const ledger::Coverage& coverage = fact.coverage;
    record::Covered& one = *to.mutable_covered();
    fill(*one.mutable_requirement(), coverage.requirement);
    for (const ledger::Grant& grant : coverage.grants) {
        record::Covered::Grant& each = *one.add_grants();
        each.set_pool(grant.pool.text);
        each.set_units(grant.units);
    }
    if (coverage.trigger)
        one.set_trigger(coverage.trigger->text);
    one.set_into(coverage.into.text);
}

} // namespace usher::journal
