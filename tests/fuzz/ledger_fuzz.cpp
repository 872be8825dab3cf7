#include "tests/ledger/estates.hpp"
#include "tests/ledger/history.hpp"

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using namespace usher::ledger::test;

template <class Life>
void live_through(const std::vector<Step>& steps)
{
    if (fault_of<Life>(steps).empty())
        return;
    std::fputs(story_of<Life>(shortest<Life>(steps)).c_str(), stderr);
    std::abort();
}

} // namespace

/// The first byte says which kind of history; four bytes are a step of it, see
/// tests/ledger/history.hpp and estates.hpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    constexpr std::size_t steps_max = 300;
    std::vector<Step> steps;
    for (std::size_t at = 1; at + 4 <= size && steps.size() < steps_max; at += 4)
        steps.push_back({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
    if (size > 0 && bytes[0] % 2)
        live_through<EstateHistory>(steps);
    else
        live_through<History>(steps);
    return 0;
}
