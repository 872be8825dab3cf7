#include "daemon/ledger/install.hpp"

#include <algorithm>
#include <cassert>

namespace usher::ledger {
namespace {

ProfileName first_free_profile(const State& state)
{
    for (std::size_t number = 1;; ++number) {
        ProfileName name{"Profile" + std::to_string(number)};
        if (!state.profiles.contains(name))
            return name;
    }
}

/// The profile that leads to the new pool: the named one, with the pool as its last resort, or a
/// new one (A-R12).
Profile profile_for(const State& state, const Install& command)
{
    const ProfileName name = command.profile.empty() ? first_free_profile(state) : command.profile;
    Profile profile{.name = name, .pools = {}, .is_default = false, .capacity = {}};
    if (const auto known = state.profiles.find(name); known != state.profiles.end())
        profile = known->second.profile;
    if (std::ranges::find(profile.pools, command.entitlement.root) == profile.pools.end())
        profile.pools.push_back(command.entitlement.root);
    return profile;
}

bool is_reached(const State& state, const PoolId& pool)
{
    return std::ranges::any_of(state.profiles, [&](const auto& known) {
        return std::ranges::count(known.second.profile.pools, pool) > 0;
    });
}

std::string product_text(const ProductId& product)
{
    return product.name.text + " of " + product.vendor.text;
}

void define_product(const State& state, const Install& command, Verdict& verdict)
{
    const Product product{command.entitlement.product, command.requires_product};
    const auto known = state.products.find(product.id);
    if (known == state.products.end() || known->second != product)
        verdict.facts.emplace_back(ProductDefined{product});
}

/// The license's pool, unless an import made it already.
void open_pool(const State& state, const Install& command, Verdict& verdict)
{
    const Entitlement& license = command.entitlement;
    Pool pool{.id = license.root,
              .parent = {},
              .product = license.product,
              .metric = command.metric,
              .allow = {}};
    const auto expected = state.expected.find(license.id);
    if (expected != state.expected.end()) {
        const Pool& announced = state.find_pool(license.root)->pool;
        auto& warnings = std::get<Done>(verdict.answer).warnings;
        if (expected->second.quantity != license.quantity)
            warnings.push_back("license " + license.id.text + " is for " +
                               quantity_text(license.quantity) + ", and " +
                               quantity_text(expected->second.quantity) + " were expected");
        if (announced.metric == command.metric)
            return;
        pool.allow = announced.allow;
        verdict.facts.emplace_back(PoolRemoved{license.root});
    }
    verdict.facts.emplace_back(PoolOpened{std::move(pool)});
}

/// Who waits for the pool waits on for its others, at the same place, or is told that it is in
/// vain.
void drop_from_queue(const State& state, const PoolRecord& pool, Verdict& verdict)
{
    for (const std::uint64_t place : pool.queue) {
        const WaiterRecord& record = state.waiters.at(place);
        Waiter waiter = record.waiter;
        std::erase_if(waiter.ways, [&](const Way& way) { return way.pool == pool.pool.id; });
        const LeaseId id = waiter.lease.id;
        if (waiter.ways.empty()) {
            verdict.facts.emplace_back(
                Unqueued{.id = id, .reason = EndReason::no_longer_possible, .by = {}, .note = {}});
            continue;
        }
        waiter.lease.pool = waiter.ways.front().pool;
        waiter.lease.profile = waiter.ways.front().profile;
        verdict.facts.emplace_back(Unqueued{.id = id, .by = {}, .note = {}});
        verdict.facts.emplace_back(
            Queued{std::move(waiter), record.connection, record.patient_until});
        if (!record.connection)
            verdict.facts.emplace_back(ConnectionLost{id, record.deadline});
    }
}

/// A profile without the pool; where nothing is left of it, it goes.
void drop_from_profiles(const State& state, const Remove& command, const PoolId& pool,
                        Verdict& verdict)
{
    auto& warnings = std::get<Done>(verdict.answer).warnings;
    for (const auto& [name, record] : state.profiles) {
        Profile profile = record.profile;
        if (std::erase(profile.pools, pool) == 0)
            continue;
        if (profile.pools.empty()) {
            warnings.push_back("profile " + name.text +
                               " is removed: no other pool stands behind it");
            verdict.facts.emplace_back(ProfileRemoved{name, command.by});
        } else {
            warnings.push_back("profile " + name.text + " goes on with its other pools");
            verdict.facts.emplace_back(ProfileSet{std::move(profile), command.by});
        }
    }
}

} // namespace

std::optional<Refusal> why_unfit(const State& state, const Install& command)
{
    const Entitlement& entitlement = command.entitlement;
    if (entitlement.quantity && (*entitlement.quantity < 1 || *entitlement.quantity > units_max)) {
        Refusal refusal = refuse(Code::bad_quantity, entitlement.id.text);
        refusal.want = entitlement.quantity;
        return refusal;
    }
    const Profile profile = profile_for(state, command);
    if (profile.pools.size() > pools_per_profile_max)
        return refuse(Code::limit_reached, profile.name.text,
                      "profile " + profile.name.text + " has " +
                          std::to_string(pools_per_profile_max) + " pools already");
    return std::nullopt;
}

std::optional<Refusal> why_unlike(const Pool& pool, const Install& command)
{
    const Entitlement& entitlement = command.entitlement;
    if (pool.product != entitlement.product)
        return refuse(Code::product_mismatch, entitlement.id.text,
                      "it is " + product_text(entitlement.product) + ", and what stands here is " +
                          product_text(pool.product));
    if (pool.metric != command.metric)
        return refuse(Code::product_mismatch, entitlement.id.text,
                      "it is counted per " + std::string(word(command.metric)) +
                          ", and what stands here per " + std::string(word(pool.metric)));
    return std::nullopt;
}

std::vector<std::string> warnings_about(const State& state, const Entitlement& entitlement,
                                        CalendarInstant at)
{
    std::vector<std::string> warnings;
    const auto& [vendor, name] = entitlement.product;
    if (const std::optional<Code> reason = why_worthless(state, entitlement, at))
        warnings.push_back("license " + entitlement.id.text +
                           " counts nothing now: " + sentence(refuse(*reason, name.text)) + " (" +
                           std::string(word(*reason)) + ")");
    for (const auto& [id, product] : state.products)
        if (id.name == name && id.vendor != vendor)
            warnings.push_back(id.vendor.text + " has a product named " + name.text +
                               " too: neither stands in for the other, and usher license list "
                               "shows whose is whose");
    return warnings;
}

void end_leases(const PoolRecord& pool, const Identity& by, const std::string& note,
                Verdict& verdict, std::vector<std::string>& warnings)
{
    std::size_t count = 0;
    for (const LeaseRecord* at = pool.first; at; at = at->after, ++count)
        verdict.facts.emplace_back(
            LeaseEnded{.id = at->lease.id, .reason = EndReason::revoked, .by = by, .note = note});
    if (count > 0)
        warnings.push_back(std::to_string(count) + (count == 1 ? " lease was" : " leases were") +
                           " ended");
}

void take_out(const EntitlementRecord& record, const Identity& by, Verdict& verdict)
{
    const Entitlement& entitlement = record.entitlement;
    if (record.units > 0)
        verdict.facts.emplace_back(Posted{
            .from = entitlement.root,
            .to = {},
            .units = record.units,
            .cause = "entitlement " + entitlement.id.text,
        });
    if (record.counts)
        verdict.facts.emplace_back(EntitlementCounted{.id = entitlement.id});
    verdict.facts.emplace_back(EntitlementRemoved{entitlement.id, by});
}

void put_in_place(const State& state, const Install& command, Verdict& verdict)
{
    define_product(state, command, verdict);
    verdict.facts.emplace_back(EntitlementInstalled{command.entitlement, command.by});
}

void bring_in(const State& state, const Install& command, Verdict& verdict)
{
    const Entitlement& entitlement = command.entitlement;
    define_product(state, command, verdict);
    open_pool(state, command, verdict);
    verdict.facts.emplace_back(EntitlementInstalled{entitlement, command.by});
    // An import has said by which names an expected license is asked for.
    if (!command.profile.empty() || !state.expected.contains(entitlement.id) ||
        !is_reached(state, entitlement.root))
        verdict.facts.emplace_back(ProfileSet{profile_for(state, command), command.by});
}

Verdict decide(const State& state, const Install& command, Now now)
{
    const Entitlement& entitlement = command.entitlement;
    const auto expected = state.expected.find(entitlement.id);
    const bool is_expected = expected != state.expected.end();
    if (!is_expected &&
        (state.entitlements.contains(entitlement.id) || state.pools.contains(entitlement.root)))
        return no(refuse(Code::already_installed, entitlement.id.text));
    if (is_expected && expected->second.product != entitlement.product)
        return no(other_product("license " + entitlement.id.text, entitlement.product,
                                expected->second.product));
    if (auto refusal = why_unfit(state, command))
        return no(*std::move(refusal));
    Verdict verdict{Done{warnings_about(state, entitlement, now.calendar)}, {}};
    bring_in(state, command, verdict);
    return verdict;
}

Verdict decide(const State& state, const Remove& command, Now)
{
    const auto found = state.entitlements.find(command.license);
    const auto expected = state.expected.find(command.license);
    if (found == state.entitlements.end() && expected == state.expected.end())
        return no(refuse(Code::unknown_license, command.license.text));
    if (state.mode != Mode::maintenance)
        return no(refuse(Code::not_in_maintenance));
    if (expected != state.expected.end()) { // Nobody ever held or waited for anything of it.
        Verdict verdict{Done{}, {}};
        drop_from_profiles(state, command, expected->second.root, verdict);
        verdict.facts.emplace_back(PoolRemoved{expected->second.root});
        return verdict;
    }
    const EntitlementRecord& record = found->second;
    const PoolRecord& pool = state.pools.at(record.entitlement.root);
    // Forgotten here it would be alive nowhere, and no receipt would let another host have it.
    if (const Activation* activation = state.find_activation(command.license);
        activation && activation->number != 0)
        return no(refuse(Code::already_active, command.license.text));
    if (pool.first && !command.force) {
        Refusal refusal = refuse(Code::leases_outstanding, pool);
        name_holders(refusal, pool);
        return no(std::move(refusal));
    }

    Verdict verdict{Done{}, {}};
    drop_from_queue(state, pool, verdict);
    end_leases(pool, command.by, "license " + command.license.text + " was removed", verdict,
               std::get<Done>(verdict.answer).warnings);
    take_out(record, command.by, verdict);
    if (pool.fed_by.size() == 1) {
        drop_from_profiles(state, command, pool.pool.id, verdict);
        verdict.facts.emplace_back(PoolRemoved{pool.pool.id});
    }
    return verdict;
}

} // namespace usher::ledger
