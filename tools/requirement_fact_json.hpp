#pragma once

#include "daemon/ledger/fact.hpp"
#include "tools/status_json.hpp"

/// What has happened of requirements, told as journal_json.hpp tells all facts.
namespace usher::tools {

[[nodiscard]] Json told(const ledger::ProductForgotten& fact);
[[nodiscard]] Json told(const ledger::FoundationPut& fact);
[[nodiscard]] Json told(const ledger::FoundationRemoved& fact);
[[nodiscard]] Json told(const ledger::PrincipalSet& fact);
[[nodiscard]] Json told(const ledger::ConsolidationSet& fact);
[[nodiscard]] Json told(const ledger::ProductConsolidationSet& fact);
[[nodiscard]] Json told(const ledger::Covered& fact);

} // namespace usher::tools
