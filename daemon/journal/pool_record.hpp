#pragma once

#include "daemon/journal/record.pb.h"
#include "daemon/journal/record_fields.hpp"
#include "daemon/ledger/fact.hpp"

/// The facts of pools and parties, between the ledger's words and the record's.
namespace usher::journal {

[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::SchemeSet& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::PoolOpened& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::PoolClosed& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::PoolRenamed& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::PoolRemoved& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::UsersSet& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::PartySet& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::PartyRemoved& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::LeaseMoved& from);

void put(record::Fact& to, const ledger::SchemeSet& fact);
void put(record::Fact& to, const ledger::PoolOpened& fact);
void put(record::Fact& to, const ledger::PoolClosed& fact);
void put(record::Fact& to, const ledger::PoolRenamed& fact);
void put(record::Fact& to, const ledger::PoolRemoved& fact);
void put(record::Fact& to, const ledger::UsersSet& fact);
void put(record::Fact& to, const ledger::PartySet& fact);
void put(record::Fact& to, const ledger::PartyRemoved& fact);
void put(record::Fact& to, const ledger::LeaseMoved& fact);

} // namespace usher::journal
