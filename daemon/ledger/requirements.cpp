#include "daemon/ledger/requirements.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace usher::ledger {
namespace {

constexpr Units without_end = std::numeric_limits<Units>::max() / 4;

std::size_t index(Model model)
{
    return static_cast<std::size_t>(model);
}

/// Its own foundations ask for something, so that others may stand behind it.
bool stands_alone(const RequirementRecord& one)
{
    return std::ranges::any_of(one.foundations, &Foundation::confirmed);
}

/// What the foundations ask for, and those who stand behind it from the start (M-Q4, M-Q11).
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
    for (const auto& [order, device] : one.ordinary) // As good as a foundation (M-Q14).
        add(Model::user, device->demand.need, order);
    return demand;
}

std::vector<RequirementRecord*> pointers(const InOrder& list)
{
    std::vector<RequirementRecord*> all;
    all.reserve(list.size());
    for (const auto& [order, one] : list)
        all.push_back(one);
    return all;
}

} // namespace

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
    const std::uint64_t first = one.changed.begin()->first;
    return one.demand.need == 0 ? first : std::min(first, one.demand.order);
}

Units granted(const RequirementRecord& one)
{
    Units units = 0;
    for (const GrantRecord& grant : one.grants)
        units += grant.units;
    return units;
}

bool is_direct(const RequirementRecord& one, const PaperRecord& paper)
{
    const Model kind = one.id.consumer.kind;
    return one.demand.counts && one.demand.model == kind && paper.pool.model == kind &&
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
    std::set<RequirementRecord*> seen;
    for (const InOrder* list : {&paper.direct, &paper.downgraded, &paper.changed, &paper.wanting})
        for (const auto& [order, one] : *list) {
            seen.insert(one);
            for (const auto& [older, device] : one->changed)
                seen.insert(device);
        }
    std::vector<RequirementRecord*> all(seen.begin(), seen.end());
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
    unlist(one); // With what it has, before it has something else.
    one.grants.clear();
    for (const Grant& grant : coverage.grants)
        one.grants.push_back({&papers_.at(grant.pool), grant.units});
    one.trigger = coverage.trigger ? &papers_.at(*coverage.trigger) : nullptr;
    one.into = coverage.into;
    look_again(one);
    for (const GrantRecord& grant : before)
        wake(*grant.paper);
    for (const Grant& grant : coverage.grants)
        if (PaperRecord& paper = papers_.at(grant.pool); paper.free() < 0)
            due_[over].emplace(paper.pool.number, &paper);
}

// Indexes.

/// Behind which it would stand if it were not changed, nor others for it.
RequirementRecord* Requirements::other_of(const RequirementRecord& one) const
{
    if (one.foundations.empty())
        return nullptr; // What nothing but others asks for is theirs.
    const RequirementRecord* other = nullptr;
    if (const auto by_hand = consolidations_.find(one.id); by_hand != consolidations_.end())
        other = find(by_hand->second.behind);
    if ((!other || !stands_alone(*other)) && one.book->behind)
        other = find(RequirementId{one.book->behind->behind, one.id.consumer});
    if (!other || !stands_alone(*other))
        return nullptr;                           // It counts again (M-R14).
    return const_cast<RequirementRecord*>(other); // Of our own books.
}

void Requirements::look_at_those_before(const RequirementRecord& one)
{
    std::vector<RequirementId> ids;
    if (const auto by_hand = behind_.find(one.id); by_hand != behind_.end())
        ids.assign(by_hand->second.begin(), by_hand->second.end());
    for (const ProductId& product : one.book->before_us)
        ids.push_back({product, one.id.consumer});
    for (const RequirementId& id : ids)
        if (RequirementRecord* other = find_mutable(id))
            look_again(*other);
}

/// Those that the product's own consolidation may concern.
void Requirements::look_at(ProductBook& its)
{
    std::vector<RequirementRecord*> all;
    for (auto& [consumer, one] : its.requirements)
        if (!one.foundations.empty()) // So it stays there, whatever becomes of another.
            all.push_back(&one);
    for (RequirementRecord* one : all)
        look_again(*one);
}

/// Brings all that is derived of it to what it is now.
void Requirements::look_again(RequirementRecord& one)
{
    unlist(one);
    const bool is_changed = (one.trigger && rules_.hold(3)) || !one.changed.empty();
    one.behind = is_changed ? nullptr : other_of(one); // M-R3
    one.demand = demand_of(one);
    tie(one);
    one.demand.counts = one.demand.need > 0 && !one.behind && one.tie != Tie::ordinary;
    list(one);
    unsettled_.emplace(one.number, &one);
    drop_if_empty(one);
}

/// To the user behind whose requirement it stands, or could.
void Requirements::tie(RequirementRecord& one)
{
    const bool is_device = one.id.consumer.kind == Model::device;
    const bool may_change = one.demand.model == Model::device && !one.trigger &&
                            (one.grants.empty() || !rules_.hold(1)) && one.changed.empty();
    Tie tie = Tie::none;
    UserName user =
        is_device ? principal_of({one.id.consumer.name}) : UserName{one.id.consumer.name};
    if (is_device && one.trigger) {
        tie = Tie::changed;
        user = one.into;
    } else if (one.demand.need > 0 && !one.behind && !user.empty()) {
        if (may_change)
            tie = Tie::candidate;
        else if (is_device && one.demand.model == Model::user)
            tie = Tie::ordinary;
    }
    const Units need = one.demand.need;
    const bool is_same = one.tie == tie && one.tie_order == one.demand.order &&
                         one.tie_need == need &&
                         (!one.user || one.user->id.consumer.name == user.text);
    if (is_same && tie != Tie::changed) // Whose license may be another.
        return;
    untie(one);
    if (tie == Tie::none)
        return;
    RequirementRecord* const other =
        is_device ? &record({one.id.product, {Model::user, user.text}}) : &one;
    one.tie = tie;
    one.user = other;
    one.tie_order = one.demand.order;
    one.tie_need = need;
    if (other != &one)
        unlist(*other);
    InOrder& list = tie == Tie::candidate ? other->candidates
                    : tie == Tie::changed ? other->changed
                                          : other->ordinary;
    list.emplace(one.tie_order, &one);
    if (tie == Tie::changed)
        ++other->needs[need];
    if (other != &one)
        look_again(*other);
}

void Requirements::untie(RequirementRecord& one)
{
    RequirementRecord* const other = std::exchange(one.user, nullptr);
    const Tie before = std::exchange(one.tie, Tie::none);
    if (!other)
        return;
    if (other != &one)
        unlist(*other);
    InOrder& list = before == Tie::candidate ? other->candidates
                    : before == Tie::changed ? other->changed
                                             : other->ordinary;
    list.erase(one.tie_order);
    if (before == Tie::changed)
        if (const auto at = other->needs.find(one.tie_need); --at->second == 0)
            other->needs.erase(at);
    if (other != &one)
        look_again(*other);
}

void Requirements::list(RequirementRecord& one)
{
    const std::size_t kind = index(one.id.consumer.kind);
    PaperRecord* const by = bound(one);
    const auto enter = [&](InOrder& list, std::uint64_t order) {
        list.emplace(order, &one);
        one.listings.push_back({&list, order});
    };
    const bool is_coverable = one.demand.counts && one.demand.model == one.id.consumer.kind;
    const bool may_want = (rules_.hold(6) || !one.trigger) && (rules_.hold(8) || !by);
    if (is_coverable && may_want && granted_directly(one) < one.demand.need) {
        enter(one.book->wanting[kind], one.demand.order);
        wake_all(one.book->licenses, direct);
    } else if (by && one.demand.need == 0 && !rules_.hold(9)) {
        enter(one.book->wanting[kind], full_order(one));
        wake_all(one.book->licenses, direct);
    }
    if (is_coverable && !one.trigger && (!by || !rules_.hold(7)) &&
        granted(one) < one.demand.need) {
        enter(one.book->lacking[kind], one.demand.order);
        wake_all(one.book->downgrades, cover_rest);
    }
    if (by && granted(one) < full_need(one)) {
        enter(by->wanting, full_order(one));
        due_[top_up].emplace(by->pool.number, by);
        if (one.grants.empty())
            starved_.emplace(one.number, &one);
    }
    for (const GrantRecord& grant : one.grants)
        list_grant(one, grant);
    list_court(one);
}

void Requirements::list_grant(RequirementRecord& one, const GrantRecord& grant)
{
    PaperRecord& paper = *grant.paper;
    const auto enter = [&](InOrder& list, std::uint64_t order, Units units, Units directly) {
        list.emplace(order, &one);
        one.listings.push_back({&list, order, &paper, units, directly});
        paper.granted += units;
        paper.directly += directly;
    };
    if (is_direct(one, paper)) {
        enter(paper.direct, one.demand.order, grant.units, grant.units);
        return;
    }
    const bool is_bound = bound(one) == &paper;
    const bool asks_itself = one.demand.counts && one.demand.model == one.id.consumer.kind;
    // What it would have without those who were changed is no part of the change.
    const Units own = !is_bound     ? grant.units
                      : asks_itself ? std::min(grant.units, one.demand.need)
                                    : 0;
    if (own > 0)
        enter(paper.downgraded, one.demand.order, own, 0);
    if (grant.units > own)
        enter(paper.changed, full_order(one), grant.units - own, 0);
}

/// Where devices could stand behind a user: none do where he is covered directly (M-R8, M-R10), or
/// by another license than the one that would change them (M-R7, M-Q15).
void Requirements::list_court(RequirementRecord& one)
{
    if (one.candidates.empty() || one.behind)
        return;
    PaperRecord* only = bound(one);
    for (const GrantRecord& grant : one.grants) {
        if (is_direct(one, *grant.paper)) {
            if (rules_.hold(10))
                return;
            continue;
        }
        if (only && grant.paper != only)
            return;
        only = grant.paper;
    }
    const std::uint64_t order = one.candidates.begin()->first;
    InOrder& list = only ? only->courts : one.book->courts;
    list.emplace(order, &one);
    one.listings.push_back({&list, order});
    if (only)
        due_[change].emplace(only->pool.number, only);
    else
        wake_all(one.book->downgrades, change);
}

void Requirements::unlist(RequirementRecord& one)
{
    for (const RequirementRecord::Listing& listing : one.listings) {
        listing.list->erase(listing.order);
        if (!listing.paper)
            continue;
        listing.paper->granted -= listing.granted;
        listing.paper->directly -= listing.directly;
    }
    one.listings.clear();
    starved_.erase(one.number);
}

void Requirements::drop_if_empty(RequirementRecord& one)
{
    if (exists(one) || !one.candidates.empty() || !one.grants.empty() || one.trigger)
        return;
    unlist(one);
    unsettled_.erase(one.number);
    if (const auto of = of_device_.find(one.id.consumer.name);
        one.id.consumer.kind == Model::device && of != of_device_.end()) {
        of->second.erase(one.number);
        if (of->second.empty())
            of_device_.erase(of);
    }
    const Consumer consumer = one.id.consumer;
    one.book->requirements.erase(consumer);
}

void Requirements::put_in_books(PaperRecord& paper)
{
    book(paper.pool.product).licenses.emplace(paper.pool.number, &paper);
    for (const ProductId& product : paper.pool.downgrades_to)
        book(product).downgrades.emplace(paper.pool.number, &paper);
}

void Requirements::take_from_books(PaperRecord& paper)
{
    book(paper.pool.product).licenses.erase(paper.pool.number);
    for (const ProductId& product : paper.pool.downgrades_to)
        book(product).downgrades.erase(paper.pool.number);
    for (PapersInOrder& due : due_)
        due.erase(paper.pool.number);
}

/// Those whose cover may no longer be allowed.
void Requirements::look_at_covered_by(PaperRecord& paper)
{
    std::map<std::uint64_t, RequirementRecord*> all;
    for (const InOrder* list :
         {&paper.direct, &paper.downgraded, &paper.changed, &paper.wanting, &paper.courts})
        for (const auto& [order, one] : *list) {
            all.emplace(one->number, one);
            for (const auto& [older, device] : one->changed)
                all.emplace(device->number, device);
        }
    for (const auto& [number, one] : all)
        look_again(*one);
}

void Requirements::wake(PaperRecord& paper)
{
    for (PapersInOrder& due : due_)
        due.emplace(paper.pool.number, &paper);
}

void Requirements::wake_all(const PapersInOrder& papers, Phase phase)
{
    for (const auto& [number, paper] : papers)
        if (phase == direct ? paper->free_direct() > 0 : paper->free() > 0)
            due_[phase].emplace(number, paper);
}

void Requirements::look_at_all()
{
    for (auto& [product, its] : books_)
        for (auto& [consumer, one] : its.requirements)
            unsettled_.emplace(one.number, &one);
    for (auto& [id, paper] : papers_)
        wake(paper);
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
