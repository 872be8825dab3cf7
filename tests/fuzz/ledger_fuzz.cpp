#include "tests/ledger/history.hpp"

#include <cstdio>
#include <cstdlib>
#include <vector>

/// Four bytes are a step; see tests/ledger/history.hpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace usher::ledger::test;
    constexpr std::size_t steps_max = 300;
    std::vector<Step> steps;
    for (std::size_t at = 0; at + 4 <= size && steps.size() < steps_max; at += 4)
        steps.push_back({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
    if (!fault_of(steps).empty()) {
        std::fputs(story_of(shortest(steps)).c_str(), stderr);
        std::abort();
    }
    return 0;
}
