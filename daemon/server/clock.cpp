#include "daemon/server/clock.hpp"

namespace usher::server {

ledger::Now SystemClock::now() const
{
    const auto steady = std::chrono::steady_clock::now().time_since_epoch();
    return {std::chrono::time_point_cast<ledger::Duration>(std::chrono::system_clock::now()),
            ledger::SteadyInstant(std::chrono::duration_cast<ledger::Duration>(steady))};
}

} // namespace usher::server
