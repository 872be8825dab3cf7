#include "daemon/ledger/balance.hpp"
#include "daemon/ledger/install.hpp"
#include "daemon/ledger/paper.hpp"

#include <algorithm>
#include <map>

namespace usher::ledger {
namespace {

/// Each profile without these pools; where nothing is left of it, it goes.
void drop_from_profiles(const State& state, const Remove& command, const std::set<PoolId>& gone,
                        Verdict& verdict)
{
    auto& warnings = std::get<Done>(verdict.answer).warnings;
    for (const auto& [name, record] : state.profiles) {
        Profile profile = record.profile;
        if (std::erase_if(profile.pools, [&](const PoolId& id) { return gone.contains(id); }) == 0)
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

/// A license that an import has announced, and that never came.
Verdict forget(const State& state, const Remove& command, const ExpectedLicense& expected)
{
    Verdict verdict{Done{}, {}};
    const PoolRecord& root = *state.find_pool(expected.root);
    const bool is_shared = !root.fed_by.empty() || !root.children.empty() ||
                           std::ranges::count_if(state.expected, [&](const auto& known) {
                               return known.second.root == expected.root;
                           }) > 1;
    if (is_shared) {
        verdict.facts.emplace_back(LicenseForgotten{command.license, command.by});
        return verdict;
    }
    drop_from_profiles(state, command, {expected.root}, verdict);
    verdict.facts.emplace_back(PoolRemoved{expected.root});
    return verdict;
}

constexpr std::size_t lacking_named_max = 3;

/// Which pools would be locked by it where `units` of their root went, and how much they would
/// lack.
std::string who_would_lack(const PoolRecord& root, Units units)
{
    std::vector<Fact> facts;
    rebalance(root, root.stock - units, false, facts);
    std::map<PoolId, Units> given;
    Units left_of_root = root.stock - units - root.held;
    for (const Fact& fact : facts) {
        const auto& posted = std::get<Posted>(fact);
        given[*posted.from] += posted.units;
        left_of_root += posted.units;
    }
    std::vector<std::pair<PoolId, Units>> lacking;
    if (left_of_root < 0)
        lacking.emplace_back(root.pool.id, -left_of_root);
    for (const auto& [number, child] : root.children)
        if (const auto taken = given.find(child->pool.id); taken != given.end())
            if (const Units left = available(*child) - taken->second; left < 0)
                lacking.emplace_back(child->pool.id, -left);
    std::string text;
    for (std::size_t i = 0; i < std::min(lacking.size(), lacking_named_max); ++i)
        text += (i ? ", " : "") + lacking[i].first.text + " would lack " +
                std::to_string(lacking[i].second);
    if (lacking.size() > lacking_named_max)
        text += " and " + std::to_string(lacking.size() - lacking_named_max) + " more";
    return text;
}

std::string requirements_text(std::size_t count)
{
    return std::to_string(count) + (count == 1 ? " requirement" : " requirements");
}

std::size_t covered_by(const PaperRecord& paper)
{
    return static_cast<std::size_t>(std::ranges::count_if(paper.users, [&](const auto& user) {
        return std::ranges::find(user.second->grants, &paper, &GrantRecord::paper) !=
               user.second->grants.end();
    }));
}

/// Nobody loses a seat by it, but what it covers may lack licenses then.
std::optional<Refusal> why_not_uncovered(const State& state, const Remove& command,
                                         const PoolRecord& root)
{
    const PaperRecord* paper = state.requirements.find(root.pool.id);
    if (!paper || paper->granted == 0)
        return std::nullopt;
    Refusal refusal = refuse(Code::covers_requirements, command.license.text,
                             requirements_text(covered_by(*paper)));
    refusal.held = paper->granted;
    return refusal;
}

} // namespace

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

bool is_last_of(const PoolRecord& root)
{
    return root.fed_by.size() == 1 && std::ranges::all_of(root.children, [](const auto& child) {
               const PoolRecord& pool = *child.second;
               return pool.pool.closed && !pool.first && pool.instances.empty();
           });
}

std::optional<Refusal> why_still_needed(const EntitlementRecord& record, const PoolRecord& root)
{
    if (is_paper(root))
        return std::nullopt; // Nobody loses a seat by it.
    const bool is_alone = is_last_of(root);
    if (!is_alone && !record.counts)
        return std::nullopt; // It gives nothing that could be missed.
    const bool stays_unlimited = root.unlimited > (record.unlimited ? 1U : 0U);
    const Units missing = stays_unlimited ? 0 : shortage_without(root, record.units);
    if (is_alone ? !root.first : missing == 0)
        return std::nullopt;
    Refusal refusal = refuse(is_alone ? Code::leases_outstanding : Code::would_overcommit, root);
    if (!is_alone) {
        refusal.want = record.units;
        refusal.short_by = missing;
        if (!root.children.empty())
            refusal.detail = who_would_lack(root, record.units);
    }
    name_holders(refusal, root);
    return refusal;
}

Verdict decide(const State& state, const Remove& command, Now)
{
    const auto found = state.entitlements.find(command.license);
    const auto expected = state.expected.find(command.license);
    if (found == state.entitlements.end() && expected == state.expected.end())
        return no(refuse(Code::unknown_license, command.license.text));
    const PoolId& root_id =
        found != state.entitlements.end() ? found->second.entitlement.root : expected->second.root;
    const PoolRecord& root = *state.find_pool(root_id);
    if (root.scheme->asks_maintenance && state.mode != Mode::maintenance)
        return no(refuse(Code::not_in_maintenance));
    if (expected != state.expected.end())
        return forget(state, command, expected->second);
    const EntitlementRecord& record = found->second;
    // Forgotten here it would be alive nowhere, and no receipt would let another host have it.
    if (const Activation* activation = state.find_activation(command.license);
        activation && activation->number != 0)
        return no(refuse(Code::already_active, command.license.text));
    if (!command.force) {
        auto refusal = why_still_needed(record, root);
        if (!refusal)
            refusal = why_not_uncovered(state, command, root);
        if (refusal)
            return no(*std::move(refusal));
    }

    Verdict verdict{Done{}, {}};
    const bool is_last = is_last_of(root);
    if (is_last) {
        drop_from_queue(state, root, verdict);
        end_leases(root, command.by, "license " + command.license.text + " was removed", verdict,
                   std::get<Done>(verdict.answer).warnings);
    }
    if (const PaperRecord* paper = state.requirements.find(root.pool.id);
        paper && paper->granted > 0)
        std::get<Done>(verdict.answer)
            .warnings.push_back("it covers " + requirements_text(covered_by(*paper)) + " with " +
                                units_text(paper->granted) +
                                ": usher requirement list shows what lacks licenses then");
    take_out(record, command.by, verdict);
    const std::size_t unlimited = root.unlimited - (record.unlimited ? 1 : 0);
    rebalance(root, root.stock - record.units, unlimited > 0, verdict.facts);
    if (!is_last)
        return verdict;
    std::set<PoolId> gone{root.pool.id};
    for (const auto& [number, child] : root.children)
        gone.insert(child->pool.id);
    drop_from_profiles(state, command, gone, verdict);
    for (const auto& [number, child] : root.children)
        verdict.facts.emplace_back(PoolRemoved{child->pool.id});
    verdict.facts.emplace_back(PoolRemoved{root.pool.id});
    return verdict;
}

} // namespace usher::ledger
