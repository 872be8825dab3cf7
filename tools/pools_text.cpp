#include "tools/pools_text.hpp"

#include "protocol/duration.hpp"
#include "tools/printable.hpp"
#include "tools/table.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <vector>

namespace usher::tools {
namespace {

using Pool = v1::StatusPart::Pool;

/// The scheme in which nothing stands under a root.
constexpr char plain_scheme[] = "server";

/// Why nothing of a pool may be lent, or that nothing is left of it.
Cell state_of(const Pool& pool)
{
    if (pool.closed() && pool.held() > 0)
        return {"closed: " + std::to_string(pool.held()) + " held", Tone::alarm};
    if (pool.closed())
        return {"closed", pool.locked() ? Tone::alarm : Tone::faint};
    if (pool.short_() > 0) {
        const std::string why =
            pool.reason().empty() || pool.reason() == "POOL_LOCKED" ? "" : " " + pool.reason();
        return {"locked:" + why + " " + std::to_string(pool.short_()) + " short", Tone::alarm};
    }
    if (!pool.reason().empty())
        return {pool.reason(), Tone::alarm};
    if (!pool.unlimited() && pool.available() == 0)
        return {pool.held() > 0            ? "full"
                : pool.root() == pool.id() ? "all assigned"
                                           : "empty",
                Tone::warning};
    return {"", Tone::plain};
}

std::string stock_text(const Pool& pool)
{
    return pool.unlimited() ? "unlimited" : std::to_string(pool.stock());
}

/// The rows of `pools_text`, in the order in which they are shown.
class PoolRows {
  public:
    PoolRows(const v1::StatusPart& picture, std::size_t children_max);
    [[nodiscard]] std::string text(bool is_colored) const;

  private:
    using Pools = std::vector<const Pool*>;

    void add(const Pool& pool, bool is_child);
    void add_rest(const Pools& children);

    void add_row(Cell name, const Pool& shown, bool is_child, std::vector<Cell> numbers);

    std::size_t children_max_;
    bool has_schemes_;
    bool has_owners_;
    std::map<std::string, std::string> expected_; ///< What is to be done for a pool to have units.
    Table table_;
};

std::vector<Column> pool_columns(bool has_schemes, bool has_owners)
{
    std::vector<Column> columns{{"POOL"}, {"PRODUCT"}};
    if (has_schemes)
        columns.push_back({"SCHEME"});
    if (has_owners)
        columns.push_back({"OWNER"});
    columns.insert(columns.end(), {{"SEAT PER"}, {"IN USE", true}, {"FREE", true}, {"STATE"}});
    return columns;
}

PoolRows::PoolRows(const v1::StatusPart& picture, std::size_t children_max)
    : children_max_(children_max),
      has_schemes_(std::ranges::any_of(picture.pools(),
                                       [](const Pool& pool) {
                                           return !pool.scheme().empty() &&
                                                  pool.scheme() != plain_scheme;
                                       })),
      has_owners_(std::ranges::any_of(picture.pools(),
                                      [](const Pool& pool) { return !pool.owner().empty(); })),
      table_(pool_columns(has_schemes_, has_owners_))
{
    for (const auto& license : picture.licenses())
        if (!license.expected().empty())
            expected_[license.id()] = still_to_do(license);
    std::set<std::string> roots;
    for (const Pool& pool : picture.pools())
        if (pool.root().empty() || pool.root() == pool.id())
            roots.insert(pool.id());
    std::map<std::string, Pools> children;
    for (const Pool& pool : picture.pools())
        if (!roots.contains(pool.id()) && roots.contains(pool.root()))
            children[pool.root()].push_back(&pool);
    for (const Pool& pool : picture.pools()) {
        if (!roots.contains(pool.id()) && roots.contains(pool.root()))
            continue;
        add(pool, false);
        const Pools& under = children[pool.id()];
        for (std::size_t i = 0; i < std::min(under.size(), children_max_); ++i)
            add(*under[i], true);
        if (under.size() > children_max_)
            add_rest(under);
    }
}

/// A child has its root's product, scheme and metric, and need not repeat them.
void PoolRows::add_row(Cell name, const Pool& shown, bool is_child, std::vector<Cell> numbers)
{
    std::vector<Cell> row{std::move(name), {is_child ? "" : shown.product()}};
    if (has_schemes_)
        row.push_back({is_child ? "" : shown.scheme()});
    if (has_owners_)
        row.push_back({shown.owner()});
    row.push_back({is_child ? "" : shown.metric()});
    std::ranges::move(numbers, std::back_inserter(row));
    table_.add(std::move(row));
}

void PoolRows::add(const Pool& pool, bool is_child)
{
    const auto missing = expected_.find(pool.id());
    add_row({(is_child ? "  " : "") + pool.id()}, pool, is_child,
            {{std::to_string(pool.held()) + " of " + stock_text(pool)},
             {pool.unlimited() ? "unlimited" : std::to_string(pool.available())},
             missing == expected_.end() ? state_of(pool) : Cell{missing->second, Tone::warning}});
}

/// Nobody should have to look through thousands to see that some of them lend nothing.
void PoolRows::add_rest(const Pools& children)
{
    std::int64_t held = 0;
    std::int64_t stock = 0;
    std::size_t locked = 0;
    for (std::size_t i = children_max_; i < children.size(); ++i) {
        held += children[i]->held();
        stock += children[i]->stock();
        locked += children[i]->locked() ? 1 : 0;
    }
    const std::string where = "usher pool list";
    add_row({"  and " + std::to_string(children.size() - children_max_) + " more"}, {}, true,
            {{std::to_string(held) + " of " + std::to_string(stock)},
             {std::to_string(stock - held)},
             locked == 0 ? Cell{where, Tone::faint}
                         : Cell{std::to_string(locked) + " locked: " + where, Tone::alarm}});
}

std::string PoolRows::text(bool is_colored) const
{
    return text_or(table_, "no pools: usher license install", is_colored);
}

} // namespace

std::string still_to_do(const v1::StatusPart::License& license)
{
    return "to " + license.expected();
}

std::string pools_text(const v1::StatusPart& picture, bool is_colored, std::size_t children_max)
{
    return PoolRows(picture, children_max).text(is_colored);
}

std::string parties_text(const v1::StatusPart& picture, bool is_colored)
{
    Table table({{"PARTY"},
                 {"KIND"},
                 {"COMPANY"},
                 {"MODE"},
                 {"POOL"},
                 {"USERS", true},
                 {"LEASES", true},
                 {"STATE"}});
    for (const v1::StatusPart::Party& party : picture.parties())
        table.add({{party.id()},
                   {party.kind()},
                   {text_or_dash(party.company())},
                   {text_or_dash(party.source())},
                   {text_or_dash(party.pool())},
                   {party.kind() == "company" ? std::to_string(party.users()) : "-"},
                   {std::to_string(party.leases())},
                   {party.lock(), Tone::alarm}});
    return text_or(table, "no parties: usher party add", is_colored);
}

std::string pool_state_text(const std::string& party, const v1::PoolState& state)
{
    if (state.pool().empty())
        return printable(party) + " has no pool yet\n";
    const std::string stock = state.unlimited() ? "unlimited" : std::to_string(state.stock());
    std::string text = printable(party) + " uses " + printable(state.pool()) + ": " +
                       std::to_string(state.held()) + " of " + stock + " units are held";
    if (state.valid_ms() > 0)
        text += "; this may be relied on for " +
                protocol::to_text(std::chrono::milliseconds(state.valid_ms()));
    return text + "\n";
}

} // namespace usher::tools
