#include "daemon/ledger/judge.hpp"
#include "daemon/ledger/limits.hpp"

#include <set>

/// Whether what another server says of requirements can have happened.
namespace usher::ledger {
namespace {

constexpr std::uint64_t seq_max = std::uint64_t(1) << 62;

} // namespace

Complaint Judge::operator()(const FoundationPut& fact)
{
    const Foundation& one = fact.foundation;
    if (one.number < 1 || one.number > units_max)
        return "its number is out of range";
    const std::uint64_t* const before = seen_.foundation({one.of, one.source});
    if (before)
        return *before == one.seq ? "" : "the foundation gets another place";
    if (one.seq > seq_max)
        return "its place is out of range";
    // Two in one place could not be told apart.
    if (one.seq <= seen_.last_seq)
        return "a foundation stands in its place already";
    if (++foundations_held_ > foundations_max)
        return "no server has so many foundations";
    if (++seen_.foundations_of(one.of) > foundations_each_max)
        return "no requirement has so many foundations";
    seen_.last_seq = one.seq;
    seen_.foundations.put({one.of, one.source}, one.seq);
    return {};
}

Complaint Judge::operator()(const FoundationRemoved& fact)
{
    const std::pair id{fact.of, fact.source};
    if (!seen_.foundation(id))
        return there_is(nullptr, "foundation");
    seen_.foundations.take(id);
    --seen_.foundations_of(fact.of);
    --foundations_held_;
    return {};
}

Complaint Judge::operator()(const PrincipalSet& fact)
{
    const bool had_one = seen_.principal(fact.device) != nullptr;
    if (fact.user.empty() && had_one) {
        seen_.principals.take(fact.device);
        --principals_held_;
    } else if (!fact.user.empty() && !had_one) {
        seen_.principals.put(fact.device, true);
        ++principals_held_;
    }
    return principals_held_ > principals_max ? "no server has so many principal users" : "";
}

Complaint Judge::operator()(const ConsolidationSet& fact)
{
    const RequirementId& id = fact.consolidation.requirement;
    if (fact.ended && !seen_.consolidation(id))
        return there_is(nullptr, "consolidation");
    if (fact.ended)
        seen_.consolidations.take(id);
    else
        seen_.consolidations.put(id, true);
    return {};
}

Complaint Judge::operator()(const ProductConsolidationSet& fact)
{
    const ProductId& id = fact.consolidation.product;
    if (fact.ended && !seen_.product_consolidation(id))
        return there_is(nullptr, "consolidation");
    if (fact.ended)
        seen_.product_consolidations.take(id);
    else
        seen_.product_consolidations.put(id, true);
    return {};
}

/// Whose cover is more than it may be is seen when the move ends.
Complaint Judge::operator()(const Covered& fact)
{
    const Coverage& coverage = fact.coverage;
    const auto is_paper = [&](const PoolId& id) {
        const Outlook::Pool* const pool = seen_.pool(id);
        const bool* const scheme = pool ? seen_.scheme(pool->scheme) : nullptr;
        return scheme && *scheme;
    };
    std::set<PoolId> pools;
    for (const Grant& grant : coverage.grants) {
        if (!is_paper(grant.pool))
            return "there is no such license that covers requirements";
        if (grant.units < 1 || grant.units > units_max)
            return "so many rights cover nothing";
        if (!pools.insert(grant.pool).second)
            return "a license covers it twice";
    }
    if (coverage.trigger && !is_paper(*coverage.trigger))
        return "there is no such license that covers requirements";
    const bool is_device = coverage.requirement.consumer.kind == Model::device;
    if (coverage.into.empty() == (is_device && coverage.trigger))
        return "what is changed stands behind a user, and nothing else does";
    return {};
}

} // namespace usher::ledger
