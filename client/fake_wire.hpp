#pragma once

#include "daemon/ledger/answer.hpp"
#include "daemon/ledger/command.hpp"
#include "protocol/usher.pb.h"

#include <optional>

/// Between the wire and the ledger inside the fake: what applications ask, and no more of it. A
/// real daemon judges every field of a stranger; here both ends are one program. Pure; any thread.
namespace usher::client {

/// None: no request of an application.
[[nodiscard]] std::optional<ledger::Command> command_of(const v1::Request& request,
                                                        const ledger::Asker& asker);

void fill(v1::Response& response, const ledger::Answer& answer);
void fill(v1::Response& response, const ledger::Notice& notice);

} // namespace usher::client
