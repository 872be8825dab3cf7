#include "tools/requirement_fact_json.hpp"

#include "tools/fact_teller.hpp"

namespace usher::tools {
namespace {

/// `device` or `user` is the key, as it is where people name a consumer.
void tell_requirement(Teller& teller, const ledger::RequirementId& id)
{
    teller.tell("product", id.product.name).tell("vendor", id.product.vendor);
    teller.tell_text(id.consumer.kind == ledger::Model::device ? "device" : "user",
                     id.consumer.name);
}

std::string requirement_text(const ledger::RequirementId& id)
{
    return id.product.name.text + "/" + std::string(word(id.consumer.kind)) + ":" +
           id.consumer.name;
}

} // namespace

Json told(const ledger::ProductForgotten& fact)
{
    return Teller("product_forgotten")
        .tell("product", fact.product.name)
        .tell("vendor", fact.product.vendor)
        .tell("by", fact.by);
}

Json told(const ledger::FoundationPut& fact)
{
    const ledger::Foundation& foundation = fact.foundation;
    Teller teller("foundation_put");
    tell_requirement(teller, foundation.of);
    teller.tell_text("source", foundation.source).tell("model", Json(word(foundation.model)));
    teller.tell("number", Json(foundation.number)).tell("confirmed", Json(foundation.confirmed));
    return teller.tell("place", Json(foundation.seq)).tell("by", fact.by);
}

Json told(const ledger::FoundationRemoved& fact)
{
    Teller teller("foundation_removed");
    tell_requirement(teller, fact.of);
    return teller.tell_text("source", fact.source).tell("by", fact.by);
}

Json told(const ledger::PrincipalSet& fact)
{
    Teller teller("principal_set");
    teller.tell("device", fact.device).tell("user", fact.user);
    if (fact.user.empty())
        teller.tell("nobody", Json(true));
    return teller.tell("by", fact.by);
}

Json told(const ledger::ConsolidationSet& fact)
{
    Teller teller(fact.ended ? "consolidation_ended" : "consolidation_set");
    tell_requirement(teller, fact.consolidation.requirement);
    teller.tell_text("behind", requirement_text(fact.consolidation.behind));
    return teller.tell("kind", Json(word(fact.consolidation.kind))).tell("by", fact.by);
}

Json told(const ledger::ProductConsolidationSet& fact)
{
    const ledger::ProductConsolidation& one = fact.consolidation;
    return Teller(fact.ended ? "product_consolidation_ended" : "product_consolidation_set")
        .tell("product", one.product.name)
        .tell("vendor", one.product.vendor)
        .tell("behind", one.behind.name)
        .tell("behind_vendor", one.behind.vendor)
        .tell("kind", Json(word(one.kind)))
        .tell("by", fact.by);
}

Json told(const ledger::Covered& fact)
{
    const ledger::Coverage& coverage = fact.coverage;
    Teller teller("covered");
    tell_requirement(teller, coverage.requirement);
    Json grants = Json::array();
    for (const ledger::Grant& grant : coverage.grants)
        grants.push_back({{"pool", grant.pool.text}, {"units", grant.units}});
    teller.tell("grants", std::move(grants)).tell("trigger", coverage.trigger);
    return teller.tell("into", coverage.into);
}

} // namespace usher::tools
