#pragma once

#include "daemon/journal/record.pb.h"
#include "daemon/journal/record_fields.hpp"
#include "daemon/ledger/fact.hpp"

/// The facts of an activation, and of the counter that passes where one ends, between the ledger's
/// words and the record's.
namespace usher::journal {

[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::ActivationRequested& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::ActivationCancelled& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::Activated& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::ActivationEnded& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::ReceiptDelivered& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::ShowingMade& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::IssuerAnswered& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::CounterAnchored& from);
[[nodiscard]] ledger::Fact fact_from(Fields& fields, const record::ActivationDoubted& from);

void put(record::Fact& to, const ledger::ActivationRequested& fact);
void put(record::Fact& to, const ledger::ActivationCancelled& fact);
void put(record::Fact& to, const ledger::Activated& fact);
void put(record::Fact& to, const ledger::ActivationEnded& fact);
void put(record::Fact& to, const ledger::ReceiptDelivered& fact);
void put(record::Fact& to, const ledger::ShowingMade& fact);
void put(record::Fact& to, const ledger::IssuerAnswered& fact);
void put(record::Fact& to, const ledger::CounterAnchored& fact);
void put(record::Fact& to, const ledger::ActivationDoubted& fact);

} // namespace usher::journal
