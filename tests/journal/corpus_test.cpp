#include "tests/fuzz/record_claims.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace usher;

namespace {

struct Sample {
    std::string name;
    std::string bytes;

    [[nodiscard]] bool is_bad() const { return name.starts_with("bad_"); }
    /// As an earlier usherd wrote it, with a field that says nothing any more.
    [[nodiscard]] bool is_earlier() const { return name.starts_with("earlier_"); }
};

std::vector<Sample> corpus()
{
    std::vector<Sample> samples;
    for (const auto& entry : std::filesystem::directory_iterator(USHER_RECORD_CORPUS)) {
        std::ifstream in(entry.path(), std::ios::binary);
        std::ostringstream bytes;
        bytes << in.rdbuf();
        samples.push_back({entry.path().filename(), bytes.str()});
    }
    return samples;
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
        BOOST_TEST(wrong.has_value() == sample.is_bad());
        if (wrong)
            continue;
        journal::RecordWriter writer;
        BOOST_TEST((writer.write(facts) == sample.bytes) == !sample.is_earlier());
        for (const ledger::Fact& fact : facts)
            kinds.insert(fact.index());
    }
    constexpr std::size_t fleeting = 4;
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
