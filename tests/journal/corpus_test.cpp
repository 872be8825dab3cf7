#include "tests/fuzz/record_claims.hpp"
#include "tests/support/corpus.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

using namespace usher;
using tests::Sample;

namespace {

bool is_bad(const Sample& sample)
{
    return sample.name.starts_with("bad_");
}

/// As an earlier usherd wrote it, with a field that says nothing any more.
bool is_earlier(const Sample& sample)
{
    return sample.name.starts_with("earlier_");
}

std::vector<Sample> corpus()
{
    return tests::corpus_of("record");
}

} // namespace

BOOST_AUTO_TEST_SUITE(corpus_of_records)

/// These files are the format: a build that reads one of them differently cannot read journals.
BOOST_AUTO_TEST_CASE(what_was_written_once_is_read_and_written_the_same_for_ever)
{
    std::set<std::size_t> kinds;
    for (const Sample& sample : corpus()) {
        BOOST_TEST_INFO_SCOPE(sample.name);
        std::vector<ledger::Fact> facts;
        const auto wrong = journal::read_record(sample.bytes, facts);
        BOOST_TEST(wrong.has_value() == is_bad(sample));
        if (wrong)
            continue;
        journal::RecordWriter writer;
        BOOST_TEST((writer.write(facts) == sample.bytes) == !is_earlier(sample));
        for (const ledger::Fact& fact : facts)
            kinds.insert(fact.index());
    }
    constexpr std::size_t fleeting = 14;
    BOOST_TEST(kinds.size() == std::variant_size_v<ledger::Fact> - fleeting);
}

BOOST_AUTO_TEST_CASE(every_sample_keeps_the_promises_of_a_reader_whole_and_cut_off)
{
    for (const Sample& sample : corpus())
        for (std::size_t size = 0; size <= sample.bytes.size(); ++size) {
            BOOST_TEST_INFO_SCOPE(sample.name << " of size " << size);
            BOOST_TEST(test::broken_record_claim(std::string_view(sample.bytes).substr(0, size)) ==
                       "");
        }
}

BOOST_AUTO_TEST_SUITE_END()
