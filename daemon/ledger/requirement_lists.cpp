#include "daemon/ledger/requirements.hpp"

#include <algorithm>
#include <utility>

/// What is derived of a requirement, and the lists that it stands in.
namespace usher::ledger {
namespace {

std::size_t index(Model model)
{
    return static_cast<std::size_t>(model);
}

} // namespace

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
    is_unsettled_ = true;
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
    // Who was changed stays where it is until it is looked at, even where it asks for nothing now.
    const std::uint64_t order = need > 0 ? one.demand.order : one.tie_order;
    const bool is_same = one.tie == tie && one.tie_order == order && one.tie_need == need &&
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
    one.tie_order = order;
    one.tie_need = need;
    if (other != &one)
        unlist(*other);
    InOrder& list = tie == Tie::candidate ? other->candidates
                    : tie == Tie::changed ? other->changed
                                          : other->ordinary;
    list.emplace(Place{order, one.number}, &one);
    if (tie != Tie::candidate)
        ++(tie == Tie::changed ? other->needs : other->ordinary_needs)[need];
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
    list.erase({one.tie_order, one.number});
    auto& needs = before == Tie::changed ? other->needs : other->ordinary_needs;
    if (before != Tie::candidate)
        if (const auto at = needs.find(one.tie_need); --at->second == 0)
            needs.erase(at);
    if (other != &one)
        look_again(*other);
}

void Requirements::list(RequirementRecord& one)
{
    const std::size_t kind = index(one.id.consumer.kind);
    PaperRecord* const by = bound(one);
    const auto enter = [&](InOrder& list, std::uint64_t order) {
        list.emplace(Place{order, one.number}, &one);
        one.listings.push_back({&list, {order, one.number}});
    };
    const bool may_want = (rules_.hold(6) || !one.trigger) && (rules_.hold(8) || !by);
    if (is_coverable(one) && may_want && granted_directly(one) < one.demand.need) {
        enter(one.book->wanting[kind], one.demand.order);
        wake_all(one.book->licenses, direct);
    } else if (by && one.demand.need == 0 && !rules_.hold(9) && owned(one) < full_need(one)) {
        enter(one.book->wanting[kind], full_order(one));
        wake_all(one.book->licenses, direct);
    }
    if (is_coverable(one) && !one.trigger && (!by || !rules_.hold(7)) &&
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
        list.emplace(Place{order, one.number}, &one);
        one.listings.push_back({&list, {order, one.number}, &paper, units, directly});
        paper.granted += units;
        paper.directly += directly;
    };
    if (is_direct(one, paper)) {
        enter(paper.direct, one.demand.order, grant.units, grant.units);
        return;
    }
    const bool is_bound = bound(one) == &paper;
    // What it would have without those who were changed is no part of the change.
    const Units own = is_bound ? std::min(grant.units, own_need(one)) : grant.units;
    if (own > 0)
        enter(paper.downgraded, one.demand.need > 0 ? one.demand.order : full_order(one), own, 0);
    if (grant.units > own)
        enter(paper.changed, full_order(one), grant.units - own, 0);
}

/// Where devices could stand behind a user.
void Requirements::list_court(RequirementRecord& one)
{
    if (one.candidates.empty())
        return;
    const Court court = court_of(one, rules_.hold(10));
    if (court.shut != Court::Shut::open)
        return;
    PaperRecord* const only = court.only ? &papers_.at(court.only->pool.id) : nullptr;
    const Place place{one.candidates.begin()->first.order, one.number};
    InOrder& list = only ? only->courts : one.book->courts;
    list.emplace(place, &one);
    one.listings.push_back({&list, place});
    if (only)
        due_[change].emplace(only->pool.number, only);
    else
        wake_all(one.book->downgrades, change);
}

void Requirements::unlist(RequirementRecord& one)
{
    for (const RequirementRecord::Listing& listing : one.listings) {
        listing.list->erase(listing.place);
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
    ByNumber all = paper.users;
    for (const auto& [place, one] : paper.courts)
        all.emplace(one->number, one);
    for (const auto& [number, one] : all)
        look_again(*one);
}

void Requirements::wake(PaperRecord& paper)
{
    is_unsettled_ = true;
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
    is_unsettled_ = true;
    for (auto& [product, its] : books_)
        for (auto& [consumer, one] : its.requirements)
            unsettled_.emplace(one.number, &one);
    for (auto& [id, paper] : papers_)
        wake(paper);
}

} // namespace usher::ledger
