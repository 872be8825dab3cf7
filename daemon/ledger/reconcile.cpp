#include "daemon/ledger/requirements.hpp"

#include <algorithm>
#include <utility>

/// Which license covers which requirement: the phases of the model, each as a step that looks only
/// at what may have changed. Direct cover comes first, then what was so before, then what is new;
/// a right that a phase needs is taken from a later one's.
namespace usher::ledger {
namespace {

using Step = std::vector<Coverage>;

/// The requirement with so many units more of the license; fewer, where below 0.
Coverage with(const RequirementRecord& one, const PaperRecord& paper, Units units)
{
    Coverage coverage = coverage_of(one);
    auto& grants = coverage.grants;
    const auto number = [&](const GrantRecord& grant) { return grant.paper->pool.number; };
    const auto at = std::ranges::lower_bound(one.grants, paper.pool.number, {}, number);
    const auto place = grants.begin() + (at - one.grants.begin());
    if (at == one.grants.end() || at->paper != &paper) {
        grants.insert(place, Grant{paper.pool.id, units});
    } else {
        place->units += units;
        if (place->units == 0)
            grants.erase(place);
    }
    return coverage;
}

/// As its foundations say again.
Coverage reverted(const RequirementRecord& one)
{
    Coverage coverage = coverage_of(one);
    coverage.trigger.reset();
    coverage.into = {};
    return coverage;
}

/// All that were changed for what covers `one`.
Step revert_all(const RequirementRecord& one)
{
    Step step;
    for (const auto& [order, device] : one.changed)
        step.push_back(reverted(*device));
    if (one.trigger)
        step.push_back(reverted(one));
    return step;
}

bool may_change(const PaperRecord& paper)
{
    return paper.pool.model == Model::user && paper.pool.changes_models;
}

Units units_of(const RequirementRecord& one, const PaperRecord& paper)
{
    const auto at = std::ranges::find(one.grants, &paper, &GrantRecord::paper);
    return at == one.grants.end() ? 0 : at->units;
}

/// What is left of a direct license for it, whose rights may be too few now: the oldest come first.
Units keepable(const RequirementRecord& one, const GrantRecord& grant)
{
    const PaperRecord& paper = *grant.paper;
    if (one.grants.size() < 2 || !is_direct(one, paper) || paper.free_direct() >= 0)
        return grant.units; // It has no other to keep in its place.
    Units left = paper.pool.units;
    for (const auto& [place, other] : paper.direct) {
        if (other == &one)
            break;
        left -= units_of(*other, paper);
    }
    return std::clamp<Units>(left, 0, grant.units);
}

} // namespace

std::vector<Coverage> change_of_model(const RequirementRecord& one, const RequirementRecord& user,
                                      const PaperRecord& paper)
{
    const Units need = std::max(full_need(user), one.demand.need);
    const Units free = std::max<Units>(paper.free(), 0);
    const Units more = std::clamp<Units>(need - granted(user), 0, free);
    Coverage covered = more > 0 ? with(user, paper, more) : coverage_of(user);
    if (&one == &user) { // His own, which asked for a device's right (M-Q12).
        covered.trigger = paper.pool.id;
        return {std::move(covered)};
    }
    Coverage changed = coverage_of(one);
    changed.trigger = paper.pool.id;
    changed.into = {user.id.consumer.name};
    Step step{std::move(changed)};
    if (more > 0)
        step.push_back(std::move(covered));
    return step;
}

/// Whether it takes the license before any other. Who is there only for those that were changed
/// takes none (M-R9).
bool Requirements::is_own(const RequirementRecord& one, const PaperRecord& paper) const
{
    if (is_direct(one, paper))
        return true;
    return !rules_.hold(9) && one.demand.need == 0 && !one.changed.empty() &&
           paper.pool.product == one.id.product && paper.pool.model == Model::user;
}

Units Requirements::owned(const RequirementRecord& one) const
{
    Units units = 0;
    for (const GrantRecord& grant : one.grants)
        units += is_own(one, *grant.paper) ? grant.units : 0;
    return units;
}

/// Whether the license may cover it as it stands.
bool Requirements::is_allowed(const RequirementRecord& one, const PaperRecord& paper) const
{
    if (is_own(one, paper))
        return true;
    if (const PaperRecord* by = bound(one); by && rules_.hold(7))
        return &paper == by;
    const bool fits = paper.pool.model == one.id.consumer.kind || !rules_.hold(4);
    return (is_coverable(one) && fits && may_downgrade(paper, one)) || bound(one) == &paper;
}

/// Whom it must be known of first what they keep: those before it who share a license that has too
/// few rights now. Else it would keep of that one, and lose it after it has given back another's.
const RequirementRecord* Requirements::mended_before(const RequirementRecord& one) const
{
    if (one.grants.size() < 2)
        return nullptr;
    for (const GrantRecord& grant : one.grants)
        if (is_direct(one, *grant.paper) && grant.paper->free_direct() < 0)
            for (const auto& [place, other] : grant.paper->direct) {
                if (other == &one)
                    break;
                if (unsettled_.contains(other->number))
                    return other;
            }
    return nullptr;
}

/// What of a requirement's cover is not allowed any more.
Step Requirements::mend(const RequirementRecord& one) const
{
    const Demand& demand = one.demand;
    const bool is_device = one.id.consumer.kind == Model::device;
    if (granted_directly(one) > 0 && !one.changed.empty() && rules_.hold(8) && rules_.hold(10))
        return revert_all(one); // A user who is covered directly needs no other's right.
    if (const PaperRecord* by = one.trigger) {
        const bool is_his = !is_device || one.into == principal_of({one.id.consumer.name});
        if (demand.need == 0 || demand.model != Model::device || !is_his || !may_change(*by) ||
            !may_downgrade(*by, one))
            return {reverted(one)};
    }
    Units left = bound(one) ? full_need(one) : demand.counts ? demand.need : 0;
    Coverage kept = coverage_of(one);
    kept.grants.clear();
    const auto keep = [&](bool directly) {
        for (const GrantRecord& grant : one.grants) {
            if (is_own(one, *grant.paper) != directly || !is_allowed(one, *grant.paper))
                continue;
            const Units units = std::min({grant.units, left, keepable(one, grant)});
            left -= units;
            if (units > 0)
                kept.grants.push_back({grant.paper->pool.id, units});
        }
    };
    keep(true);
    keep(false);
    std::ranges::sort(kept.grants, {},
                      [&](const Grant& grant) { return papers_.at(grant.pool).pool.number; });
    if (kept == coverage_of(one))
        return {};
    return {std::move(kept)};
}

/// More is granted directly than there is.
Step Requirements::shrink_direct(const PaperRecord& paper) const
{
    const Units free = paper.free_direct();
    if (free >= 0)
        return {};
    const RequirementRecord& newest = *paper.direct.rbegin()->second;
    return {with(newest, paper, -std::min(-free, units_of(newest, paper)))};
}

/// More is granted than there is: from whom it is needed least, who were changed before those who
/// are of another product, and from the newest (M-Q6).
Step Requirements::shrink(const PaperRecord& paper) const
{
    const Units free = paper.free();
    if (free >= 0)
        return {};
    const bool from_changed = !paper.changed.empty();
    const InOrder& list = from_changed ? paper.changed : paper.downgraded;
    const RequirementRecord& newest = *list.rbegin()->second;
    const Units own = from_changed ? own_need(newest) : 0;
    return {with(newest, paper, -std::min(-free, units_of(newest, paper) - own))};
}

/// Of its own product and model: the oldest first, whoever has the rights meanwhile (M-R6, M-R8).
Step Requirements::grant_directly(const PaperRecord& paper) const
{
    const Units room = paper.free_direct();
    const InOrder& list =
        find(paper.pool.product)->wanting[static_cast<std::size_t>(paper.pool.model)];
    if (room <= 0 || list.empty())
        return {};
    const RequirementRecord& one = *list.begin()->second;
    const bool is_changed = one.trigger || !one.changed.empty();
    if (one.trigger || (is_changed && other_of(one)))
        return revert_all(one); // Before it is seen what it is then.
    const Units need = one.demand.need > 0 ? one.demand.need : full_need(one);
    // Of whom it is taken is seen when all who are covered directly have left theirs.
    return {with(one, paper, std::min(room, need - owned(one)))};
}

/// To those who were changed and have less than they need.
Step Requirements::top(const PaperRecord& paper) const
{
    if (paper.free() <= 0 || paper.wanting.empty())
        return {};
    const RequirementRecord& one = *paper.wanting.begin()->second;
    return {with(one, paper, std::min(paper.free(), full_need(one) - granted(one)))};
}

/// Of a product that it may be downgraded to, and of its model.
Step Requirements::grant_by_downgrade(const PaperRecord& paper) const
{
    if (paper.free() <= 0)
        return {};
    const RequirementRecord* oldest = nullptr;
    for (const ProductId& product : paper.pool.downgrades_to)
        for (const Model model : {Model::device, Model::user}) {
            const InOrder& list = find(product)->lacking[static_cast<std::size_t>(model)];
            const bool fits =
                model == paper.pool.model || (!rules_.hold(4) && model == Model::user);
            if (fits && !list.empty() &&
                (!oldest || list.begin()->first.order < oldest->demand.order))
                oldest = list.begin()->second;
        }
    if (!oldest)
        return {};
    return {with(*oldest, paper, std::min(paper.free(), oldest->demand.need - granted(*oldest)))};
}

/// A device's requirement becomes its user's (M-R4), while the license has a right to give (M-R2,
/// M-R5).
Step Requirements::change_model(const PaperRecord& paper) const
{
    const bool has_some = paper.free() > 0;
    if (!may_change(paper) || (!has_some && rules_.hold(5)))
        return {};
    const RequirementRecord* user = nullptr;
    const auto consider = [&](const InOrder& courts) {
        for (const auto& [place, one] : courts) {
            if (user && place.order > user->candidates.begin()->first.order)
                return;
            const Units need = one->candidates.begin()->second->demand.need;
            const bool has_enough =
                rules_.hold(2) || std::max(full_need(*one), need) <= paper.free() + granted(*one);
            if (has_enough && may_downgrade(paper, *one) && (has_some || !one->grants.empty())) {
                user = one;
                return;
            }
        }
    };
    consider(paper.courts);
    if (has_some)
        for (const ProductId& product : paper.pool.downgrades_to)
            consider(find(product)->courts);
    if (!user)
        return {};
    return change_of_model(*user->candidates.begin()->second, *user, paper);
}

Step Requirements::step()
{
    while (!unsettled_.empty()) {
        const RequirementRecord* one = unsettled_.begin()->second;
        while (const RequirementRecord* before = mended_before(*one))
            one = before;
        unsettled_.erase(one->number);
        if (Step step = mend(*one); !step.empty())
            return step;
    }
    const auto serve = [this](Phase phase,
                              Step (Requirements::*attempt)(const PaperRecord&) const) {
        PapersInOrder& due = due_[phase];
        while (!due.empty()) {
            if (Step step = (this->*attempt)(*due.begin()->second); !step.empty())
                return step;
            due.erase(due.begin());
        }
        return Step{};
    };
    if (Step step = serve(over_direct, &Requirements::shrink_direct); !step.empty())
        return step;
    if (Step step = serve(direct, &Requirements::grant_directly); !step.empty())
        return step;
    if (Step step = serve(over, &Requirements::shrink); !step.empty())
        return step;
    if (Step step = serve(top_up, &Requirements::top); !step.empty())
        return step;
    while (!starved_.empty()) {
        const RequirementRecord& one = *starved_.begin()->second;
        starved_.erase(starved_.begin());
        if (Step step = revert_all(one); !step.empty())
            return step;
    }
    if (Step step = serve(cover_rest, &Requirements::grant_by_downgrade); !step.empty())
        return step;
    Step step = serve(change, &Requirements::change_model);
    is_unsettled_ = !step.empty();
    return step;
}

} // namespace usher::ledger
