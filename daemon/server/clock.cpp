#include "daemon/server/clock.hpp"

namespace usher::server {

ledger::Now SystemClock::now() const
{
    return {std::chrono::time_point_cast<ledger::Duration>(std::chrono::system_clock::now()),
            steady()};
}

ledger::SteadyInstant SystemClock::steady() const
{
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return ledger::SteadyInstant(std::chrono::duration_cast<ledger::Duration>(since));
}

const Clock& machine_clock()
{
    static const SystemClock clock;
    return clock;
}

} // namespace usher::server
