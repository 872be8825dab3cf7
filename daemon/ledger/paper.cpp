#include "daemon/ledger/paper.hpp"

#include <algorithm>

namespace usher::ledger {
namespace {

/// The products that some license may be downgraded to, for each product.
using Downgrades = std::map<ProductId, std::set<ProductName>>;

/// From where each product was reached first.
using Origins = std::map<ProductId, ProductId>;

/// The products on the way to `goal` from any of `older`; empty: there is none.
std::vector<ProductName> way_to(const Downgrades& downgrades, const ProductId& goal,
                                const std::set<ProductName>& older)
{
    Origins origins;
    std::vector<ProductId> todo;
    const auto reach = [&](const ProductName& name, const ProductId& from) {
        if (ProductId next{goal.vendor, name}; origins.try_emplace(next, from).second)
            todo.push_back(std::move(next));
    };
    for (const ProductName& name : older)
        reach(name, goal);
    while (!todo.empty() && !origins.contains(goal)) {
        const ProductId at = std::move(todo.back());
        todo.pop_back();
        if (const auto found = downgrades.find(at); found != downgrades.end())
            for (const ProductName& name : found->second)
                reach(name, at);
    }
    std::vector<ProductName> way;
    if (!origins.contains(goal))
        return way;
    way.push_back(goal.name);
    for (ProductId at = origins.at(goal); at != goal; at = origins.at(at))
        way.push_back(at.name);
    way.push_back(goal.name);
    std::ranges::reverse(way);
    return way;
}

} // namespace

bool is_paper(const PoolRecord& pool)
{
    return pool.scheme->use == Use::reconciled;
}

PaperPool paper_of(const State& state, const PoolRecord& pool)
{
    PaperPool paper{.id = pool.pool.id,
                    .number = pool.number,
                    .product = pool.pool.product,
                    .model = pool.pool.metric == Metric::user ? Model::user : Model::device,
                    .unlimited = is_unlimited(pool),
                    .units = std::max<Units>(0, pool.stock),
                    .downgrades_to = {},
                    .changes_models = pool.scheme->changes_models};
    for (const EntitlementId& id : pool.fed_by) // All that feed one root say the same.
        for (const ProductName& older : state.entitlements.at(id).entitlement.downgrades_to)
            paper.downgrades_to.insert({pool.pool.product.vendor, older});
    return paper;
}

void note_paper(State& state, const PoolRecord& pool)
{
    if (is_paper(pool)) [[unlikely]]
        state.requirements.put(paper_of(state, pool));
}

std::vector<ProductName> downgrade_circle(const State& state, const EntitlementId& license,
                                          const ProductId& product,
                                          const std::set<ProductName>& older)
{
    if (older.empty())
        return {};
    Downgrades downgrades;
    for (const auto& [id, record] : state.entitlements)
        if (id != license)
            downgrades[record.entitlement.product].insert(record.entitlement.downgrades_to.begin(),
                                                          record.entitlement.downgrades_to.end());
    return way_to(downgrades, product, older);
}

} // namespace usher::ledger
