#pragma once

#include "daemon/ledger/command.hpp"
#include "daemon/ledger/refusal.hpp"
#include "daemon/server/premises.hpp"

#include <string>
#include <variant>

namespace usher::server {

/// The license in `document` as the ledger takes it; who installs it and for which profile is the
/// caller's to add. LICENSE_INVALID (not a license, changed, or with names that no name has),
/// UNKNOWN_VENDOR. One that is locked to another host is fine: it counts nothing here, and says so.
[[nodiscard]] std::variant<ledger::Install, ledger::Refusal>
open_install(const std::string& document, const Premises& premises);

/// A license that is no file of its own, as `document` holds it. LICENSE_INVALID.
[[nodiscard]] std::variant<ledger::Install, ledger::Refusal>
install_of(const trust::License& license, const std::string& document, const Premises& premises);

} // namespace usher::server
