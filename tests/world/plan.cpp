#include "tests/world/plan.hpp"

#include <array>

namespace usher::world {
namespace {

using Kind = Act::Kind;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// How often each kind is chosen, and how long it may last.
struct Row {
    Kind kind;
    std::string_view word;
    unsigned weight;
    Duration span_min;
    Duration span_max;
};

constexpr std::array rows{
    Row{Kind::checkout, "checkout", 300, {}, seconds(40)},
    Row{Kind::checkin, "checkin", 140, {}, {}},
    Row{Kind::leave, "leave", 15, {}, {}},
    Row{Kind::steal, "steal", 15, {}, {}},
    Row{Kind::hang, "hang", 15, seconds(1), seconds(70)},
    Row{Kind::die, "die", 15, seconds(1), seconds(60)},
    Row{Kind::vanish, "vanish", 8, seconds(1), seconds(60)},
    Row{Kind::reset, "reset", 25, {}, {}},
    Row{Kind::darken, "darken", 45, milliseconds(100), seconds(60)},
    Row{Kind::storm, "storm", 10, seconds(1), seconds(30)},
    Row{Kind::allocate, "allocate", 20, {}, {}},
    Row{Kind::take_back, "take_back", 15, {}, {}},
    Row{Kind::close_pool, "close_pool", 4, {}, {}},
    Row{Kind::open_pool, "open_pool", 8, {}, {}},
    Row{Kind::revoke, "revoke", 10, {}, {}},
    Row{Kind::maintain, "maintain", 8, seconds(1), seconds(20)},
    Row{Kind::buy, "buy", 20, {}, {}},
    Row{Kind::buy_short, "buy_short", 10, seconds(5), seconds(120)},
    Row{Kind::remove_license, "remove_license", 6, {}, {}},
    Row{Kind::kill, "kill", 15, milliseconds(50), seconds(60)},
    Row{Kind::cut_power, "cut_power", 12, milliseconds(50), seconds(60)},
    Row{Kind::die_in_write, "die_in_write", 12, milliseconds(50), seconds(20)},
    Row{Kind::lose_power_in_write, "lose_power_in_write", 12, milliseconds(50), seconds(20)},
    Row{Kind::die_before_commit, "die_before_commit", 6, milliseconds(50), seconds(20)},
    Row{Kind::die_after_commit, "die_after_commit", 8, milliseconds(50), seconds(20)},
    Row{Kind::restart, "restart", 8, milliseconds(50), seconds(10)},
    Row{Kind::restart_burst, "restart_burst", 4, milliseconds(10), milliseconds(400)},
    Row{Kind::stall, "stall", 10, milliseconds(100), seconds(60)},
    Row{Kind::fail_writes, "fail_writes", 6, milliseconds(50), seconds(20)},
    Row{Kind::fill_disk, "fill_disk", 6, milliseconds(50), seconds(20)},
    Row{Kind::fail_syncs, "fail_syncs", 14, milliseconds(50), seconds(20)},
    Row{Kind::slow_sync, "slow_sync", 8, {}, {}},
    Row{Kind::jump_ahead, "jump_ahead", 4, seconds(1), hours(24 * 30)},
    Row{Kind::jump_back, "jump_back", 4, seconds(1), hours(24 * 30)},
};

constexpr unsigned weight_of_all = [] {
    unsigned all = 0;
    for (const Row& row : rows)
        all += row.weight;
    return all;
}();

const Row& row_from(Chance& chance)
{
    std::uint64_t at = chance.below(weight_of_all);
    for (const Row& row : rows) {
        if (at < row.weight)
            return row;
        at -= row.weight;
    }
    return rows.front();
}

/// Mostly in quick succession; now and then long enough for a term to go by.
Duration pause_from(Chance& chance)
{
    if (chance.one_in(20))
        return chance.between<Duration>({}, seconds(40));
    if (chance.one_in(3))
        return chance.between<Duration>({}, seconds(2));
    return chance.between<Duration>({}, milliseconds(20));
}

} // namespace

std::vector<Act> plan_from(Chance chance, std::size_t acts, std::size_t patrons)
{
    std::vector<Act> plan;
    plan.reserve(acts);
    for (std::size_t i = 0; i < acts; ++i) {
        const Row& row = row_from(chance);
        Act act{.kind = row.kind};
        act.after = pause_from(chance);
        act.whom = chance.below(patrons);
        act.which = chance.next() >> 16;
        act.amount = 1 + chance.below(3);
        act.span = chance.between<Duration>(row.span_min, row.span_max);
        if (act.kind == Kind::checkout && chance.one_in(2))
            act.span = {}; // It does not wait.
        plan.push_back(act);
    }
    return plan;
}

std::string_view word(Kind kind)
{
    for (const Row& row : rows)
        if (row.kind == kind)
            return row.word;
    return "";
}

std::string text_of(const Act& act)
{
    const auto text = [](Duration span) {
        return std::to_string(std::chrono::duration_cast<milliseconds>(span).count()) + " ms";
    };
    return "after " + text(act.after) + ": " + std::string(word(act.kind)) + " whom " +
           std::to_string(act.whom) + ", which " + std::to_string(act.which % 1000) + ", amount " +
           std::to_string(act.amount) + ", " + text(act.span);
}

} // namespace usher::world
