#include "daemon/ledger/followed.hpp"

#include "daemon/ledger/limits.hpp"
#include "daemon/ledger/outlook.hpp"

#include <algorithm>
#include <utility>

namespace usher::ledger {
namespace {

using Complaint = std::string; ///< Empty: none.

constexpr Units stock_max = units_max * 1'000'000; ///< Far from overflow, and beyond all sales.
constexpr Duration patience_max = std::chrono::days(366);
constexpr std::size_t ways_max = 1024; ///< More defaults than anybody has; a status can say them.
constexpr std::uint64_t place_max = std::uint64_t(1) << 62U;
constexpr CalendarInstant first_instant = std::chrono::sys_days(std::chrono::year(1970) / 1 / 1);
constexpr CalendarInstant last_instant = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);

bool is_instant(const std::optional<CalendarInstant>& instant)
{
    return !instant || (*instant >= first_instant && *instant < last_instant);
}

/// Says of each fact why it cannot happen, or remembers what it changes.
class Judge {
  public:
    explicit Judge(const State& state)
        : state_(state), seen_(state), wishes_held_(state.leases.size() + state.waiters.size())
    {}

    template <class Other> // Of one host, or fleeting.
    Complaint operator()(const Other&)
    {
        return "it is none that another server has to know";
    }

    Complaint operator()(const ProductDefined&) { return {}; }
    Complaint operator()(const EntitlementInstalled& fact);
    Complaint operator()(const EntitlementRemoved& fact);
    Complaint operator()(const LicenseExpected& fact);
    Complaint operator()(const EntitlementCounted& fact);
    Complaint operator()(const PoolOpened& fact);
    Complaint operator()(const PoolRemoved& fact);
    Complaint operator()(const Posted& fact);
    Complaint operator()(const UsersSet& fact) { return there_is(seen_.pool(fact.pool), "pool"); }
    Complaint operator()(const ProfileSet& fact);
    Complaint operator()(const ProfileRenamed& fact);
    Complaint operator()(const ProfileRemoved& fact);
    Complaint operator()(const ProfileUsed& fact);
    Complaint operator()(const LeaseGranted& fact);
    Complaint operator()(const LeaseEnded& fact) { return end(fact.id, false); }
    Complaint operator()(const Queued& fact);
    Complaint operator()(const Unqueued& fact) { return end(fact.id, true); }
    Complaint operator()(const EndingRemembered&) { return {}; }
    Complaint operator()(const CredentialIssued& fact);
    Complaint operator()(const CredentialRevoked& fact);
    Complaint operator()(const Denied& fact)
    {
        return is_instant(fact.at) ? "" : "its time is out of range";
    }

    /// A no that names no fact.
    std::optional<Refusal> other_no;

  private:
    static Complaint there_is(const void* thing, const char* what)
    {
        return thing ? "" : "there is no such " + std::string(what);
    }
    static Complaint there_is_none(const void* thing, const char* what)
    {
        return thing ? "there is such a " + std::string(what) + " already" : "";
    }

    Complaint begin(const Lease& lease, Outlook::Wish seen);
    Complaint end(const LeaseId& id, bool is_wait);
    void forget(const LeaseId& id, const Outlook::Wish& seen);

    const State& state_;
    Outlook seen_;
    std::size_t wishes_held_;
};

// Licenses and pools.

Complaint Judge::operator()(const EntitlementInstalled& fact)
{
    const Entitlement& one = fact.entitlement;
    Outlook::Pool* const root = seen_.pool(one.root);
    if (!root)
        return there_is(root, "pool");
    if (!is_instant(one.from) || !is_instant(one.to) || !is_instant(one.maintenance_until))
        return "its time is out of range";
    if (seen_.license(one.id))
        return there_is_none(seen_.license(one.id), "license");
    seen_.licenses.put(one.id, {one.root, false});
    ++root->users_more;
    return {};
}

Complaint Judge::operator()(const EntitlementRemoved& fact)
{
    const Outlook::License* const one = seen_.license(fact.id);
    if (!one)
        return there_is(one, "license");
    if (one->counts)
        return "the license counts still";
    --seen_.pool(one->root)->users_more;
    seen_.licenses.take(fact.id);
    return {};
}

Complaint Judge::operator()(const LicenseExpected& fact)
{
    if (seen_.license(fact.license.id))
        return there_is_none(seen_.license(fact.license.id), "license");
    return there_is(seen_.pool(fact.license.root), "pool");
}

Complaint Judge::operator()(const EntitlementCounted& fact)
{
    Outlook::License* const one = seen_.license(fact.id);
    if (one)
        one->counts = fact.counts;
    return there_is(one, "license");
}

Complaint Judge::operator()(const PoolOpened& fact)
{
    if (seen_.pool(fact.pool.id))
        return there_is_none(seen_.pool(fact.pool.id), "pool");
    if (fact.pool.parent && !seen_.pool(*fact.pool.parent))
        return "there is no such pool above it";
    seen_.open(fact.pool.id, fact.pool.parent);
    return {};
}

Complaint Judge::operator()(const PoolRemoved& fact)
{
    const Outlook::Pool* const one = seen_.pool(fact.pool);
    if (!one)
        return there_is(one, "pool");
    if (one->stock != 0 || seen_.users_of(fact.pool) != 0)
        return "the pool is not empty";
    if (one->parent)
        --seen_.pool(*one->parent)->users_more;
    seen_.pools.take(fact.pool);
    return {};
}

Complaint Judge::operator()(const Posted& fact)
{
    for (const auto& [id, units] :
         {std::pair(fact.from, -fact.units), std::pair(fact.to, fact.units)}) {
        if (!id)
            continue;
        Outlook::Pool* const one = seen_.pool(*id);
        if (!one)
            return there_is(one, "pool");
        one->stock += units;
        if (one->stock < 0 || one->stock > stock_max)
            return "no pool has so many units";
    }
    return {};
}

// Profiles.

Complaint Judge::operator()(const ProfileSet& fact)
{
    const bool* const one = seen_.profile(fact.profile.name);
    if (one && *one != fact.profile.capacity.has_value())
        return "a profile gets a capacity or loses it while it is used";
    if (fact.profile.pools.empty() || fact.profile.pools.size() > pools_per_profile_max)
        return "no profile has so many pools";
    seen_.profiles.put(fact.profile.name, fact.profile.capacity.has_value());
    return {};
}

Complaint Judge::operator()(const ProfileRenamed& fact)
{
    const bool* const one = seen_.profile(fact.from);
    if (!one)
        return there_is(one, "profile");
    const bool has_capacity = *one;
    if (seen_.profile(fact.to))
        return there_is_none(seen_.profile(fact.to), "profile");
    seen_.profiles.take(fact.from);
    seen_.profiles.put(fact.to, has_capacity);
    return {};
}

Complaint Judge::operator()(const ProfileRemoved& fact)
{
    const bool* const one = seen_.profile(fact.name);
    if (one)
        seen_.profiles.take(fact.name);
    return one ? "" : there_is(one, "profile");
}

Complaint Judge::operator()(const ProfileUsed& fact)
{
    if (!is_instant(fact.last))
        return "its time is out of range";
    return there_is(seen_.profile(fact.profile), "profile");
}

// Leases and places in the queue.

Complaint Judge::begin(const Lease& lease, Outlook::Wish seen)
{
    if (!is_instant(lease.started) || !is_instant(lease.ends))
        return "its time is out of range";
    for (const PoolId& id : seen.pools)
        if (!seen_.pool(id))
            return there_is(seen_.pool(id), "pool");
    if (seen_.tag(seen.tag))
        return there_is_none(seen_.tag(seen.tag), "lease");
    if (++wishes_held_ > state_.leases_max)
        other_no =
            refuse(Code::limit_reached, {}, "leases_max is " + std::to_string(state_.leases_max));
    for (const PoolId& id : seen.pools)
        ++seen_.pool(id)->users_more;
    seen_.tags.put(seen.tag, true);
    if (seen.place != 0)
        seen_.places.put(seen.place, true);
    seen_.wishes.put(lease.id, std::move(seen));
    return {};
}

void Judge::forget(const LeaseId& id, const Outlook::Wish& seen)
{
    for (const PoolId& name : seen.pools)
        --seen_.pool(name)->users_more;
    seen_.tags.take(seen.tag);
    if (seen.place != 0)
        seen_.places.take(seen.place);
    --wishes_held_;
    seen_.wishes.take(id);
}

Complaint Judge::end(const LeaseId& id, bool is_wait)
{
    const Outlook::Wish* const one = seen_.wish(id);
    if (!one || (one->place != 0) != is_wait)
        return there_is(nullptr, is_wait ? "place in the queue" : "lease");
    forget(id, Outlook::Wish(*one));
    return {};
}

Complaint Judge::operator()(const LeaseGranted& fact)
{
    if (const Outlook::Wish* const one = seen_.wish(fact.lease.id)) {
        if (one->place == 0)
            return there_is_none(one, "lease");
        forget(fact.lease.id, Outlook::Wish(*one)); // It has waited for it.
    }
    return begin(fact.lease, {fact.lease.tag, 0, {fact.lease.pool}});
}

Complaint Judge::operator()(const Queued& fact)
{
    const Waiter& waiter = fact.waiter;
    if (seen_.wish(waiter.lease.id))
        return there_is_none(seen_.wish(waiter.lease.id), "lease");
    if (waiter.place == 0 || waiter.place > place_max || seen_.place(waiter.place))
        return "the place is none, or taken";
    if (waiter.patience < Duration::zero() || waiter.patience > patience_max)
        return "nobody has so much patience";
    Outlook::Wish seen{waiter.lease.tag, waiter.place, {}};
    for (const Way& way : waiter.ways) {
        if (std::ranges::count(seen.pools, way.pool) > 0)
            return "it waits twice for one pool";
        seen.pools.push_back(way.pool);
    }
    if (seen.pools.size() > ways_max)
        return "nobody waits for so many pools";
    if (seen.pools.empty() || waiter.lease.pool != seen.pools.front() ||
        waiter.lease.profile != waiter.ways.front().profile)
        return "it does not wait for its first pool";
    return begin(waiter.lease, std::move(seen));
}

// Credentials.

Complaint Judge::operator()(const CredentialIssued& fact)
{
    const auto& [name, kind, role, digest, made] = fact.credential;
    if (!is_instant(made))
        return "its time is out of range";
    const CredentialDigest* const known = seen_.credential(name);
    const std::string* const bearer = seen_.bearer(digest);
    if ((known && *known != digest) || (bearer && *bearer != name)) {
        other_no = refuse(Code::name_taken, name);
        return {};
    }
    seen_.credentials.put(name, digest);
    seen_.bearers.put(digest, name);
    return {};
}

Complaint Judge::operator()(const CredentialRevoked& fact)
{
    const CredentialDigest* const known = seen_.credential(fact.name);
    if (!known)
        return there_is(known, "credential");
    seen_.bearers.take(*known);
    seen_.credentials.take(fact.name);
    return {};
}

} // namespace

std::optional<Refusal> why_impossible(const State& state, std::span<const Fact> facts)
{
    Judge judge(state);
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const Complaint complaint = std::visit(judge, facts[i]);
        if (judge.other_no)
            return judge.other_no;
        if (!complaint.empty())
            return refuse(Code::document_invalid, {},
                          "fact " + std::to_string(i + 1) + ": " + complaint);
    }
    return std::nullopt;
}

} // namespace usher::ledger
