#include "daemon/ledger/outlook.hpp"

namespace usher::ledger {

Outlook::Pool* Outlook::pool(const PoolId& id)
{
    return pools.find(id, [&](const PoolId& key) -> std::optional<Pool> {
        const PoolRecord* record = state_.find_pool(key);
        return record ? std::optional(Pool{record->stock, record->pool.parent, 0}) : std::nullopt;
    });
}

Outlook::License* Outlook::license(const EntitlementId& id)
{
    return licenses.find(id, [&](const EntitlementId& key) -> std::optional<License> {
        const auto found = state_.entitlements.find(key);
        if (found == state_.entitlements.end())
            return std::nullopt;
        return License{found->second.entitlement.root, found->second.counts};
    });
}

bool* Outlook::profile(const ProfileName& name)
{
    return profiles.find(name, [&](const ProfileName& key) -> std::optional<bool> {
        const ProfileRecord* record = state_.find_profile(key);
        return record ? std::optional(record->profile.capacity.has_value()) : std::nullopt;
    });
}

Outlook::Wish* Outlook::wish(const LeaseId& id)
{
    return wishes.find(id, [&](const LeaseId& key) -> std::optional<Wish> {
        if (const LeaseRecord* record = state_.find_lease(key))
            return Wish{record->lease.tag, 0, {record->lease.pool}};
        const WaiterRecord* record = state_.find_waiter(key);
        if (!record)
            return std::nullopt;
        Wish wish{record->waiter.lease.tag, record->waiter.place, {}};
        for (const Way& way : record->waiter.ways)
            wish.pools.push_back(way.pool);
        return wish;
    });
}

bool* Outlook::tag(LeaseTag tag)
{
    return tags.find(tag, [&](LeaseTag key) {
        return state_.tags.contains(key) ? std::optional(true) : std::nullopt;
    });
}

bool* Outlook::place(std::uint64_t place)
{
    return places.find(place, [&](std::uint64_t key) {
        return state_.waiters.contains(key) ? std::optional(true) : std::nullopt;
    });
}

CredentialDigest* Outlook::credential(const std::string& name)
{
    return credentials.find(name, [&](const std::string& key) -> std::optional<CredentialDigest> {
        const auto found = state_.credentials.find(key);
        if (found == state_.credentials.end())
            return std::nullopt;
        return found->second.digest;
    });
}

std::string* Outlook::bearer(const CredentialDigest& digest)
{
    return bearers.find(digest, [&](const CredentialDigest& key) -> std::optional<std::string> {
        const auto found = state_.credential_names.find(key);
        if (found == state_.credential_names.end())
            return std::nullopt;
        return found->second;
    });
}

std::ptrdiff_t Outlook::users_of(const PoolId& id)
{
    const Pool* const seen = pool(id);
    return users_in_state(id) + (seen ? seen->users_more : 0);
}

void Outlook::open(const PoolId& id, const std::optional<PoolId>& parent)
{
    pools.put(id, {0, parent, -users_in_state(id)}); // Those were of one that has gone.
    if (parent)
        ++pool(*parent)->users_more;
}

std::ptrdiff_t Outlook::users_in_state(const PoolId& id) const
{
    const PoolRecord* const record = state_.find_pool(id);
    if (!record)
        return 0;
    std::size_t count = record->fed_by.size() + record->queue.size();
    for (const LeaseRecord* lease = record->first; lease; lease = lease->after)
        ++count;
    for (const auto& [other, child] : state_.pools)
        count += child.pool.parent == id ? 1 : 0;
    return static_cast<std::ptrdiff_t>(count);
}

} // namespace usher::ledger
