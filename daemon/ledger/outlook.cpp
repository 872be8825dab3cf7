#include "daemon/ledger/outlook.hpp"

#include <algorithm>

namespace usher::ledger {

Outlook::Pool* Outlook::known(const PoolRecord* record)
{
    const auto [found, is_new] = known_.try_emplace(record->number);
    Pool& one = found->second;
    if (is_new)
        one = {.stock = record->stock,
               .root = record->is_root() ? nullptr : known(record->root),
               .product = record->pool.product,
               .metric = record->pool.metric,
               .scheme = record->pool.scheme,
               .closed = record->pool.closed,
               .users = record->fed_by.size() + record->queue.size() + record->leases +
                        record->children.size() + record->instances.size(),
               .waiters = record->queue.size()};
    return &one;
}

Outlook::Pool* Outlook::pool(const PoolId& id)
{
    Pool** const found = pools.find(id, [&](const PoolId& key) -> std::optional<Pool*> {
        const PoolRecord* record = state_.find_pool(key);
        return record ? std::optional(known(record)) : std::nullopt;
    });
    return found ? *found : nullptr;
}

Outlook::License* Outlook::license(const EntitlementId& id)
{
    return licenses.find(id, [&](const EntitlementId& key) -> std::optional<License> {
        const auto found = state_.entitlements.find(key);
        if (found == state_.entitlements.end())
            return std::nullopt;
        const Entitlement& one = found->second.entitlement;
        return License{known(state_.find_pool(one.root)), one.product, found->second.counts};
    });
}

Outlook::Party* Outlook::party(const PartyId& id)
{
    return parties.find(id, [&](const PartyId& key) -> std::optional<Party> {
        const PartyRecord* record = state_.find_party(key);
        if (!record)
            return std::nullopt;
        const ledger::Party& one = record->party;
        const bool is_instance = one.kind == ledger::Party::Kind::instance;
        return Party{one.kind, one.company,
                     is_instance ? known(state_.find_pool(one.pool)) : nullptr,
                     record->users.size()};
    });
}

bool* Outlook::scheme(const std::string& name)
{
    return schemes.find(name, [&](const std::string& key) {
        const auto found = state_.schemes.find(key);
        return found == state_.schemes.end() ? std::nullopt
                                             : std::optional(found->second.use == Use::reconciled);
    });
}

bool Outlook::is_used(const std::string& scheme) const
{
    const auto has_it = [&](const auto& one) { return one.scheme == scheme; };
    return std::ranges::any_of(opened_, has_it) ||
           std::ranges::any_of(state_.pools_in_order,
                               [&](const auto& one) { return has_it(one.second->pool); });
}

std::uint64_t* Outlook::foundation(const std::pair<RequirementId, std::string>& id)
{
    return foundations.find(id, [&](const auto& key) -> std::optional<std::uint64_t> {
        const RequirementRecord* one = state_.requirements.find(key.first);
        if (!one)
            return std::nullopt;
        const auto at = std::ranges::find(one->foundations, key.second, &Foundation::source);
        return at == one->foundations.end() ? std::nullopt : std::optional(at->seq);
    });
}

std::size_t& Outlook::foundations_of(const RequirementId& id)
{
    return *foundation_counts.find(id, [&](const RequirementId& key) -> std::optional<std::size_t> {
        const RequirementRecord* one = state_.requirements.find(key);
        return one ? one->foundations.size() : 0;
    });
}

bool* Outlook::principal(const DeviceName& device)
{
    return principals.find(device, [&](const DeviceName& key) {
        return state_.requirements.principal_of(key).empty() ? std::nullopt : std::optional(true);
    });
}

bool* Outlook::consolidation(const RequirementId& id)
{
    return consolidations.find(id, [&](const RequirementId& key) {
        return state_.requirements.consolidations().contains(key) ? std::optional(true)
                                                                  : std::nullopt;
    });
}

bool* Outlook::product_consolidation(const ProductId& id)
{
    return product_consolidations.find(id, [&](const ProductId& key) {
        const ProductBook* book = state_.requirements.find(key);
        return book && book->behind ? std::optional(true) : std::nullopt;
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
            return Wish{record->lease.tag, 0, {known(record->pool)}};
        const WaiterRecord* record = state_.find_waiter(key);
        if (!record)
            return std::nullopt;
        Wish wish{record->waiter.lease.tag, record->waiter.place, {}};
        for (const Way& way : record->waiter.ways)
            wish.pools.push_back(known(state_.find_pool(way.pool)));
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

void Outlook::open(const ledger::Pool& pool, Pool* root)
{
    opened_.push_back(
        {.root = root, .product = pool.product, .metric = pool.metric, .scheme = pool.scheme});
    pools.put(pool.id, &opened_.back());
    if (root)
        ++root->users;
}

void Outlook::rename(const PoolId& from, const PoolId& to)
{
    pools.put(to, pool(from));
    pools.take(from);
}

} // namespace usher::ledger
