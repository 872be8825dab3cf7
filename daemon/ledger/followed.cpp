#include "daemon/ledger/followed.hpp"

#include "daemon/ledger/judge.hpp"
#include "daemon/ledger/limits.hpp"

#include <algorithm>
#include <utility>

namespace usher::ledger {
namespace {

constexpr Duration patience_max = std::chrono::days(366);
constexpr std::size_t ways_max = 1024; ///< More defaults than anybody has; a status can say them.
constexpr std::uint64_t place_max = std::uint64_t(1) << 62U;

} // namespace

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
    if (std::ranges::count(seen.pools, nullptr) > 0)
        return there_is(nullptr, "pool");
    if (std::ranges::any_of(seen.pools,
                            [&](const Outlook::Pool* pool) { return *seen_.scheme(pool->scheme); }))
        return "a license that covers requirements lends nothing";
    if (seen_.tag(seen.tag))
        return there_is_none(seen_.tag(seen.tag), "lease");
    if (++wishes_held_ > state_.leases_max)
        other_no =
            refuse(Code::limit_reached, {}, "leases_max is " + std::to_string(state_.leases_max));
    for (Outlook::Pool* const pool : seen.pools) {
        ++pool->users;
        pool->waiters += seen.place != 0 ? 1 : 0;
    }
    seen_.tags.put(seen.tag, true);
    if (seen.place != 0)
        seen_.places.put(seen.place, true);
    seen_.wishes.put(lease.id, std::move(seen));
    return {};
}

void Judge::forget(const LeaseId& id, const Outlook::Wish& seen)
{
    for (Outlook::Pool* const pool : seen.pools) {
        --pool->users;
        pool->waiters -= seen.place != 0 ? 1 : 0;
    }
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
    return begin(fact.lease, {fact.lease.tag, 0, {seen_.pool(fact.lease.pool)}});
}

Complaint Judge::operator()(const LeaseMoved& fact)
{
    Outlook::Wish* const one = seen_.wish(fact.id);
    if (!one || one->place != 0)
        return there_is(nullptr, "lease");
    Outlook::Pool* const to = seen_.pool(fact.to);
    if (!to)
        return there_is(to, "pool");
    --one->pools.front()->users;
    ++to->users;
    one->pools.front() = to;
    return {};
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
    if (waiter.ways.size() > ways_max)
        return "nobody waits for so many pools";
    for (const Way& way : waiter.ways) {
        Outlook::Pool* const pool = seen_.pool(way.pool);
        if (pool && std::ranges::count(seen.pools, pool) > 0)
            return "it waits twice for one pool";
        seen.pools.push_back(pool);
    }
    if (waiter.ways.empty() || waiter.lease.pool != waiter.ways.front().pool ||
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
