#include "daemon/ledger/requirements.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

/// What has happened, and what is so.
namespace usher::ledger {
namespace {

std::vector<RequirementRecord*> pointers(const ByNumber& list)
{
    std::vector<RequirementRecord*> all;
    all.reserve(list.size());
    for (const auto& [order, one] : list)
        all.push_back(one);
    return all;
}

} // namespace

// What is there.

ProductBook& Requirements::book(const ProductId& id)
{
    const auto [at, is_new] = books_.try_emplace(id);
    at->second.id = id;
    return at->second;
}

RequirementRecord& Requirements::record(const RequirementId& id)
{
    ProductBook& its = book(id.product);
    const auto [at, is_new] = its.requirements.try_emplace(id.consumer);
    RequirementRecord& one = at->second;
    if (!is_new)
        return one;
    one.id = id;
    one.book = &its;
    one.number = ++records_numbered_;
    if (id.consumer.kind == Model::device)
        of_device_[id.consumer.name].emplace(one.number, &one);
    return one;
}

RequirementRecord* Requirements::find_mutable(const RequirementId& id)
{
    const auto its = books_.find(id.product);
    if (its == books_.end())
        return nullptr;
    const auto at = its->second.requirements.find(id.consumer);
    return at == its->second.requirements.end() ? nullptr : &at->second;
}

const RequirementRecord* Requirements::find(const RequirementId& id) const
{
    const ProductBook* its = find(id.product);
    if (!its)
        return nullptr;
    const auto at = its->requirements.find(id.consumer);
    return at == its->requirements.end() ? nullptr : &at->second;
}

const PaperRecord* Requirements::find(const PoolId& pool) const
{
    const auto at = papers_.find(pool);
    return at == papers_.end() ? nullptr : &at->second;
}

const ProductBook* Requirements::find(const ProductId& product) const
{
    const auto at = books_.find(product);
    return at == books_.end() ? nullptr : &at->second;
}

UserName Requirements::principal_of(const DeviceName& device) const
{
    const auto at = principals_.find(device.text);
    return at == principals_.end() ? UserName{} : at->second;
}

// Facts.

void Requirements::put(const Foundation& foundation)
{
    RequirementRecord& one = record(foundation.of);
    const bool stood = stands_alone(one);
    auto& list = one.foundations;
    const auto known = std::ranges::find(list, foundation.source, &Foundation::source);
    if (known != list.end())
        list.erase(known);
    else
        ++foundations_;
    list.insert(std::ranges::upper_bound(list, foundation.seq, {}, &Foundation::seq), foundation);
    last_seq_ = std::max(last_seq_, foundation.seq);
    look_again(one);
    if (stood != stands_alone(one))
        look_at_those_before(one);
}

void Requirements::remove(const RequirementId& id, const std::string& source)
{
    RequirementRecord& one = *find_mutable(id);
    const bool stood = stands_alone(one);
    const auto known = std::ranges::find(one.foundations, source, &Foundation::source);
    assert(known != one.foundations.end());
    one.foundations.erase(known);
    --foundations_;
    const bool stands = stands_alone(one);
    if (stood != stands)
        look_at_those_before(one);
    look_again(one); // It may be gone then.
}

void Requirements::set_principal(const DeviceName& device, const UserName& user)
{
    if (user.empty())
        principals_.erase(device.text);
    else
        principals_[device.text] = user;
    const auto found = of_device_.find(device.text);
    if (found == of_device_.end())
        return;
    for (RequirementRecord* one : pointers(found->second))
        look_again(*one);
}

void Requirements::set(const Consolidation& consolidation)
{
    if (const auto known = consolidations_.find(consolidation.requirement);
        known != consolidations_.end())
        end(known->second);
    consolidations_.emplace(consolidation.requirement, consolidation);
    behind_[consolidation.behind].insert(consolidation.requirement);
    if (RequirementRecord* one = find_mutable(consolidation.requirement))
        look_again(*one);
}

void Requirements::end(const Consolidation& consolidation)
{
    const auto known = consolidations_.find(consolidation.requirement);
    assert(known != consolidations_.end());
    const auto of = behind_.find(known->second.behind);
    of->second.erase(known->first);
    if (of->second.empty())
        behind_.erase(of);
    const RequirementId id = known->first;
    consolidations_.erase(known);
    if (RequirementRecord* one = find_mutable(id))
        look_again(*one);
}

void Requirements::set(const ProductConsolidation& consolidation)
{
    ProductBook& its = book(consolidation.product);
    if (its.behind)
        book(its.behind->behind).before_us.erase(its.id);
    its.behind = consolidation;
    book(consolidation.behind).before_us.insert(its.id);
    look_at(its);
}

void Requirements::end(const ProductConsolidation& consolidation)
{
    ProductBook& its = book(consolidation.product);
    assert(its.behind);
    book(its.behind->behind).before_us.erase(its.id);
    its.behind.reset();
    look_at(its);
}

void Requirements::put(const PaperPool& pool)
{
    const auto [at, is_new] = papers_.try_emplace(pool.id);
    PaperRecord& paper = at->second;
    assert(is_new || paper.pool.number == pool.number);
    const bool covers_others = is_new || paper.pool.downgrades_to != pool.downgrades_to ||
                               paper.pool.changes_models != pool.changes_models;
    if (covers_others && !is_new)
        take_from_books(paper);
    paper.pool = pool;
    if (covers_others) {
        put_in_books(paper);
        look_at_covered_by(paper);
    }
    wake(paper);
}

void Requirements::forget(const PoolId& pool)
{
    const auto at = papers_.find(pool);
    assert(at != papers_.end());
    PaperRecord& paper = at->second;
    std::vector<RequirementRecord*> all = pointers(paper.users);
    // Devices first: none of them stands behind its user any more when that one is looked at.
    std::ranges::sort(all, {}, [](const RequirementRecord* one) {
        return std::pair(one->id.consumer.kind, one->number);
    });
    std::vector<RequirementId> ids;
    for (RequirementRecord* one : all) {
        ids.push_back(one->id);
        unlist(*one);
        std::erase_if(one->grants, [&](const GrantRecord& grant) { return grant.paper == &paper; });
        if (one->trigger == &paper) {
            one->trigger = nullptr;
            one->into = {};
        }
    }
    take_from_books(paper);
    for (const RequirementId& id : ids)
        if (RequirementRecord* one = find_mutable(id))
            look_again(*one);
    for (const InOrder courts = paper.courts; const auto& [order, one] : courts)
        look_again(*one);
    papers_.erase(at);
}

void Requirements::cover(const Coverage& coverage)
{
    RequirementRecord& one = record(coverage.requirement);
    const auto before = one.grants;
    for (const GrantRecord& grant : before)
        grant.paper->users.erase(one.number);
    if (one.trigger)
        one.trigger->users.erase(one.number);
    unlist(one); // With what it has, before it has something else.
    one.grants.clear();
    for (const Grant& grant : coverage.grants)
        one.grants.push_back({&papers_.at(grant.pool), grant.units});
    one.trigger = coverage.trigger ? &papers_.at(*coverage.trigger) : nullptr;
    one.into = coverage.into;
    for (const GrantRecord& grant : one.grants)
        grant.paper->users.emplace(one.number, &one);
    if (one.trigger)
        one.trigger->users.emplace(one.number, &one);
    look_again(one);
    for (const GrantRecord& grant : before)
        wake(*grant.paper);
    for (const Grant& grant : coverage.grants)
        if (PaperRecord& paper = papers_.at(grant.pool); paper.free() < 0)
            due_[over].emplace(paper.pool.number, &paper);
}

std::unique_ptr<Requirements> Requirements::made_again() const
{
    auto again = std::make_unique<Requirements>(rules_);
    for (const auto& [id, paper] : papers_)
        again->put(paper.pool);
    for (const auto& [device, user] : principals_)
        again->set_principal({device}, user);
    for (const auto& [product, its] : books_) {
        if (its.behind)
            again->set(*its.behind);
        for (const auto& [consumer, one] : its.requirements)
            for (const Foundation& foundation : one.foundations)
                again->put(foundation);
    }
    for (const auto& [id, one] : consolidations_)
        again->set(one);
    for (const auto& [product, its] : books_)
        for (const auto& [consumer, one] : its.requirements)
            if (!one.grants.empty() || one.trigger)
                again->cover(coverage_of(one));
    return again;
}

} // namespace usher::ledger
