#pragma once

#include "daemon/journal/record.pb.h"
#include "daemon/journal/record_fields.hpp"
#include "daemon/ledger/fact.hpp"

/// The facts of a live move, between the ledger's words and the record's.
namespace usher::journal {

[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::Departed& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::DepartureConfirmed& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::ArrivalBegun& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::Followed& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::Arrived& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::ArrivalAbandoned& from);

void put(record::Fact& to, const ledger::Departed& fact);
void put(record::Fact& to, const ledger::DepartureConfirmed& fact);
void put(record::Fact& to, const ledger::ArrivalBegun& fact);
void put(record::Fact& to, const ledger::Followed& fact);
void put(record::Fact& to, const ledger::Arrived& fact);
void put(record::Fact& to, const ledger::ArrivalAbandoned& fact);

} // namespace usher::journal
