#pragma once

#include "tests/ledger/naive_house.hpp"

#include <concepts>
#include <string>
#include <vector>

/// The rules of activations once more: what each of their commands must be answered, and what it
/// changes in the house.
namespace usher::ledger::test {

struct Heard {
    std::string complaint;      ///< Why the answer is wrong; empty: it is right.
    std::vector<LeaseId> ended; ///< Who loses his seat by it.
};

template <class Command>
concept AboutActivation = std::same_as<Command, RequestActivation> ||
    std::same_as<Command, CancelActivation> || std::same_as<Command, Activate> ||
    std::same_as<Command, Deactivate> || std::same_as<Command, MakeShowing> ||
    std::same_as<Command, HearIssuer> || std::same_as<Command, ShowReceipt>;

/// A start has found this counter.
void see(NaiveHouse& house, const CounterSeen& counter);

Heard hear(NaiveHouse& house, const RequestActivation& command, const Answer& answer, Now now);
Heard hear(NaiveHouse& house, const CancelActivation& command, const Answer& answer, Now now);
Heard hear(NaiveHouse& house, const Activate& command, const Answer& answer, Now now);
Heard hear(NaiveHouse& house, const Deactivate& command, const Answer& answer, Now now);
Heard hear(NaiveHouse& house, const MakeShowing& command, const Answer& answer, Now now);
Heard hear(NaiveHouse& house, const HearIssuer& command, const Answer& answer, Now now);
Heard hear(NaiveHouse& house, const ShowReceipt& command, const Answer& answer, Now now);

} // namespace usher::ledger::test
