#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Histories that are made from any bytes: what is wrong with one, the shortest that is as wrong,
/// and how it is told. A `Life` has `live(Step)`, `fault()` and `told()`.
namespace usher::ledger::test {

/// One thing that happens. Every value means something, so that any bytes are a history.
struct Step {
    std::uint8_t verb = 0;
    std::uint8_t what = 0;
    std::uint8_t who = 0;
    std::uint8_t number = 0;
};

/// Lives through all steps, or until something breaks: what broke; empty: nothing.
template <class Life>
std::string fault_of(std::span<const Step> steps)
{
    Life life;
    for (const Step step : steps) {
        life.live(step);
        if (std::string fault = life.fault(); !fault.empty())
            return fault;
    }
    return {};
}

/// The fewest of the steps that break something still, found by leaving out one part after another.
template <class Life>
std::vector<Step> shortest(std::vector<Step> steps)
{
    for (std::size_t part = steps.size() / 2; part > 0; part /= 2)
        for (std::size_t start = 0; start + part <= steps.size();) {
            std::vector<Step> fewer = steps;
            const auto from = fewer.begin() + static_cast<std::ptrdiff_t>(start);
            fewer.erase(from, from + static_cast<std::ptrdiff_t>(part));
            if (fault_of<Life>(fewer).empty())
                start += part;
            else
                steps = std::move(fewer);
        }
    return steps;
}

/// The history in words, and how it ends.
template <class Life>
std::string story_of(std::span<const Step> steps)
{
    Life life;
    for (const Step step : steps) {
        life.live(step);
        if (!life.fault().empty())
            break;
    }
    std::string text;
    for (const std::string& line : life.told())
        text += line + "\n";
    return text + "=> " + life.fault() + "\n";
}

} // namespace usher::ledger::test
