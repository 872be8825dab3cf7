#pragma once

#include "daemon/ledger/refusal.hpp"
#include "daemon/ledger/types.hpp"
#include "protocol/common.pb.h"

#include <cstdint>

namespace usher::server {

/// A refusal with its sentence, cures, numbers and holders; leases by their tags only.
void fill(v1::Refused& refused, const ledger::Refusal& from);

/// Since 1970-01-01 UTC, as the wire counts.
[[nodiscard]] inline std::int64_t microseconds(ledger::CalendarInstant at)
{
    return at.time_since_epoch().count();
}

} // namespace usher::server
