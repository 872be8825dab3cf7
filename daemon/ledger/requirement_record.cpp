#include "daemon/ledger/requirement_record.hpp"

#include <algorithm>
#include <limits>

namespace usher::ledger {
namespace {

constexpr Units without_end = std::numeric_limits<Units>::max() / 4;

/// By which a user is covered, or bound to, and which is not this one; null: none.
const PaperRecord* license_beside(const RequirementRecord& user, const PaperRecord& paper)
{
    if (const PaperRecord* by = bound(user); by && by != &paper)
        return by;
    for (const GrantRecord& grant : user.grants)
        if (grant.paper != &paper)
            return grant.paper;
    return nullptr;
}

} // namespace

bool stands_alone(const RequirementRecord& one)
{
    return std::ranges::any_of(one.foundations, &Foundation::confirmed);
}

Demand demand_of(const RequirementRecord& one)
{
    Demand demand;
    const auto add = [&](Model model, Units need, std::uint64_t order) {
        if (demand.need == 0 || order < demand.order) {
            demand.model = model;
            demand.order = order;
        }
        demand.need = std::max(demand.need, need);
    };
    for (const Foundation& foundation : one.foundations)
        if (foundation.confirmed)
            add(foundation.model, foundation.number, foundation.seq);
    if (!one.ordinary.empty()) // As good as a foundation (M-Q14).
        add(Model::user, one.ordinary_needs.rbegin()->first, one.ordinary.begin()->first.order);
    return demand;
}

Units PaperRecord::free() const
{
    return pool.unlimited ? without_end : pool.units - granted;
}

Units PaperRecord::free_direct() const
{
    return pool.unlimited ? without_end : pool.units - directly;
}

PaperRecord* bound(const RequirementRecord& one)
{
    if (one.id.consumer.kind == Model::user && one.trigger)
        return one.trigger;
    return one.changed.empty() ? nullptr : one.changed.begin()->second->trigger;
}

Units full_need(const RequirementRecord& one)
{
    const Units own = one.behind ? 0 : one.demand.need;
    return one.needs.empty() ? own : std::max(own, one.needs.rbegin()->first);
}

std::uint64_t full_order(const RequirementRecord& one)
{
    if (one.changed.empty())
        return one.demand.order;
    const std::uint64_t first = one.changed.begin()->first.order;
    return one.demand.need == 0 ? first : std::min(first, one.demand.order);
}

Units granted(const RequirementRecord& one)
{
    Units units = 0;
    for (const GrantRecord& grant : one.grants)
        units += grant.units;
    return units;
}

bool is_coverable(const RequirementRecord& one)
{
    return one.demand.counts && one.demand.model == one.id.consumer.kind;
}

Units own_need(const RequirementRecord& one)
{
    return is_coverable(one) ? one.demand.need : 0;
}

bool has_free_direct(const RequirementRecord& one)
{
    return std::ranges::any_of(one.book->licenses, [&](const auto& license) {
        return license.second->pool.model == one.id.consumer.kind &&
               license.second->free_direct() > 0;
    });
}

bool is_direct(const RequirementRecord& one, const PaperRecord& paper)
{
    return is_coverable(one) && paper.pool.model == one.id.consumer.kind &&
           paper.pool.product == one.id.product;
}

Units granted_directly(const RequirementRecord& one)
{
    Units units = 0;
    for (const GrantRecord& grant : one.grants)
        units += is_direct(one, *grant.paper) ? grant.units : 0;
    return units;
}

bool may_downgrade(const PaperRecord& paper, const RequirementRecord& one)
{
    return paper.pool.downgrades_to.contains(one.id.product);
}

bool exists(const RequirementRecord& one)
{
    return !one.foundations.empty() || !one.changed.empty() || !one.ordinary.empty();
}

RequirementStatus status_of(const RequirementRecord& one)
{
    if (one.behind || one.tie == Tie::changed || one.tie == Tie::ordinary)
        return RequirementStatus::consolidated;
    const Units need = full_need(one);
    if (need == 0)
        return RequirementStatus::unconfirmed;
    const Units has = granted(one);
    if (has == 0)
        return RequirementStatus::license_required;
    return has < need ? RequirementStatus::partially_licensed : RequirementStatus::licensed;
}

Coverage coverage_of(const RequirementRecord& one)
{
    Coverage coverage{.requirement = one.id, .grants = {}, .trigger = {}, .into = one.into};
    for (const GrantRecord& grant : one.grants)
        coverage.grants.push_back({grant.paper->pool.id, grant.units});
    if (one.trigger)
        coverage.trigger = one.trigger->pool.id;
    return coverage;
}

const Foundation* foundation_by(const RequirementRecord& one, const std::string& source)
{
    const auto at = std::ranges::find(one.foundations, source, &Foundation::source);
    return at == one.foundations.end() ? nullptr : &*at;
}

Court court_of(const RequirementRecord& user, bool covered_directly)
{
    if (user.behind)
        return {.shut = Court::Shut::stands_behind};
    Court court{.only = bound(user)};
    for (const GrantRecord& grant : user.grants) {
        if (is_direct(user, *grant.paper)) {
            if (covered_directly)
                return {.shut = Court::Shut::covered_directly};
            continue;
        }
        if (court.only && grant.paper != court.only)
            return {.shut = Court::Shut::mixed, .only = court.only};
        court.only = grant.paper;
    }
    return court;
}

std::optional<NoChange> why_no_change(const RequirementRecord& one, const PaperRecord& paper)
{
    using Why = NoChange::Why;
    if (status_of(one) != RequirementStatus::license_required)
        return NoChange{Why::is_covered};
    if (one.demand.model != Model::device)
        return NoChange{Why::is_users};
    if (paper.pool.model != Model::user)
        return NoChange{Why::per_device};
    if (!may_downgrade(paper, one))
        return NoChange{Why::other_product};
    if (!paper.pool.changes_models)
        return NoChange{Why::scheme};
    if (!one.user) // As a candidate it would have made the record of its user.
        return NoChange{Why::nobody};
    const Court court = court_of(*one.user);
    if (court.shut != Court::Shut::open || (court.only && court.only != &paper))
        return NoChange{Why::court, court.shut, license_beside(*one.user, paper)};
    if (paper.free() < 1)
        return NoChange{Why::no_right};
    return std::nullopt;
}

} // namespace usher::ledger
