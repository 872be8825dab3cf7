#pragma once

#include "daemon/ledger/fact.hpp"
#include "daemon/ledger/refusal.hpp"
#include "daemon/server/premises.hpp"

#include <string>
#include <variant>
#include <vector>

/// What another server says has happened, judged as far as that can be done without knowing what
/// is here: whether it can have happened is the ledger's to say. Any thread.
namespace usher::server {

/// The facts of a record. A license is what its signed document says, and whether it names this
/// host is looked at here; names are names; a tag is its lease's. DOCUMENT_INVALID names the first
/// fact that is otherwise, UNSUPPORTED the format of a newer server, UNKNOWN_VENDOR.
[[nodiscard]] std::variant<std::vector<ledger::Fact>, ledger::Refusal>
read_followed(const std::string& record, const Premises& premises);

} // namespace usher::server
