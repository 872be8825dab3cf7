#include "daemon/ledger/balance.hpp"

#include <algorithm>
#include <numeric>

namespace usher::ledger {
namespace {

/// A pool that can give something back.
struct Giver {
    const PoolRecord* pool = nullptr;
    Units spare = 0; ///< Nobody holds these; > 0.
    Units gives = 0;
};

std::vector<Giver> givers_of(const PoolRecord& root)
{
    std::vector<Giver> givers;
    for (const auto& [number, child] : root.children)
        if (const Units spare = available(*child); spare > 0 && !child->pool.closed)
            givers.push_back({child, spare, 0});
    return givers;
}

/// Shares `units`, at most all that is spare, by as much as each has: the largest remainders get
/// what is left over, the newest pool first among equals.
void share_by_spare(std::vector<Giver>& givers, Units units, Units spare)
{
    __extension__ using Wide = __int128; // A stock times a stock.
    std::vector<std::pair<Units, std::size_t>> remainders;
    remainders.reserve(givers.size());
    Units left = units;
    for (std::size_t i = 0; i < givers.size(); ++i) {
        const Wide product = Wide(units) * givers[i].spare;
        givers[i].gives = static_cast<Units>(product / spare);
        left -= givers[i].gives;
        remainders.emplace_back(static_cast<Units>(product % spare), i);
    }
    std::ranges::sort(remainders, std::greater<>());
    for (std::size_t i = 0; left > 0; ++i, --left)
        ++givers[remainders[i].second].gives;
}

void give_back(const PoolRecord& pool, Units units, std::vector<Fact>& facts)
{
    if (units > 0)
        facts.emplace_back(Posted{
            .from = pool.pool.id, .to = pool.root->pool.id, .units = units, .cause = "rebalance"});
}

/// From the newest pool down to nothing, then from the next.
void take_from_newest(const PoolRecord& root, Units missing, std::vector<Fact>& facts)
{
    for (auto at = root.children.rbegin(); missing > 0 && at != root.children.rend(); ++at) {
        const PoolRecord& child = *at->second;
        // What is spare of it has been given back already.
        const Units units = std::min(missing, std::min(child.stock, child.held));
        give_back(child, units, facts);
        missing -= units;
    }
}

} // namespace

void rebalance(const PoolRecord& root, Units stock, bool unlimited, std::vector<Fact>& facts)
{
    if (unlimited)
        return;
    const bool was_enough = is_unlimited(root) || available(root) >= 0;
    const Units kept = was_enough ? root.held : 0; // Of a root that lends.
    const Units wanted = std::max<Units>(0, kept - stock);
    if (wanted == 0)
        return;
    std::vector<Giver> givers = givers_of(root);
    const Units spare =
        std::accumulate(givers.begin(), givers.end(), Units(0),
                        [](Units sum, const Giver& one) { return sum + one.spare; });
    const Units shared = std::min(wanted, spare);
    if (shared > 0)
        share_by_spare(givers, shared, spare);
    for (const Giver& giver : givers)
        give_back(*giver.pool, giver.gives, facts);
    // Who holds more than is left is locked by a whole pool, not all by a little.
    take_from_newest(root, std::max<Units>(0, -stock - shared), facts);
}

Units shortage_without(const PoolRecord& root, Units units)
{
    Units issued = root.stock - units;
    Units held = root.held;
    for (const auto& [number, child] : root.children) {
        issued += child->stock;
        held += child->pool.closed ? 0 : child->held;
    }
    return std::max<Units>(0, held - issued);
}

} // namespace usher::ledger
