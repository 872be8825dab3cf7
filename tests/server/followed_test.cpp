#include "daemon/journal/record.hpp"
#include "daemon/server/followed.hpp"
#include "tests/server/house.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher;
using namespace usher::server;
using ledger::Code;

namespace {

const ledger::RequirementId of_device{{{"acme"}, {"V16"}}, {ledger::Model::device, "D1"}};
const ledger::RequirementId of_user{{{"acme"}, {"V16"}}, {ledger::Model::user, "ann"}};

ledger::RequirementId with_name(ledger::RequirementId id, const std::string& name)
{
    id.consumer.name = name;
    return id;
}

/// What comes of one fact of another server: what is wrong with it, or nothing.
struct Follower : test::House {
    std::string no_to(const ledger::Fact& fact)
    {
        journal::RecordWriter writer;
        const auto read = read_followed(std::string(writer.write({&fact, 1})), premises);
        if (const auto* refusal = std::get_if<ledger::Refusal>(&read))
            return refusal->detail;
        BOOST_TEST((std::get<std::vector<ledger::Fact>>(read).at(0) == fact));
        return "";
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(followed, Follower)

BOOST_AUTO_TEST_CASE(what_is_required_crosses_a_move_as_it_is)
{
    for (const ledger::Fact& fact : std::initializer_list<ledger::Fact>{
             ledger::ProductForgotten{of_device.product, {"os:root"}},
             ledger::FoundationPut{{.of = of_device, .source = "<scan> ", .seq = 1}, {}},
             ledger::FoundationRemoved{of_device, "scan", {}},
             ledger::PrincipalSet{{"D1"}, {"ann"}, {}}, ledger::PrincipalSet{{"D1"}, {}, {}},
             ledger::ConsolidationSet{{of_device, of_user}, false, {}},
             ledger::ProductConsolidationSet{
                 {of_device.product, {{"acme"}, {"Suite"}}, ledger::Consolidating::suite},
                 false,
                 {}},
             ledger::Covered{{of_device, {}, ledger::PoolId{"L19"}, {"ann"}}},
             ledger::Covered{{of_user, {{{"L19"}, 1}}, {}}}})
        BOOST_TEST(no_to(fact) == "");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_none_does_not_cross)
{
    const std::string bad = "a\x1b[1m";
    const auto is_refused = [&](const ledger::Fact& fact) {
        const std::string no = no_to(fact);
        BOOST_TEST_INFO(no);
        return no.find("control character") != std::string::npos;
    };
    const ledger::RequirementId bad_one = with_name(of_device, bad);
    BOOST_TEST(is_refused(ledger::FoundationPut{{.of = bad_one, .source = "scan", .seq = 1}, {}}));
    BOOST_TEST(is_refused(ledger::FoundationPut{{.of = of_device, .source = bad, .seq = 1}, {}}));
    BOOST_TEST(is_refused(ledger::PrincipalSet{{bad}, {"ann"}, {}}));
    BOOST_TEST(is_refused(ledger::PrincipalSet{{"D1"}, {bad}, {}}));
    BOOST_TEST(is_refused(ledger::ConsolidationSet{{bad_one, of_user}, false, {}}));
    BOOST_TEST(is_refused(ledger::ConsolidationSet{{of_user, bad_one}, false, {}}));
    BOOST_TEST(is_refused(ledger::ProductConsolidationSet{
        {of_device.product, {{"acme"}, {bad}}, ledger::Consolidating::suite}, false, {}}));
    BOOST_TEST(is_refused(ledger::Covered{{bad_one, {}, ledger::PoolId{"L19"}, {"ann"}}}));
    BOOST_TEST(is_refused(ledger::Covered{{of_device, {}, ledger::PoolId{"L19"}, {bad}}}));
    BOOST_TEST(
        no_to(ledger::FoundationPut{{.of = of_device, .source = std::string(65, 's'), .seq = 1},
                                    {}}) == "fact 1: source: longer than 64 bytes");
}

BOOST_AUTO_TEST_SUITE_END()
