#include "daemon/ledger/apply.hpp"
#include "daemon/ledger/decide.hpp"
#include "daemon/ledger/home.hpp"
#include "daemon/ledger/picture.hpp"
#include "daemon/ledger/settle.hpp"

#include <algorithm>

/// What a command would do: the rules themselves, on a copy of the state.
namespace usher::ledger {
namespace {

/// The copy. Leases that are all alike to the question are one there, so that it costs as much as
/// there are pools and parties, whatever is held.
class Copy {
  public:
    Copy(const State& state, const std::set<PartyId>& concerned, Now now);

    /// Applies what happens, and counts what becomes of leases.
    void apply(const std::vector<Fact>& facts);
    void settle();
    std::optional<Refusal> ask(const Plannable& what);

    State state;
    std::size_t ended = 0;
    std::size_t moved = 0;
    std::vector<std::string> warnings;

  private:
    void copy_leases(const PoolRecord& pool, const std::set<PartyId>& concerned);
    void grant(Lease lease);
    template <class One>
    std::optional<Refusal> decide_and_apply(const One& command);
    std::optional<Refusal> decide_and_apply(const Resize& command);

    Now now_;
    std::map<LeaseId, std::size_t> stands_for_; ///< So many leases each, where more than one.
};

Copy::Copy(const State& from, const std::set<PartyId>& concerned, Now now)
    : state(from.hash.seed), now_(now)
{
    state.term = from.term;
    state.leases_max = from.leases_max;
    for (const Fact& fact : shape_of(from))
        std::visit(Applier{state, from.floor}, fact);
    for (const auto& [number, pool] : from.pools_in_order)
        copy_leases(*pool, concerned);
    state.floor = from.floor;
    state.mode = from.mode;
}

void Copy::grant(Lease lease)
{
    Applier{state, state.floor}(LeaseGranted{std::move(lease), {}, SteadyInstant::max()});
}

void Copy::copy_leases(const PoolRecord& pool, const std::set<PartyId>& concerned)
{
    const bool may_join =
        pool.pool.metric == Metric::lease && pool.scheme->leases != LeaseKind::fixed;
    Lease all;
    all.units = 0;
    std::size_t count = 0;
    if (may_join && concerned.empty() && pool.first) {
        all = pool.first->lease; // Not one of them need be looked at.
        all.units = pool.held;
        count = pool.leases;
    } else {
        for (const LeaseRecord* at = pool.first; at; at = at->after) {
            if (!may_join || concerned.contains(at->lease.party)) {
                grant(at->lease);
                continue;
            }
            const Units units = all.units + at->lease.units;
            all = at->lease;
            all.units = units;
            ++count;
        }
    }
    if (count == 0)
        return;
    all.party = {};
    stands_for_.emplace(all.id, count);
    grant(std::move(all));
}

void Copy::apply(const std::vector<Fact>& facts)
{
    const auto count_of = [&](const LeaseId& id) {
        const auto joined = stands_for_.find(id);
        return joined == stands_for_.end() ? std::size_t(1) : joined->second;
    };
    for (const Fact& fact : facts) {
        if (const auto* end = std::get_if<LeaseEnded>(&fact))
            ended += count_of(end->id);
        if (const auto* move = std::get_if<LeaseMoved>(&fact))
            moved += count_of(move->id);
        std::visit(Applier{state, now_.calendar}, fact);
        state.floor = std::max(state.floor, now_.calendar);
    }
}

void Copy::settle()
{
    for (std::vector<Fact> facts = ledger::settle(state, now_); !facts.empty();
         facts = ledger::settle(state, now_))
        apply(facts);
}

template <class One>
std::optional<Refusal> Copy::decide_and_apply(const One& command)
{
    Verdict verdict = decide(state, command, now_);
    if (auto* refusal = std::get_if<Refusal>(&verdict.answer))
        return std::move(*refusal);
    warnings = std::get<Done>(verdict.answer).warnings;
    // How many is counted by what they stand for.
    std::erase_if(warnings, [](const std::string& text) { return text.ends_with(" ended"); });
    apply(verdict.facts);
    return std::nullopt;
}

std::optional<Refusal> Copy::decide_and_apply(const Resize& command)
{
    const auto known = state.entitlements.find(command.license);
    if (known == state.entitlements.end())
        return refuse(Code::unknown_license, command.license.text);
    if (command.units && (*command.units < 0 || *command.units > units_max)) {
        Refusal refusal = refuse(Code::bad_quantity, command.license.text);
        refusal.want = command.units;
        return refusal;
    }
    Entitlement entitlement = known->second.entitlement;
    if (command.units == 0)
        entitlement.to = now_.calendar;
    else
        entitlement.quantity = command.units;
    apply({EntitlementAmended{std::move(entitlement), {}}});
    return std::nullopt;
}

std::optional<Refusal> Copy::ask(const Plannable& what)
{
    // When it is done, it will be done in maintenance.
    if (std::holds_alternative<Remove>(what) || std::holds_alternative<Install>(what))
        state.mode = Mode::maintenance;
    auto refusal = std::visit(
        [&]<class One>(const One& command) -> std::optional<Refusal> {
            if constexpr (std::is_same_v<One, std::monostate>)
                return std::nullopt;
            else
                return decide_and_apply(command);
        },
        what);
    if (!refusal)
        settle();
    return refusal;
}

/// Whose leases the question is about; empty: nobody's in particular.
std::set<PartyId> concerned_by(const State& state, const Plannable& what)
{
    if (const auto* rebind = std::get_if<Rebind>(&what))
        return {rebind->party};
    if (const auto* removal = std::get_if<RemoveParty>(&what))
        return {removal->party};
    const auto* change = std::get_if<SetSource>(&what);
    if (!change)
        return {};
    const PartyRecord* party = state.find_party(change->party);
    const bool is_company = party && party->party.kind == Party::Kind::company;
    return is_company ? party->users : std::set{change->party};
}

/// What would help a pool that lacks units, the cheapest first: what is free costs nothing, what
/// another pool does not use costs it nothing today, and only then is something given up or bought.
class Physician {
  public:
    std::vector<std::string> cures(const PoolRecord& pool)
    {
        if (pool.pool.closed)
            return cures_of_closed(pool);
        const Units missing = -available(pool);
        std::vector<std::string> list;
        if (!pool.is_root())
            append_transfers(pool, missing, list);
        list.push_back("give " + units_text(missing) + " of " + pool.pool.id.text + " back");
        list.push_back("buy " + units_text(missing) + " more");
        return list;
    }

  private:
    static constexpr std::size_t donors_max = 3;

    static std::vector<std::string> cures_of_closed(const PoolRecord& pool)
    {
        std::vector<std::string> list;
        for (const PartyId& instance : pool.instances) {
            if (list.size() == donors_max)
                break;
            list.push_back("usher party rebind " + instance.text + " POOL --drop");
        }
        list.push_back("give back what is held of it");
        return list;
    }

    /// The pools with the most that nobody holds, found once for each root.
    const std::vector<const PoolRecord*>& donors(const PoolRecord& root)
    {
        const auto [at, is_new] = donors_.try_emplace(&root);
        std::vector<const PoolRecord*>& list = at->second;
        if (!is_new)
            return list;
        for (const auto& [number, child] : root.children)
            if (!child->pool.closed && available(*child) > 0)
                list.push_back(child);
        const auto most =
            list.begin() + static_cast<std::ptrdiff_t>(std::min(list.size(), donors_max));
        std::ranges::partial_sort(list, most, std::greater<>(),
                                  [](const PoolRecord* one) { return available(*one); });
        list.erase(most, list.end());
        return list;
    }

    void append_transfers(const PoolRecord& pool, Units missing, std::vector<std::string>& list)
    {
        const auto transfer = [&](const PoolRecord& from, Units free) {
            const Units units = std::min(free, missing);
            if (units <= 0)
                return;
            list.push_back("usher pool allocate " + from.pool.id.text + " " + pool.pool.id.text +
                           " " + std::to_string(units));
            missing -= units;
        };
        const PoolRecord& root = *pool.root;
        transfer(root, is_unlimited(root) ? missing : available(root));
        for (const PoolRecord* donor : donors(root))
            transfer(*donor, available(*donor));
    }

    std::map<const PoolRecord*, std::vector<const PoolRecord*>> donors_;
};

using Change = Forecast::PoolChange;

/// Nobody is locked by a pool that has ended and that nobody uses.
bool locks_somebody(const PoolRecord& pool)
{
    const bool is_used = pool.first || !pool.instances.empty();
    return is_locked(pool) && (is_used || !pool.pool.closed);
}

Change change_of(const PoolRecord* before, const PoolRecord* after, Physician& physician)
{
    Change change{.pool = (after ? after : before)->pool.id, .cures = {}};
    change.is_new = !before || (before->pool.closed && after && !after->pool.closed);
    change.is_gone = !after || (after->pool.closed && !(before && before->pool.closed));
    if (before) {
        change.unlimited_before = is_unlimited(*before);
        change.stock_before = before->stock;
        change.held_before = before->held;
        change.locked_before = locks_somebody(*before);
    }
    if (after) {
        change.unlimited_after = is_unlimited(*after);
        change.stock_after = after->stock;
        change.held_after = after->held;
        change.locked_after = locks_somebody(*after);
        if (change.locked_after && !after->pool.closed)
            change.short_by = -available(*after);
        if (change.locked_after && !change.locked_before)
            change.cures = physician.cures(*after);
    }
    return change;
}

bool is_otherwise(const Change& change)
{
    return change.is_new || change.is_gone || change.unlimited_before != change.unlimited_after ||
           change.stock_before != change.stock_after || change.held_before != change.held_after ||
           change.locked_before != change.locked_after;
}

void compare(const State& before, const State& after, Forecast& forecast)
{
    Physician physician;
    std::vector<Change> others;
    const auto note = [&](Change change) {
        if (!is_otherwise(change))
            return;
        const bool locks = change.locked_after && !change.locked_before;
        forecast.locks += locks ? 1 : 0;
        auto& list = locks ? forecast.pools : others;
        if (list.size() < forecast_pools_max)
            list.push_back(std::move(change));
        else
            ++forecast.pools_left_out;
    };
    for (const auto& [number, pool] : before.pools_in_order)
        note(change_of(pool, after.find_pool(pool->pool.id), physician));
    for (const auto& [number, pool] : after.pools_in_order)
        if (!before.find_pool(pool->pool.id))
            note(change_of(nullptr, pool, physician));
    for (Change& change : others)
        if (forecast.pools.size() < forecast_pools_max)
            forecast.pools.push_back(std::move(change));
        else
            ++forecast.pools_left_out;
}

} // namespace

Verdict decide(const State& state, const Plan& command, Now now)
{
    Now then = now;
    then.calendar = std::max(now.calendar, command.at.value_or(now.calendar));
    Copy copy(state, concerned_by(state, command.what), then);
    Forecast forecast{.at = then.calendar, .refusal = {}, .pools = {}, .warnings = {}};
    copy.settle();
    forecast.refusal = copy.ask(command.what);
    forecast.leases_ended = copy.ended;
    forecast.leases_moved = copy.moved;
    forecast.warnings = std::move(copy.warnings);
    compare(state, copy.state, forecast);
    return {std::move(forecast), {}};
}

} // namespace usher::ledger
