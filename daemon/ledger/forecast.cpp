#include "daemon/ledger/forecast.hpp"

#include "daemon/ledger/decide.hpp"
#include "daemon/ledger/paper.hpp"

#include <algorithm>
#include <map>

namespace usher::ledger {
namespace {

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

    std::vector<std::string> cures_of_closed(const PoolRecord& pool)
    {
        const std::vector<const PoolRecord*>& others = donors(*pool.root);
        const std::string drop = pool.first ? " --drop" : "";
        std::vector<std::string> list;
        for (const PartyId& instance : pool.instances) {
            if (list.size() == donors_max)
                break;
            list.push_back(others.empty() ? "give " + instance.text + " another pool"
                                          : "usher party rebind " + instance.text + " " +
                                                others.front()->pool.id.text + drop);
        }
        if (pool.first)
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
    change.is_new = !before;
    change.is_gone = (!after || after->pool.closed) && !(before && before->pool.closed);
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

/// A closed pool that is forgotten, or gives its name up, was gone before.
bool is_otherwise(const PoolRecord* before, const PoolRecord* after)
{
    const bool was_there = before && !before->pool.closed;
    const bool is_there = after && !after->pool.closed;
    if (was_there != is_there)
        return true;
    return before && after &&
           (is_unlimited(*before) != is_unlimited(*after) || before->stock != after->stock ||
            before->held != after->held || locks_somebody(*before) != locks_somebody(*after));
}

/// Counts what becomes of each pool, and lists those that would stand otherwise.
class Comparison {
  public:
    explicit Comparison(Forecast& forecast) : forecast_(forecast) {}

    void note(const PoolRecord* before, const PoolRecord* after)
    {
        const bool was_locked = before && locks_somebody(*before);
        const bool is_locked = after && locks_somebody(*after);
        forecast_.stay_locked += was_locked && is_locked ? 1 : 0;
        if (!is_otherwise(before, after))
            return;
        const bool locks = is_locked && !was_locked;
        forecast_.locks += locks ? 1 : 0;
        auto& list = locks ? forecast_.pools : others_;
        if (list.size() < forecast_pools_max)
            list.push_back(change_of(before, after, physician_));
        else
            ++forecast_.pools_left_out;
    }
    void finish()
    {
        for (Change& change : others_)
            if (forecast_.pools.size() < forecast_pools_max)
                forecast_.pools.push_back(std::move(change));
            else
                ++forecast_.pools_left_out;
    }

  private:
    Forecast& forecast_;
    Physician physician_;
    std::vector<Change> others_;
};

} // namespace

void compare(const State& before, const State& after, bool on_paper, Forecast& forecast)
{
    Comparison comparison(forecast);
    auto then = after.pools_in_order.begin();
    for (const auto& [number, pool] : before.pools_in_order) {
        const bool stays = then != after.pools_in_order.end() && then->first == number;
        const PoolRecord* const now = stays ? (then++)->second : nullptr;
        if (on_paper || !is_paper(*pool))
            comparison.note(pool, now);
    }
    for (; then != after.pools_in_order.end(); ++then)
        comparison.note(nullptr, then->second);
    comparison.finish();
}

} // namespace usher::ledger
