#pragma once

#include "daemon/journal/record.hpp"

#include <string>
#include <string_view>

namespace usher::test {

/// Reads `bytes` as a record, as a start does, and says what must never happen but did; empty:
/// nothing.
inline std::string broken_record_claim(std::string_view bytes)
{
    std::vector<ledger::Fact> facts;
    if (const auto wrong = journal::read_record(bytes, facts))
        return wrong->why.empty() ? "a record is refused without a word" : "";
    journal::RecordWriter first;
    const std::string written(first.write(facts));
    std::vector<ledger::Fact> again;
    if (journal::read_record(written, again) || again.size() != facts.size())
        return "what was read cannot be written and read again";
    journal::RecordWriter second;
    if (second.write(again) != written)
        return "what was read twice is not the same";
    return "";
}

} // namespace usher::test
