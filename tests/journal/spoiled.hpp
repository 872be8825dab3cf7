#pragma once

#include "daemon/journal/record.hpp"
#include "daemon/journal/record.pb.h"
#include "tests/journal/any_fact.hpp"

#include <boost/test/unit_test.hpp>

/// Records in which one thing is as it cannot be.
namespace usher::journal::test {

inline constexpr std::size_t kinds = std::variant_size_v<ledger::Fact>;

inline Unreadable unreadable(const record::Record& record)
{
    std::vector<ledger::Fact> facts;
    const auto wrong = read_record(record.SerializeAsString(), facts);
    BOOST_REQUIRE(wrong);
    return *wrong;
}

/// A record with one fact of each kind whose fields are all as they should be.
inline record::Record whole()
{
    AnyFact any(7);
    RecordWriter writer;
    std::vector<ledger::Fact> facts;
    for (std::size_t kind = 0; kind < kinds; ++kind)
        facts.push_back(any.of_kind(kind));
    record::Record record;
    BOOST_REQUIRE(record.ParseFromString(std::string(writer.write(facts))));
    return record;
}

/// `whole()` with `change` done to the one fact that has `message`.
template <class Change>
Unreadable spoiled(record::Fact::FactCase message, const Change& change)
{
    record::Record record = whole();
    for (record::Fact& fact : *record.mutable_facts())
        if (fact.fact_case() == message)
            change(fact);
    return unreadable(record);
}

using Fact = record::Fact;

inline void has(const Unreadable& wrong, std::string_view what)
{
    BOOST_TEST_INFO_SCOPE(wrong.why);
    BOOST_TEST(wrong.why.find(what) != std::string::npos);
}

} // namespace usher::journal::test
