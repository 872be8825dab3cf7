#include "daemon/ledger/explain.hpp"

#include "daemon/ledger/called.hpp"

#include <algorithm>

/// What people are told of requirements.
namespace usher::ledger {
namespace {

std::string free_text(const PaperRecord& paper)
{
    if (!paper.pool.unlimited && paper.pool.units == 0)
        return "it counts nothing now: usher license list says why";
    return paper.pool.unlimited ? "without end"
                                : rights(std::max<Units>(0, paper.free())) + " free";
}

bool lacks_principal(const Requirements& requirements, const RequirementRecord& record)
{
    return record.id.consumer.kind == Model::device && record.demand.need > 0 &&
           requirements.principal_of({record.id.consumer.name}).empty();
}

/// What nobody's device cannot become.
bool has_no_consumer(const Requirements& requirements, const RequirementRecord& record)
{
    return lacks_principal(requirements, record) && !record.behind &&
           granted(record) < record.demand.need &&
           (record.demand.model == Model::user ||
            std::ranges::any_of(record.book->downgrades, [](const auto& license) {
                return license.second->pool.model == Model::user;
            }));
}

std::string behind_word(const Requirements& requirements, const RequirementRecord& record)
{
    if (!record.behind)
        return "user";
    const auto& by_hand = requirements.consolidations();
    const auto one = by_hand.find(record.id);
    if (one != by_hand.end() && one->second.behind == record.behind->id)
        return std::string(word(one->second.kind));
    return std::string(word(record.book->behind->kind));
}

RequirementView view_of(const Requirements& requirements, const RequirementRecord& record)
{
    RequirementView view{.id = record.id,
                         .status = status_of(record),
                         .model = {},
                         .need = full_need(record),
                         .has = granted(record),
                         .covers = {},
                         .trigger = {},
                         .behind = {},
                         .foundations = record.foundations,
                         .members = record.changed.size() + record.ordinary.size()};
    if (record.demand.need > 0)
        view.model = record.demand.model;
    for (const GrantRecord& grant : record.grants)
        view.covers.push_back({grant.paper->pool.id, grant.paper->pool.product, grant.units,
                               !is_direct(record, *grant.paper)});
    if (const PaperRecord* by = record.trigger ? record.trigger : bound(record))
        view.trigger = by->pool.id;
    const bool is_his = record.tie == Tie::changed || record.tie == Tie::ordinary;
    if (record.behind || is_his) {
        view.behind = (record.behind ? record.behind : record.user)->id;
        view.because = behind_word(requirements, record);
        view.need = record.demand.need;
    }
    if (has_no_consumer(requirements, record))
        view.note = "no eligible consumer";
    return view;
}

/// Each sentence ends in the rule by which it is so.
class Account {
  public:
    Account(const Requirements& requirements, const RequirementRecord& record)
        : requirements_(requirements), record_(record)
    {
        told_.requirement = view_of(requirements, record);
    }

    Explanation told() &&
    {
        foundations();
        if (status() == RequirementStatus::unconfirmed)
            return std::move(told_);
        if (status() == RequirementStatus::consolidated) {
            standing();
            return std::move(told_);
        }
        covers();
        if (told_.requirement.has < told_.requirement.need)
            obstacles();
        told_.what_if = what_if(requirements_, record_);
        return std::move(told_);
    }

  private:
    [[nodiscard]] RequirementStatus status() const { return told_.requirement.status; }

    void foundations()
    {
        for (const Foundation& one : record_.foundations)
            told_.because.push_back(
                one.source + " asks for " + rights(one.number) + " " + per(one.model) +
                (one.confirmed ? "" : ", and is not confirmed, so it asks for nothing yet (M-R1)"));
        if (!record_.ordinary.empty())
            told_.because.push_back(
                std::to_string(record_.ordinary.size()) +
                (record_.ordinary.size() == 1 ? " device stands" : " devices stand") +
                " behind it, whose requirement was per user from the start "
                "(M-R13)");
        if (!record_.changed.empty())
            told_.because.push_back(
                std::to_string(record_.changed.size()) +
                (record_.changed.size() == 1 ? " device stands" : " devices stand") +
                " behind it, changed from per device to per user for " +
                license_text(*bound(record_)) + " (M-R4)");
    }

    /// Why it is not counted itself.
    void standing()
    {
        const RequirementRecord& other = record_.behind ? *record_.behind : *record_.user;
        std::string why = "it stands behind " + name_of(other.id) + ", which alone is counted";
        if (record_.behind)
            why += " (" + behind_word(requirements_, record_) + " consolidation, M-R13)";
        else if (record_.trigger)
            why += ": its model was changed for " + license_text(*record_.trigger) + " (M-R4)";
        else
            why += ": it is per user, and " + other.id.consumer.name +
                   " is the principal user (M-R13)";
        told_.because.push_back(std::move(why));
        told_.what_if = what_if(requirements_, record_);
    }

    void covers()
    {
        for (const GrantRecord& grant : record_.grants) {
            std::string how = ": a license of its own product and model comes first (M-R6, M-R8)";
            if (bound(record_) == grant.paper)
                how = ": the license for which its devices were changed, and no other (M-R7)";
            else if (!is_direct(record_, *grant.paper))
                how = ": it may be downgraded to " + record_.id.product.name.text +
                      ", and is of the same model (M-R12)";
            told_.because.push_back(rights(grant.units) + " of " + license_text(*grant.paper) +
                                    how);
        }
        if (record_.grants.empty())
            told_.because.push_back("no license covers it");
    }

    void obstacles()
    {
        auto& list = told_.obstacles;
        const ProductBook& book = *record_.book;
        const Model kind = record_.id.consumer.kind;
        const PaperRecord* by = bound(record_);
        bool is_of_its_model = false;
        for (const auto& [number, paper] : book.licenses) {
            is_of_its_model |= paper->pool.model == kind;
            list.push_back(license_text(*paper) + ": " +
                           (paper->pool.model == kind
                                ? free_text(*paper)
                                : "it is counted otherwise, so it covers this "
                                  "only by way of a consolidation"));
        }
        if (!is_of_its_model)
            list.push_back("no license is of " + record_.id.product.name.text + " " + per(kind));
        for (const auto& [number, paper] : book.downgrades)
            list.push_back(license_text(*paper) + ": " + why_not(*paper, by));
        if (has_no_consumer(requirements_, record_))
            list.push_back("no eligible consumer: nobody is the principal user of " +
                           record_.id.consumer.name + " (M-Q7)");
    }

    [[nodiscard]] std::string why_not(const PaperRecord& paper, const PaperRecord* by) const
    {
        if (by && by != &paper)
            return "only " + by->pool.id.text + " may cover it (M-R7)";
        if (paper.free() <= 0)
            return "no right is left (M-R5)";
        if (by == &paper || paper.pool.model == record_.id.consumer.kind)
            return free_text(paper);
        const auto obstacle = why_no_change(record_, paper);
        return obstacle ? obstacle_text(*obstacle) : free_text(paper);
    }

    [[nodiscard]] std::string obstacle_text(const NoChange& obstacle) const
    {
        switch (obstacle.why) {
        case NoChange::Why::is_covered:
            return "it is covered in part, so its model is not changed (M-R1)";
        case NoChange::Why::is_users:
        case NoChange::Why::per_device: return "a user's requirement becomes no device's (M-R4)";
        case NoChange::Why::scheme: return "its scheme changes no model (M-R11)";
        case NoChange::Why::nobody: return "nobody is its principal user (M-Q7)";
        case NoChange::Why::court: return court_text(obstacle);
        case NoChange::Why::other_product:
        case NoChange::Why::no_right: break;
        }
        return "no right is left (M-R5)";
    }

    [[nodiscard]] std::string court_text(const NoChange& obstacle) const
    {
        const RequirementRecord& user = *record_.user;
        const std::string& name = user.id.consumer.name;
        if (obstacle.shut == Court::Shut::stands_behind)
            return name_of(user.id) + " stands behind another itself (M-R3)";
        if (obstacle.shut == Court::Shut::covered_directly)
            return name + " is covered directly, so nothing joins him (M-R10)";
        return name + " is covered by " + obstacle.by->pool.id.text +
               (bound(user) == obstacle.by ? ", and by no other (M-R7)"
                                           : ", and his cover is not mixed (M-Q15)");
    }

    const Requirements& requirements_;
    const RequirementRecord& record_;
    Explanation told_;
};

} // namespace

Explanation explain(const Requirements& requirements, const RequirementRecord& record)
{
    return Account(requirements, record).told();
}

Verdict decide(const State& state, const ListRequirements& command, Now)
{
    const Requirements& requirements = state.requirements;
    auto found = called_or_all(state, command.product);
    if (auto* refusal = std::get_if<Refusal>(&found))
        return no(std::move(*refusal));
    const auto& only = std::get<std::optional<ProductId>>(found);
    const auto& books = requirements.books();
    auto book = only            ? books.find(*only)
                : command.after ? books.lower_bound(command.after->product)
                                : books.begin();
    RequirementList answer;
    // So many are looked at, whatever they are: a part costs the same whatever is asked.
    std::size_t seen = 0;
    for (; book != books.end() && (!only || book->first == *only); ++book) {
        const auto& all = book->second.requirements;
        const bool goes_on = command.after && command.after->product == book->first;
        for (auto at = goes_on ? all.upper_bound(command.after->consumer) : all.begin();
             at != all.end(); ++at) {
            if (seen == page_max)
                return {std::move(answer), {}};
            ++seen;
            answer.after = at->second.id;
            if (!exists(at->second) || (command.status && status_of(at->second) != *command.status))
                continue;
            answer.requirements.push_back(view_of(requirements, at->second));
        }
    }
    answer.after.reset();
    return {std::move(answer), {}};
}

Verdict decide(const State& state, const ExplainRequirement& command, Now)
{
    const auto found = required(state, command.requirement);
    if (const auto* refusal = std::get_if<Refusal>(&found))
        return no(*refusal);
    const RequirementRecord& record = *std::get<const RequirementRecord*>(found);
    return {explain(state.requirements, record), {}};
}

} // namespace usher::ledger
