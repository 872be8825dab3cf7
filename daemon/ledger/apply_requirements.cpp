#include "daemon/ledger/apply.hpp"
#include "daemon/ledger/paper.hpp"

/// What each fact about requirements does.
namespace usher::ledger {

void Applier::operator()(const ProductForgotten& fact) const
{
    state.products.erase(fact.product);
}

void Applier::operator()(const FoundationPut& fact) const
{
    state.requirements.put(fact.foundation);
}

void Applier::operator()(const FoundationRemoved& fact) const
{
    state.requirements.remove(fact.of, fact.source);
}

void Applier::operator()(const PrincipalSet& fact) const
{
    state.requirements.set_principal(fact.device, fact.user);
}

void Applier::operator()(const ConsolidationSet& fact) const
{
    if (fact.ended)
        state.requirements.end(fact.consolidation);
    else
        state.requirements.set(fact.consolidation);
}

void Applier::operator()(const ProductConsolidationSet& fact) const
{
    if (fact.ended)
        state.requirements.end(fact.consolidation);
    else
        state.requirements.set(fact.consolidation);
}

void Applier::operator()(const Reviewed&) const
{
    state.requirements.look_at_all();
}

void Applier::operator()(const RowsKept& fact) const
{
    const auto [table, is_new] = state.tables.try_emplace(fact.connection, fact.rows);
    if (is_new)
        return;
    std::visit(
        [&](const auto& rows) {
            auto& kept = std::get<std::remove_cvref_t<decltype(rows)>>(table->second);
            kept.insert(kept.end(), rows.begin(), rows.end());
        },
        fact.rows);
}

void Applier::operator()(const TableEnded& fact) const
{
    state.tables.erase(fact.connection);
}

void Applier::operator()(const Covered& fact) const
{
    const Coverage& coverage = fact.coverage;
    std::set<PoolId> pools;
    if (const RequirementRecord* before = state.requirements.find(coverage.requirement))
        for (const GrantRecord& grant : before->grants)
            pools.insert(grant.paper->pool.id);
    for (const Grant& grant : coverage.grants)
        pools.insert(grant.pool);
    state.requirements.cover(coverage);
    for (const PoolId& id : pools)
        state.pools.at(id).held = state.requirements.find(id)->granted;
}

} // namespace usher::ledger
