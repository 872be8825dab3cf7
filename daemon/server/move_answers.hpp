#pragma once

#include "daemon/ledger/answer.hpp"
#include "daemon/server/premises.hpp"
#include "protocol/move.pb.h"

#include <string>

/// What a courier is told. What the other server must be able to trust is signed here, after the
/// ledger's answer, for only that says what is in it. Any thread.
namespace usher::server {

/// LIMIT_REACHED where its licenses are more than one message holds; none: `to` is filled.
[[nodiscard]] std::optional<ledger::Refusal> fill(v1::MoveBegun& to, const ledger::MoveBegun& from);

/// As many facts from the beginning of the part as a message holds, and the mark that says which.
void fill(v1::MovePart& to, const ledger::StreamPart& from, const Premises& premises);
void fill(v1::Departed& to, const ledger::Receipts& from);
void fill(v1::ArrivalBegun& to, const ledger::Position& from, const Premises& premises);

/// By which the source knows that its target has arrived.
[[nodiscard]] std::string mark_of(const ledger::Arrival& arrival, const Premises& premises);

} // namespace usher::server
