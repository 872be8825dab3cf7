#include "daemon/ledger/called.hpp"

#include <algorithm>

/// Which requirement stands behind which.
namespace usher::ledger {
namespace {

Refusal not_allowed(const RequirementId& id, std::string why)
{
    return refuse(Code::consolidation_not_allowed, name_of(id), std::move(why));
}

/// Those behind which it would stand, whatever is required now.
std::vector<RequirementId> next_of(const Requirements& requirements, const RequirementId& id)
{
    std::vector<RequirementId> all;
    const auto& by_hand = requirements.consolidations();
    if (const auto one = by_hand.find(id); one != by_hand.end())
        all.push_back(one->second.behind);
    if (const ProductBook* book = requirements.find(id.product); book && book->behind)
        all.push_back({book->behind->behind, id.consumer});
    return all;
}

/// Whether who goes on from `from` comes to `goal`.
bool leads_to(const Requirements& requirements, const RequirementId& from,
              const RequirementId& goal)
{
    std::set<RequirementId> seen;
    std::vector<RequirementId> todo{from};
    while (!todo.empty()) {
        const RequirementId id = std::move(todo.back());
        todo.pop_back();
        if (id == goal)
            return true;
        if (seen.insert(id).second)
            for (RequirementId& next : next_of(requirements, id))
                todo.push_back(std::move(next));
    }
    return false;
}

/// Whether a product would stand behind itself, or a requirement by way of those that are
/// consolidated one by one.
std::optional<std::string> circle_by(const Requirements& requirements,
                                     const ProductConsolidation& one)
{
    std::vector<ProductName> way{one.product.name};
    std::set<ProductId> seen;
    for (ProductId at = one.behind; seen.insert(at).second;) {
        way.push_back(at.name);
        if (at == one.product)
            return way_text(way, " behind ");
        const ProductBook* book = requirements.find(at);
        if (!book || !book->behind)
            break;
        at = book->behind->behind;
    }
    for (const auto& [id, by_hand] : requirements.consolidations()) {
        const Consumer& consumer = by_hand.behind.consumer;
        for (const Consumer& each : {id.consumer, consumer})
            if (leads_to(requirements, {one.behind, each}, {one.product, each}))
                return name_of({one.behind, each}) + " stands behind " +
                       name_of({one.product, each}) + " already";
    }
    return std::nullopt;
}

} // namespace

Verdict decide(const State& state, const Consolidate& command, Now)
{
    auto found = called(state, command.requirement);
    if (auto* refusal = std::get_if<Refusal>(&found))
        return no(std::move(*refusal));
    const RequirementId& id = std::get<RequirementId>(found);
    const auto& all = state.requirements.consolidations();
    if (command.ended) {
        const auto known = all.find(id);
        if (known == all.end())
            return no(not_allowed(id, "it stands behind no other by hand"));
        return {Done{}, {ConsolidationSet{known->second, true, command.by}}};
    }
    for (const RequirementCall* call : {&command.requirement, &command.behind})
        if (auto each = required(state, *call); auto* refusal = std::get_if<Refusal>(&each))
            return no(std::move(*refusal));
    const RequirementId behind =
        std::get<const RequirementRecord*>(required(state, command.behind))->id;
    const RequirementRecord& record =
        *std::get<const RequirementRecord*>(required(state, command.requirement));
    const bool is_changed = record.trigger || !record.changed.empty();
    if (is_changed && state.requirements.rules().hold(3)) // M-R3
        return no(
            not_allowed(id, "its model was changed for license " +
                                (record.trigger ? record.trigger : bound(record))->pool.id.text));
    if (record.foundations.empty())
        return no(not_allowed(id, "only others ask for it"));
    if (leads_to(state.requirements, behind, id))
        return no(not_allowed(id, name_of(behind) + " stands behind it already"));
    if (!all.contains(id) && all.size() >= foundations_max)
        return no(refuse(Code::limit_reached, {},
                         std::to_string(foundations_max) + " requirements stand behind others "
                                                           "already"));
    const Consolidation one{id, behind, command.kind};
    if (const auto known = all.find(id); known != all.end() && known->second == one)
        return {Done{}, {}};
    return {Done{}, {ConsolidationSet{one, false, command.by}}};
}

Verdict decide(const State& state, const ConsolidateProducts& command, Now)
{
    auto found = called(state, command.product);
    if (auto* refusal = std::get_if<Refusal>(&found))
        return no(std::move(*refusal));
    const ProductId& product = std::get<ProductId>(found);
    const ProductBook* book = state.requirements.find(product);
    if (command.ended) {
        if (!book || !book->behind)
            return no(refuse(Code::consolidation_not_allowed, product.name.text,
                             "it stands behind no other"));
        return {Done{}, {ProductConsolidationSet{*book->behind, true, command.by}}};
    }
    auto other = called(state, command.behind);
    if (auto* refusal = std::get_if<Refusal>(&other))
        return no(std::move(*refusal));
    const ProductConsolidation one{product, std::get<ProductId>(other), command.kind};
    if (book && book->behind == one)
        return {Done{}, {}};
    if (auto circle = circle_by(state.requirements, one))
        return no(refuse(Code::consolidation_not_allowed, product.name.text, *std::move(circle)));
    Verdict verdict{Done{}, {ProductConsolidationSet{one, false, command.by}}};
    if (!book)
        return verdict;
    std::size_t skipped = 0;
    for (const auto& [consumer, record] : book->requirements)
        skipped += record.trigger || !record.changed.empty() ? 1 : 0;
    if (skipped > 0)
        std::get<Done>(verdict.answer)
            .warnings.push_back(std::to_string(skipped) +
                                (skipped == 1 ? " requirement stays" : " requirements stay") +
                                (skipped == 1 ? " as it is while its model is changed"
                                              : " as they are while their models are changed"));
    return verdict;
}

} // namespace usher::ledger
