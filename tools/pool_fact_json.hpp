#pragma once

#include "daemon/ledger/fact.hpp"
#include "tools/status_json.hpp"

/// What has happened of licenses, pools and parties, told as journal_json.hpp tells all facts.
namespace usher::tools {

[[nodiscard]] Json told(const ledger::EntitlementInstalled& fact);
[[nodiscard]] Json told(const ledger::EntitlementAmended& fact);
[[nodiscard]] Json told(const ledger::LicenseExpected& fact);
[[nodiscard]] Json told(const ledger::LicenseForgotten& fact);
[[nodiscard]] Json told(const ledger::SchemeSet& fact);
[[nodiscard]] Json told(const ledger::PoolOpened& fact);
[[nodiscard]] Json told(const ledger::PoolClosed& fact);
[[nodiscard]] Json told(const ledger::PoolRenamed& fact);
[[nodiscard]] Json told(const ledger::UsersSet& fact);
[[nodiscard]] Json told(const ledger::PartySet& fact);
[[nodiscard]] Json told(const ledger::PartyRemoved& fact);
[[nodiscard]] Json told(const ledger::LeaseMoved& fact);

} // namespace usher::tools
