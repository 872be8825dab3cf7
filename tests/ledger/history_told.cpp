#include "tests/ledger/history.hpp"

/// What is wrong with a history, the shortest that is as wrong, and how it is told.
namespace usher::ledger::test {

std::string fault_of(std::span<const Step> steps)
{
    History history;
    for (const Step step : steps) {
        history.live(step);
        if (std::string fault = history.fault(); !fault.empty())
            return fault;
    }
    return history.fault();
}

std::vector<Step> shortest(std::vector<Step> steps)
{
    for (std::size_t part = steps.size() / 2; part > 0; part /= 2)
        for (std::size_t start = 0; start + part <= steps.size();) {
            std::vector<Step> fewer = steps;
            const auto from = fewer.begin() + static_cast<std::ptrdiff_t>(start);
            fewer.erase(from, from + static_cast<std::ptrdiff_t>(part));
            if (fault_of(fewer).empty())
                start += part;
            else
                steps = std::move(fewer);
        }
    return steps;
}

std::string story_of(std::span<const Step> steps)
{
    History history;
    std::string story;
    for (const Step step : steps) {
        history.live(step);
        if (!history.fault().empty())
            break;
    }
    for (const std::string& line : history.told())
        story += line + "\n";
    return story + "=> " + history.fault() + "\n";
}

} // namespace usher::ledger::test
