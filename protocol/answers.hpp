#pragma once

#include "daemon/ledger/answer.hpp"
#include "protocol/usher.pb.h"

#include <cstdint>
#include <string>

/// How the ledger's answers to an application stand on the wire. Pure; any thread.
namespace usher::protocol {

/// A refusal with its sentence, cures, numbers and holders; leases by their tags only.
void fill(v1::Refused& to, const ledger::Refusal& from);
void fill(v1::Granted& to, const ledger::Granted& from);
void fill(v1::Waiting& to, const ledger::Waiting& from);
/// All but why it is locked or unknown.
void fill(v1::LeaseState& to, const ledger::LeaseState& from);
void fill(v1::WaitEnded& to, const ledger::WaitEnded& from);
void fill(v1::SeatLost& to, const ledger::SeatLost& from);
void fill(v1::ModeChanged& to, const ledger::ModeChanged& from);
void fill(v1::PoolState& to, const ledger::PoolState& from);
void fill(v1::Registered& to, const ledger::Registered& from);
/// With their ids: to whom they belong only.
void fill(v1::LeaseList& to, const ledger::LeaseList& from);
void fill(v1::StateChanged& to, const ledger::StateChanged& from);

/// A lease's id as the wire carries it: its 16 bytes.
[[nodiscard]] std::string bytes_of(const ledger::LeaseId& id);
/// What names a lease to those who must not know its id, as 16 hexadecimal digits.
[[nodiscard]] std::string to_text(ledger::LeaseTag tag);

/// Rounded up.
[[nodiscard]] std::uint32_t milliseconds(ledger::Duration duration);
/// Since 1970-01-01 UTC.
[[nodiscard]] std::int64_t microseconds(ledger::CalendarInstant at);

} // namespace usher::protocol
