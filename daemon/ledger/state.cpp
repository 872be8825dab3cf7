#include "daemon/ledger/state.hpp"

#include <algorithm>
#include <cassert>

namespace usher::ledger {
namespace {

/// Of several reasons the one that a checkout looks at first.
void take_first(std::optional<Code>& reason, std::optional<Code> other)
{
    if (other && (!reason || *other < *reason))
        reason = other;
}

/// Why an entitlement that came by an activation counts nothing; none: it is the active one.
std::optional<Code> why_inactive(const State& state, const Entitlement& entitlement,
                                 CalendarInstant at)
{
    const Activation* activation = state.find_activation(entitlement.id);
    const bool is_active = activation && activation->number == entitlement.activation;
    const auto lapse = is_active ? lapse_of(*activation) : std::nullopt;
    const bool is_doubted = is_active && !activation->denied && activation->doubt != Doubt::none;
    if (is_active && !activation->denied && !is_doubted && (!lapse || at < *lapse))
        return std::nullopt;
    if (activation && activation->pending)
        return Code::activation_pending;
    if (is_doubted)
        return Code::state_in_doubt;
    return is_active ? Code::activation_lapsed : Code::not_active_here;
}

} // namespace

Units Seat::sit_down(Units asked)
{
    const Units before = units();
    ++leases[asked];
    return units() - before;
}

Units Seat::stand_up(Units asked)
{
    const Units before = units();
    const auto count = leases.find(asked);
    if (--count->second == 0)
        leases.erase(count);
    return before - units();
}

const LeaseRecord* LeaseTable::find(const LeaseId& id) const
{
    const auto found = index_.find(id);
    return found == index_.end() ? nullptr : found->second.get();
}

LeaseRecord& LeaseTable::add(const Lease& lease)
{
    const auto [added, is_new] =
        index_.emplace(lease.id, std::make_unique<LeaseRecord>(LeaseRecord{.lease = lease}));
    assert(is_new);
    return *added->second;
}

void LeaseTable::remove(const LeaseId& id)
{
    const std::size_t removed = index_.erase(id);
    assert(removed == 1);
}

State::State(std::uint64_t seed, Rules rules)
    : hash{seed}, requirements(rules), pools(0, hash), parties(0, hash), leases_of(0, hash),
      kept_by(0, hash), leases(hash), tags(0, hash), places(0, hash), endings(0, hash),
      documents(std::make_shared<const std::vector<std::shared_ptr<const std::string>>>())
{
    for (const Scheme& scheme : preset_schemes())
        schemes.emplace(scheme.name, scheme);
}

const PoolRecord* State::find_pool(const PoolId& id) const
{
    const auto found = pools.find(id);
    return found == pools.end() ? nullptr : &found->second;
}

const PartyRecord* State::find_party(const PartyId& id) const
{
    const auto found = parties.find(id);
    return found == parties.end() ? nullptr : &found->second;
}

const ProfileRecord* State::find_profile(const ProfileName& name) const
{
    const auto found = profiles.find(name);
    return found == profiles.end() ? nullptr : &found->second;
}

const LeaseRecord* State::find_lease(const LeaseId& id) const
{
    return leases.find(id);
}

const WaiterRecord* State::find_waiter(const LeaseId& id) const
{
    const auto found = places.find(id);
    return found == places.end() ? nullptr : &waiters.at(found->second);
}

const LeaseRecord* State::find_lease(LeaseTag tag) const
{
    const auto found = tags.find(tag);
    return found == tags.end() ? nullptr : find_lease(found->second);
}

const Activation* State::find_activation(const EntitlementId& license) const
{
    const auto found = activations.find(license);
    return found == activations.end() ? nullptr : &found->second;
}

bool is_empty(const State& state)
{
    return state.entitlements.empty() && state.expected.empty() && state.pools.empty() &&
           state.profiles.empty() && state.parties.empty() && state.leases.empty() &&
           state.waiters.empty();
}

std::string client_key(const UserName& user, const DeviceName& device)
{
    std::string key;
    key.reserve(user.text.size() + 1 + device.text.size());
    key += user.text;
    key += '\0'; // No name holds one.
    key += device.text;
    return key;
}

std::pair<UserName, DeviceName> client_from(std::string_view key)
{
    const std::size_t end = key.find('\0');
    return {UserName{std::string(key.substr(0, end))},
            DeviceName{std::string(key.substr(end + 1))}};
}

std::string seat_key(Metric metric, const UserName& user, const DeviceName& device)
{
    switch (metric) {
    case Metric::lease: return {};
    case Metric::device: return device.text;
    case Metric::user: return user.text;
    case Metric::user_device: return client_key(user, device);
    }
    return {};
}

std::optional<CalendarInstant> due_of(const Activation& activation)
{
    if (activation.number == 0 || !activation.check)
        return std::nullopt;
    return activation.checked + activation.check->every;
}

std::optional<CalendarInstant> lapse_of(const Activation& activation)
{
    const auto due = due_of(activation);
    return due ? std::optional(*due + activation.check->grace) : std::nullopt;
}

std::vector<CalendarInstant> boundaries_of(const State& state, const Entitlement& entitlement)
{
    std::vector<CalendarInstant> instants;
    for (const auto& instant : {entitlement.from, entitlement.to})
        if (instant)
            instants.push_back(*instant);
    if (entitlement.activation != 0)
        if (const Activation* activation = state.find_activation(entitlement.id))
            if (const auto lapse = lapse_of(*activation))
                instants.push_back(*lapse);
    return instants;
}

std::optional<Code> why_worthless(const State& state, const Entitlement& entitlement,
                                  CalendarInstant at)
{
    if (entitlement.lock != NodeLock::none && !entitlement.on_this_node)
        return Code::nodelock_mismatch;
    if (entitlement.to && at >= *entitlement.to)
        return Code::expired;
    if (entitlement.from && at < *entitlement.from)
        return Code::not_yet_valid;
    return entitlement.activation == 0 ? std::nullopt : why_inactive(state, entitlement, at);
}

Worth worth(const State& state, const Entitlement& entitlement, CalendarInstant at)
{
    if (why_worthless(state, entitlement, at))
        return {.counts = false, .units = 0};
    return {.counts = true, .units = entitlement.quantity};
}

std::optional<Code> why_empty(const State& state, const PoolRecord& pool)
{
    if (pool.stock > 0)
        return std::nullopt;
    std::optional<Code> reason;
    for (const EntitlementId& id : pool.root->fed_by) {
        const EntitlementRecord& record = state.entitlements.at(id);
        if (record.counts)
            return std::nullopt;
        take_first(reason, why_worthless(state, record.entitlement, state.floor));
    }
    return reason ? reason : Code::not_active_here;
}

std::optional<Code> why_missing(const State& state, const ProductId& product)
{
    if (const auto counting = state.counting.find(product);
        counting != state.counting.end() && counting->second > 0)
        return std::nullopt;
    std::optional<Code> reason;
    for (const auto& [id, record] : state.entitlements)
        if (record.entitlement.product == product)
            take_first(reason, why_worthless(state, record.entitlement, state.floor));
    return reason ? reason : Code::not_active_here;
}

std::optional<ProductId> product_below(const State& state, const PoolRecord& pool)
{
    const auto product = state.products.find(pool.pool.product);
    if (product == state.products.end() || !product->second.requires_product)
        return std::nullopt;
    return ProductId{product->first.vendor, *product->second.requires_product};
}

bool is_unlimited(const PoolRecord& pool)
{
    return pool.unlimited > 0;
}

Units available(const PoolRecord& pool)
{
    return pool.stock - pool.held;
}

bool is_locked(const PoolRecord& pool)
{
    return pool.pool.closed || (!is_unlimited(pool) && available(pool) < 0);
}

namespace {

/// So many pools are looked at for one with units that nobody holds: everybody who is refused asks.
constexpr std::size_t donors_seen_max = 64;

/// Says in `refusal` which pool could give the locked one what it lacks: its root, where that has
/// it all, else who has the most.
void name_donor(Refusal& refusal, const PoolRecord& pool)
{
    const PoolRecord& root = *pool.root;
    const Units missing = -available(pool);
    const PoolRecord* donor = &root;
    Units spare = is_unlimited(root) ? missing : std::min(missing, available(root));
    std::size_t seen = 0;
    for (auto at = root.children.begin();
         spare < missing && at != root.children.end() && seen < donors_seen_max; ++at, ++seen)
        if (const PoolRecord& child = *at->second;
            !child.pool.closed && std::min(missing, available(child)) > spare) {
            donor = &child;
            spare = std::min(missing, available(child));
        }
    if (spare <= 0)
        return;
    refusal.donor = donor->pool.id.text;
    refusal.spare = spare;
}

} // namespace

Refusal lock_refusal(const State& state, const PoolRecord& pool)
{
    assert(is_locked(pool));
    if (pool.pool.closed) {
        Refusal refusal = refuse(Code::pool_closed, pool);
        refusal.detail = "closed";
        return refusal;
    }
    Refusal refusal = refuse(Code::pool_locked, pool);
    refusal.detail = "over-committed";
    refusal.short_by = -available(pool);
    refusal.because = why_empty(state, pool);
    if (!pool.is_root())
        name_donor(refusal, pool);
    return refusal;
}

Refusal refuse(Code code, const PoolRecord& pool)
{
    Refusal refusal =
        refuse(code, pool.is_root() ? pool.pool.product.name.text : pool.pool.id.text);
    if (!pool.is_root())
        refusal.root = pool.root->pool.id.text;
    if (!is_unlimited(pool))
        refusal.stock = pool.stock;
    refusal.held = pool.held;
    return refusal;
}

Refusal refuse(Code code, std::string subject, std::string detail)
{
    Refusal refusal;
    refusal.code = code;
    refusal.subject = std::move(subject);
    refusal.detail = std::move(detail);
    return refusal;
}

void set_terms(Lease& lease, const PoolRecord& pool, CalendarInstant at)
{
    lease.kind = pool.scheme->leases;
    lease.ends.reset();
    if (lease.kind == LeaseKind::fixed)
        lease.ends = at + pool.scheme->lease_length;
}

void name_holders(Refusal& refusal, const PoolRecord& pool)
{
    for (const LeaseRecord* at = pool.first; at && refusal.holders.size() < holders_max;
         at = at->after)
        refusal.holders.push_back(
            {at->lease.user, at->lease.device, at->lease.tag, at->lease.units, at->lease.started});
}

std::optional<SteadyInstant> silent_at(const State& state, const LeaseRecord& lease)
{
    switch (lease.listening) {
    case LeaseRecord::Listening::none: return std::nullopt;
    case LeaseRecord::Listening::speaking: {
        const SteadyInstant at = std::max(lease.deadline, state.amnesty_until);
        return at == SteadyInstant{} ? std::nullopt : std::optional(at);
    }
    case LeaseRecord::Listening::lost: return lease.deadline;
    }
    return std::nullopt;
}

CalendarInstant client_memory_start(CalendarInstant at)
{
    return std::chrono::floor<std::chrono::days>(at) - client_memory;
}

std::size_t clients_recently(const ProfileRecord& profile, CalendarInstant at)
{
    return static_cast<std::size_t>(std::ranges::count_if(profile.clients, [&](const auto& known) {
        return known.second.leases > 0 || known.second.last >= client_memory_start(at);
    }));
}

} // namespace usher::ledger
