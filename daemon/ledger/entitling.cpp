#include "daemon/ledger/called.hpp"
#include "daemon/ledger/paper.hpp"

#include <algorithm>

/// What an operator does by hand of what reconciling does by itself. It stays like its own results.
namespace usher::ledger {
namespace {

constexpr std::size_t changes_told_max = 100;

std::variant<const PaperRecord*, Refusal> paper_of_license(const State& state,
                                                           const EntitlementId& license)
{
    const auto known = state.entitlements.find(license);
    if (known == state.entitlements.end())
        return refuse(Code::unknown_license, license.text);
    const PoolRecord& root = *state.find_pool(known->second.entitlement.root);
    if (!is_paper(root))
        return refuse(Code::not_in_scheme, "scheme " + root.pool.scheme,
                      "its licenses are lent, and cover no requirement");
    return state.requirements.find(root.pool.id);
}

/// A requirement and a license that should cover it.
struct Match {
    const RequirementRecord* record = nullptr;
    const PaperRecord* paper = nullptr;
};

std::variant<Match, Refusal> match_of(const State& state, const RequirementCall& requirement,
                                      const EntitlementId& license)
{
    auto found = required(state, requirement);
    if (auto* refusal = std::get_if<Refusal>(&found))
        return std::move(*refusal);
    auto paper = paper_of_license(state, license);
    if (auto* refusal = std::get_if<Refusal>(&paper))
        return std::move(*refusal);
    return Match{std::get<const RequirementRecord*>(found), std::get<const PaperRecord*>(paper)};
}

Refusal only_by(const RequirementRecord& record, const PaperRecord& trigger)
{
    return refuse(Code::only_trigger_license, name_of(record.id), trigger.pool.id.text);
}

Refusal no_right_left(const PaperRecord& paper, Units want)
{
    Refusal refusal = refuse(Code::insufficient_units, paper.pool.id.text, "granted");
    refusal.stock = paper.pool.units;
    refusal.held = paper.granted;
    refusal.want = want;
    return refusal;
}

Refusal not_changed(const RequirementRecord& record, const std::string& why)
{
    return refuse(Code::model_change_not_allowed, name_of(record.id),
                  std::string(word(status_of(record))) + ": " + why);
}

/// What it has of other licenses gives way.
Coverage covered_by(const RequirementRecord& record, const PaperRecord& paper)
{
    const Units need = full_need(record);
    Units own = 0;
    for (const GrantRecord& grant : record.grants)
        own += grant.paper == &paper ? grant.units : 0;
    const Units units = std::min(need, own + std::max<Units>(0, paper.free()));
    Coverage coverage = coverage_of(record);
    coverage.grants.clear();
    Units left = need - units;
    bool is_placed = false;
    for (const GrantRecord& grant : record.grants) {
        if (!is_placed && grant.paper->pool.number >= paper.pool.number) {
            coverage.grants.push_back({paper.pool.id, units});
            is_placed = true;
        }
        if (grant.paper == &paper)
            continue;
        const Units kept = std::min(left, grant.units);
        left -= kept;
        if (kept > 0)
            coverage.grants.push_back({grant.paper->pool.id, kept});
    }
    if (!is_placed)
        coverage.grants.push_back({paper.pool.id, units});
    return coverage;
}

Refusal court_refusal(const RequirementRecord& record, const NoChange& obstacle)
{
    const RequirementRecord& his = *record.user;
    if (obstacle.shut == Court::Shut::stands_behind)
        return not_changed(record, name_of(his.id) + " stands behind another");
    if (obstacle.shut == Court::Shut::covered_directly)
        return not_changed(record, his.id.consumer.name + " is covered directly");
    return only_by(his, *obstacle.by);
}

/// The model's reason as the operator is told.
Refusal change_refusal(const RequirementRecord& record, const PaperRecord& paper,
                       const NoChange& obstacle)
{
    const std::string& license = paper.pool.id.text;
    switch (obstacle.why) {
    case NoChange::Why::is_covered:
        return not_changed(record, "only what is License Required may be changed");
    case NoChange::Why::is_users: return not_changed(record, "a user's becomes no device's");
    case NoChange::Why::per_device:
        return not_changed(record, "license " + license + " is per device");
    case NoChange::Why::other_product:
        return not_changed(record, "license " + license + " may not be downgraded to " +
                                       record.id.product.name.text);
    case NoChange::Why::scheme:
        return not_changed(record, "the scheme of " + license + " changes no model");
    case NoChange::Why::nobody:
        return not_changed(record, "no eligible consumer: nobody is its principal user");
    case NoChange::Why::court: return court_refusal(record, obstacle);
    case NoChange::Why::no_right: break;
    }
    return no_right_left(paper, 1);
}

} // namespace

Verdict decide(const State& state, const Entitle& command, Now)
{
    auto match = match_of(state, command.requirement, command.license);
    if (auto* refusal = std::get_if<Refusal>(&match))
        return no(std::move(*refusal));
    const RequirementRecord& record = *std::get<Match>(match).record;
    const PaperRecord& paper = *std::get<Match>(match).paper;
    const PaperRecord* trigger = bound(record);
    const bool is_own = is_direct(record, paper);
    if (trigger && trigger != &paper && !is_own)
        return no(only_by(record, *trigger));
    const bool is_others = is_coverable(record) && may_downgrade(paper, record) &&
                           paper.pool.model == record.id.consumer.kind;
    const RequirementStatus status = status_of(record);
    if (status == RequirementStatus::consolidated || status == RequirementStatus::unconfirmed) {
        std::string detail(word(status));
        if (const RequirementRecord* other = record.behind ? record.behind : record.user;
            other && status == RequirementStatus::consolidated)
            detail += " behind " + name_of(other->id);
        return no(refuse(Code::needs_no_license, name_of(record.id), std::move(detail)));
    }
    if (!is_own && !is_others && trigger != &paper)
        return no(refuse(Code::product_mismatch, "license " + command.license.text,
                         "it is " + paper.pool.product.name.text + " per " +
                             std::string(word(paper.pool.model)) + ", and covers nothing like " +
                             name_of(record.id)));
    if (!is_own && trigger != &paper && (granted_directly(record) > 0 || has_free_direct(record)))
        return no(refuse(Code::product_mismatch, "license " + command.license.text,
                         "a license of " + record.id.product.name.text + " per " +
                             std::string(word(record.id.consumer.kind)) + " comes first for " +
                             name_of(record.id)));
    if (paper.free() < 1 &&
        std::ranges::find(record.grants, &paper, &GrantRecord::paper) == record.grants.end())
        return no(no_right_left(paper, full_need(record)));
    Verdict verdict{Done{}, {}};
    if (Coverage coverage = covered_by(record, paper); coverage != coverage_of(record))
        verdict.facts.emplace_back(Covered{std::move(coverage)});
    return verdict;
}

Verdict decide(const State& state, const ChangeModel& command, Now)
{
    auto match = match_of(state, command.requirement, command.license);
    if (auto* refusal = std::get_if<Refusal>(&match))
        return no(std::move(*refusal));
    const RequirementRecord& record = *std::get<Match>(match).record;
    const PaperRecord& paper = *std::get<Match>(match).paper;
    if (record.trigger == &paper)
        return {Done{}, {}};
    if (const auto obstacle = why_no_change(record, paper))
        return no(change_refusal(record, paper, *obstacle));
    Verdict verdict{Done{}, {}};
    for (Coverage& coverage : change_of_model(record, *record.user, paper))
        verdict.facts.emplace_back(Covered{std::move(coverage)});
    return verdict;
}

/// Found out on a copy; then, where that says so, what is here is looked at as well.
Verdict decide(const State& state, const Reconcile& command, Now)
{
    Done done;
    const auto again = state.requirements.made_again(); // Nothing of it has been looked at yet.
    std::size_t count = 0;
    for (auto step = again->step(); !step.empty(); step = again->step())
        for (const Coverage& coverage : step) {
            if (++count <= changes_told_max)
                done.changes.push_back(name_of(coverage.requirement) + " is covered otherwise");
            again->cover(coverage);
        }
    if (count > changes_told_max)
        done.changes.push_back(std::to_string(count - changes_told_max) + " more");
    Verdict verdict{std::move(done), {}};
    if (count > 0 && !command.dry_run)
        verdict.facts.emplace_back(Reviewed{});
    return verdict;
}

} // namespace usher::ledger
