#pragma once

#include "daemon/ledger/command.hpp"
#include "daemon/ledger/refusal.hpp"
#include "daemon/server/premises.hpp"
#include "daemon/trust/license_file.hpp"

#include <string>
#include <variant>

namespace usher::server {

/// The license in `document` as the ledger takes it; `asked` says who installs it and where it is
/// to go. LICENSE_INVALID (not a license, changed, or with names that no name has), UNKNOWN_VENDOR.
/// One that is locked to another host is fine: it counts nothing here, and says so.
[[nodiscard]] std::variant<ledger::Install, ledger::Refusal>
open_install(const std::string& document, const Premises& premises, ledger::Install asked = {});

/// A license that is no file of its own, as `document` holds it. LICENSE_INVALID.
[[nodiscard]] std::variant<ledger::Install, ledger::Refusal>
install_of(const trust::License& license, const std::string& document, const Premises& premises,
           ledger::Install asked = {});

/// What the signed document of a license says that it is, for one that is not asked for here but
/// known already: the number of its activation too. LICENSE_INVALID, DOCUMENT_INVALID,
/// UNKNOWN_VENDOR.
[[nodiscard]] std::variant<ledger::Entitlement, ledger::Refusal>
entitlement_in(const std::string& document, const Premises& premises);

/// The host that a license names; one whose vendor is not trusted any more still says it.
[[nodiscard]] std::optional<trust::NodeLockTerms> lock_of(const ledger::Entitlement& entitlement);

} // namespace usher::server
