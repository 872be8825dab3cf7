#pragma once

#include "daemon/journal/record.pb.h"
#include "daemon/journal/record_fields.hpp"
#include "daemon/ledger/fact.hpp"

/// The facts of licenses, between the ledger's words and the record's.
namespace usher::journal {

[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::EntitlementInstalled& from);
[[nodiscard]] ledger::Fact amended_from(Fields& fields, const record::EntitlementInstalled& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::EntitlementRemoved& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::LicenseExpected& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::LicenseForgotten& from);

void put(record::Fact& to, const ledger::EntitlementInstalled& fact);
void put(record::Fact& to, const ledger::EntitlementAmended& fact);
void put(record::Fact& to, const ledger::EntitlementRemoved& fact);
void put(record::Fact& to, const ledger::LicenseExpected& fact);
void put(record::Fact& to, const ledger::LicenseForgotten& fact);

} // namespace usher::journal
