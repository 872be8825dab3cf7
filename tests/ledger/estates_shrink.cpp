#include "tests/ledger/estates.hpp"

#include <algorithm>

/// What must hold of pools when a license under them becomes less.
namespace usher::ledger::test {

const PoolPicture* find(const Summary& summary, const PoolId& id)
{
    const auto found =
        std::ranges::find(summary.pools, id, [](const PoolPicture& one) { return one.pool.id; });
    return found == summary.pools.end() ? nullptr : &*found;
}

std::string text(const PoolPicture& pool)
{
    return pool.pool.id.text + " " + std::to_string(pool.held) + " of " +
           std::to_string(pool.stock);
}

std::vector<Units> shrunk(const std::vector<PoolPicture>& children, Units root_stock, Units change)
{
    std::vector<Units> stocks;
    Units spare = 0;
    for (const PoolPicture& child : children) {
        stocks.push_back(child.stock);
        spare += std::max<Units>(0, child.stock - child.held);
    }
    Units missing = -(root_stock + change);
    if (missing <= 0)
        return stocks;
    // Each in turn gets one more of what is to be given, where its share is furthest behind: the
    // whole parts first, then the largest remainders, the newest first among equals.
    const Units shared = std::min(missing, spare);
    std::vector<Units> given(children.size(), 0);
    const auto share = [&](std::size_t i) {
        return shared * std::max<Units>(0, children[i].stock - children[i].held);
    };
    Units left = shared;
    for (std::size_t i = 0; i < children.size() && spare > 0; ++i)
        while ((given[i] + 1) * spare <= share(i))
            ++given[i], --left;
    for (; left > 0; --left) {
        std::size_t best = 0;
        for (std::size_t i = 1; i < children.size(); ++i)
            if (share(i) - given[i] * spare >= share(best) - given[best] * spare)
                best = i;
        ++given[best];
    }
    missing -= shared;
    for (std::size_t i = children.size(); i-- > 0;) {
        stocks[i] -= given[i];
        const Units more = std::min(missing, stocks[i]);
        stocks[i] -= more;
        missing -= more;
    }
    return stocks;
}

/// Safe shrink (I4), and that a license that changes is followed as the rule says.
void EstateHistory::compare(const Summary& before, bool only_licenses)
{
    if (!only_licenses)
        return;
    const Summary& after = scene_.seen();
    for (const PoolPicture& root : before.pools) {
        const PoolPicture* now = find(after, root.pool.id);
        if (root.pool.parent || !now)
            continue;
        std::vector<PoolPicture> was;
        std::vector<PoolPicture> is;
        Units issued = now->stock;
        Units issued_before = root.stock;
        Units held = now->held;
        for (const PoolPicture& pool : before.pools)
            if (const PoolPicture* same = find(after, pool.pool.id);
                pool.pool.parent == root.pool.id && same) {
                was.push_back(pool);
                is.push_back(*same);
                issued += same->stock;
                issued_before += pool.stock;
                held += same->pool.closed ? 0 : same->held;
            }
        if (now->unlimited)
            continue;
        is.push_back(*now);
        was.push_back(root);
        for (std::size_t i = 0; i < is.size(); ++i)
            if (held <= issued && !was[i].locked && is[i].locked)
                complaints_.push_back("I4 safe shrink: " + text(was[i]) + " became " + text(is[i]));
        if (root.held > 0 || now->held > 0)
            continue;
        is.pop_back();
        was.pop_back();
        // Pools are shown by name, and given by age.
        const auto by_age = [&](const PoolPicture& a, const PoolPicture& b) {
            return ages_.at(a.pool.id) < ages_.at(b.pool.id);
        };
        std::ranges::sort(was, by_age);
        std::ranges::sort(is, by_age);
        const std::vector<Units> expected = shrunk(was, root.stock, issued - issued_before);
        for (std::size_t i = 0; i < is.size(); ++i)
            if (is[i].stock != expected[i])
                complaints_.push_back("shrink: " + text(was[i]) + " became " + text(is[i]) +
                                      " and not " + std::to_string(expected[i]));
    }
}

} // namespace usher::ledger::test
