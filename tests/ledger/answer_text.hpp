#pragma once

#include "daemon/ledger/ledger.hpp"

#include <string>

/// Answers and notices as words on one line, as the tables write them.
namespace usher::ledger::test {

/// `NO_FREE_SEAT subject=Session stock=8 held=8 want=1`; numbers that it does not carry are left
/// out.
std::string to_words(const Refusal& refusal);

/// `granted pool=3 …`, `waiting position=1 code=NO_FREE_SEAT …`, `held,locked …`, `ok`, …
std::string to_words(const Answer& answer);

/// `a granted pool=3 …`, `a lost revoked`, `a ended patience_ended …`, `all mode=maintenance`.
std::string to_words(const Notice& notice);

/// The sentences of an answer, for people: what a refusal says and cures, what a yes warns of.
std::string sentences(const Answer& answer);

} // namespace usher::ledger::test
