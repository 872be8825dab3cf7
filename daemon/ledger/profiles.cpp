#include "daemon/ledger/decide.hpp"

#include <algorithm>
#include <set>

namespace usher::ledger {
namespace {

/// What may take something from somebody is done in maintenance (A-Q13): the profile that is
/// meant, or why not.
std::variant<const ProfileRecord*, Refusal> to_change(const State& state, const ProfileName& name)
{
    const auto found = state.profiles.find(name);
    if (found == state.profiles.end())
        return refuse(Code::unknown_profile, name.text);
    const auto asks = [&](const PoolId& id) {
        return state.find_pool(id)->scheme->asks_maintenance;
    };
    if (state.mode != Mode::maintenance && std::ranges::any_of(found->second.profile.pools, asks))
        return refuse(Code::not_in_maintenance);
    return &found->second;
}

/// What a change of a profile that is in use will break (A-R18, A-S19).
std::vector<std::string> warnings_about_use(const ProfileRecord& record, Now now)
{
    const std::size_t count = clients_recently(record, now.calendar);
    if (count == 0)
        return {};
    return {std::to_string(count) + (count == 1 ? " client" : " clients") + " used " +
            record.profile.name.text +
            " in the last 30 days; those that ask for it by this name will be refused"};
}

/// The units behind a profile; none: unlimited.
std::optional<Units> units_behind(const State& state, const Profile& profile)
{
    Units sum = 0;
    for (const PoolId& id : profile.pools) {
        const PoolRecord& pool = *state.find_pool(id);
        if (is_unlimited(pool))
            return std::nullopt;
        sum += pool.stock;
    }
    return sum;
}

/// How many users a pool may list: as many as its licenses are for, whether they count now or not.
std::optional<Units> users_max(const State& state, const PoolRecord& pool)
{
    const PoolId root = pool.pool.parent.value_or(pool.pool.id);
    Units sum = 0;
    for (const auto& [id, license] : state.expected) {
        if (license.root == root && !license.quantity)
            return std::nullopt;
        if (license.root == root)
            sum += *license.quantity;
    }
    for (const EntitlementId& id : state.find_pool(root)->fed_by) {
        const std::optional<Units> quantity = state.entitlements.at(id).entitlement.quantity;
        if (!quantity)
            return std::nullopt;
        sum += *quantity;
    }
    return sum;
}

} // namespace

Verdict decide(const State& state, const AddProfile& command, Now)
{
    const Profile& profile = command.profile;
    if (state.profiles.contains(profile.name))
        return no(refuse(Code::name_taken, profile.name.text));
    if (profile.pools.empty())
        return no(refuse(Code::bad_request, profile.name.text, "a profile needs a pool"));
    std::set<PoolId> seen;
    for (const PoolId& id : profile.pools) {
        if (!state.find_pool(id))
            return no(refuse(Code::unknown_pool, id.text));
        if (!seen.insert(id).second)
            return no(refuse(Code::bad_request, profile.name.text,
                             "pool " + id.text + " is named twice"));
    }
    const std::optional<Units> behind = units_behind(state, profile);
    if (profile.capacity && (*profile.capacity < 1 || *profile.capacity > units_max)) {
        Refusal refusal = refuse(Code::bad_quantity, profile.name.text);
        refusal.want = profile.capacity;
        return no(std::move(refusal));
    }
    if (profile.capacity && behind && *profile.capacity > *behind) {
        Refusal refusal = refuse(Code::capacity_exceeded, profile.name.text);
        refusal.want = profile.capacity;
        refusal.stock = behind;
        return no(std::move(refusal));
    }
    return {Done{}, {ProfileSet{profile, command.by}}};
}

Verdict decide(const State& state, const RenameProfile& command, Now now)
{
    const auto found = to_change(state, command.from);
    if (const auto* refusal = std::get_if<Refusal>(&found))
        return no(*refusal);
    if (state.profiles.contains(command.to))
        return no(refuse(Code::name_taken, command.to.text));
    return {Done{warnings_about_use(*std::get<const ProfileRecord*>(found), now)},
            {ProfileRenamed{command.from, command.to, command.by}}};
}

Verdict decide(const State& state, const RemoveProfile& command, Now now)
{
    const auto found = to_change(state, command.name);
    if (const auto* refusal = std::get_if<Refusal>(&found))
        return no(*refusal);
    return {Done{warnings_about_use(*std::get<const ProfileRecord*>(found), now)},
            {ProfileRemoved{command.name, command.by}}};
}

Verdict decide(const State& state, const SetDefault& command, Now)
{
    const auto found = to_change(state, command.name);
    if (const auto* refusal = std::get_if<Refusal>(&found))
        return no(*refusal);
    Profile profile = std::get<const ProfileRecord*>(found)->profile;
    if (profile.is_default == command.is_default)
        return {};
    profile.is_default = command.is_default;
    return {Done{}, {ProfileSet{std::move(profile), command.by}}};
}

Verdict decide(const State& state, const SetUsers& command, Now)
{
    const PoolRecord* pool = state.find_pool(command.pool);
    if (!pool)
        return no(refuse(Code::unknown_pool, command.pool.text));
    if (pool->scheme->asks_maintenance && state.mode != Mode::maintenance)
        return no(refuse(Code::not_in_maintenance));
    const std::optional<Units> most = users_max(state, *pool);
    if (command.users && most && std::cmp_greater(command.users->size(), *most)) {
        Refusal refusal = refuse(Code::list_full, pool->pool.product.name.text);
        refusal.want = static_cast<Units>(command.users->size());
        refusal.stock = most;
        return no(std::move(refusal));
    }
    if (command.users == pool->pool.allow)
        return {};
    return {Done{}, {UsersSet{command.pool, command.users, command.by}}};
}

} // namespace usher::ledger
