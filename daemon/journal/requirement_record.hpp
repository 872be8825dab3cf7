#pragma once

#include "daemon/journal/record.pb.h"
#include "daemon/journal/record_fields.hpp"
#include "daemon/ledger/fact.hpp"

/// The facts of requirements, between the ledger's words and the record's.
namespace usher::journal {

[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::ProductForgotten& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::FoundationPut& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::FoundationRemoved& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::PrincipalSet& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::ConsolidationSet& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::ProductConsolidationSet& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::Covered& from);

void put(record::Fact& to, const ledger::ProductForgotten& fact);
void put(record::Fact& to, const ledger::FoundationPut& fact);
void put(record::Fact& to, const ledger::FoundationRemoved& fact);
void put(record::Fact& to, const ledger::PrincipalSet& fact);
void put(record::Fact& to, const ledger::ConsolidationSet& fact);
void put(record::Fact& to, const ledger::ProductConsolidationSet& fact);
void put(record::Fact& to, const ledger::Covered& fact);

} // namespace usher::journal
