#include "daemon/ledger/paper.hpp"

#include <algorithm>

namespace usher::ledger {
namespace {

/// The products that some license may be downgraded to, for each product.
using Downgrades = std::map<ProductId, std::set<ProductName>>;

/// Appends the way from `at` to `goal`, if there is one.
bool find_way(const Downgrades& downgrades, const ProductId& at, const ProductId& goal,
              std::set<ProductId>& seen, std::vector<ProductName>& way)
{
    way.push_back(at.name);
    if (at == goal)
        return true;
    if (seen.insert(at).second)
        if (const auto found = downgrades.find(at); found != downgrades.end())
            for (const ProductName& next : found->second)
                if (find_way(downgrades, {at.vendor, next}, goal, seen, way))
                    return true;
    way.pop_back();
    return false;
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
    Downgrades downgrades;
    for (const auto& [id, record] : state.entitlements)
        if (id != license)
            downgrades[record.entitlement.product].insert(record.entitlement.downgrades_to.begin(),
                                                          record.entitlement.downgrades_to.end());
    for (const ProductName& name : older) {
        std::vector<ProductName> way{product.name};
        std::set<ProductId> seen;
        if (find_way(downgrades, {product.vendor, name}, product, seen, way))
            return way;
    }
    return {};
}

} // namespace usher::ledger
