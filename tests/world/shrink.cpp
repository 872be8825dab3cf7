#include "tests/world/shrink.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace usher::world {
namespace {

bool names_a_pool(const std::string& word)
{
    return word == "north" || word == "south";
}

/// A process that dies says what of in its first lines, and where it stood in many more.
constexpr int telling_lines = 3;

/// A complaint without what names or counts something: what kind of thing is broken.
std::string kind_of(const std::string& complaint)
{
    std::istringstream lines(complaint);
    std::string kind;
    std::string line;
    for (int i = 0; i < telling_lines && std::getline(lines, line); ++i) {
        std::istringstream words(line);
        for (std::string word; words >> word && word != "#0";)
            if (word.find_first_of("0123456789") == std::string::npos && !names_a_pool(word))
                kind += word + ' ';
    }
    return kind;
}

/// Each world is as short as the plan lets it be, but there are many.
constexpr int tries_max = 600;

} // namespace

std::vector<Act> plan_of(std::uint64_t seed, std::size_t steps)
{
    return plan_from(Chance(seed).fork(7), steps, World::patrons_count);
}

/// Leaves out ever smaller pieces, each for good where it still breaks.
std::vector<Act> shrink(const std::function<Outcome(const std::vector<Act>&)>& live_through,
                        std::vector<Act> plan, const std::string& complaint)
{
    const std::string kind = kind_of(complaint);
    int tries = 0;
    for (std::size_t size = plan.size() / 2; size > 0; size /= 2)
        for (std::size_t at = 0; at < plan.size() && tries < tries_max;) {
            std::vector<Act> shorter = plan;
            const auto first = shorter.begin() + static_cast<std::ptrdiff_t>(at);
            const auto last = first + static_cast<std::ptrdiff_t>(std::min(size, plan.size() - at));
            shorter.erase(first, last);
            ++tries;
            const Outcome outcome = live_through(shorter);
            if (outcome.broken && kind_of(*outcome.broken) == kind)
                plan = std::move(shorter);
            else
                at += size;
        }
    return plan;
}

} // namespace usher::world
