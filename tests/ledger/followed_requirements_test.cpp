#include "tests/ledger/arriving.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher::ledger;
using namespace usher::ledger::test;

namespace {

const ProductId v16{{"acme"}, {"v16"}};

RequirementId device(const std::string& name)
{
    return {v16, {Model::device, name}};
}

FoundationPut needs(const std::string& name, std::uint64_t seq)
{
    return {{.of = device(name), .source = "scan", .seq = seq}, {}};
}

Covered covered(const std::string& name, std::vector<Grant> grants,
                std::optional<PoolId> trigger = {}, const UserName& into = {})
{
    return {{device(name), std::move(grants), std::move(trigger), into}};
}

/// A root whose license covers requirements.
Pool on_paper(const std::string& id)
{
    Pool root = pool(id);
    root.metric = Metric::user;
    root.scheme = "requirements";
    return root;
}

} // namespace

BOOST_AUTO_TEST_SUITE(followed_requirements)

BOOST_FIXTURE_TEST_CASE(no_two_foundations_stand_in_one_place, Arriving)
{
    accepted({needs("D1", 1), needs("D2", 3)});
    BOOST_TEST(refused({needs("D3", 2)}).detail ==
               "fact 1: a foundation stands in its place already");
    BOOST_TEST(refused({needs("D1", 4)}).detail == "fact 1: the foundation gets another place");
    accepted({needs("D1", 1)}); // Other words of the same one.
    BOOST_TEST(refused({needs("D3", ~std::uint64_t(0))}).detail ==
               "fact 1: its place is out of range");
    FoundationPut nothing = needs("D3", 5);
    nothing.foundation.number = 0;
    BOOST_TEST(refused({nothing}).detail == "fact 1: its number is out of range");
    std::vector<Fact> many;
    for (std::uint64_t i = 0; i <= 100; ++i)
        many.push_back(FoundationPut{
            {.of = device("D4"), .source = "scan" + std::to_string(i), .seq = 10 + i}, {}});
    BOOST_TEST(refused(many).detail == "fact 101: no requirement has so many foundations");
    BOOST_TEST(refused({FoundationRemoved{device("D3"), "scan", {}}}).detail ==
               "fact 1: there is no such foundation");
    accepted({FoundationRemoved{device("D1"), "scan", {}}});
    BOOST_TEST(refused({FoundationRemoved{device("D1"), "scan", {}}}).detail ==
               "fact 1: there is no such foundation");
}

BOOST_FIXTURE_TEST_CASE(what_ends_has_been, Arriving)
{
    const Consolidation by_hand{device("D1"), device("D2"), Consolidating::manual};
    const ProductConsolidation by_product{v16, {{"acme"}, {"v19"}}, Consolidating::suite};
    BOOST_TEST(refused({ConsolidationSet{by_hand, true, {}}}).detail ==
               "fact 1: there is no such consolidation");
    BOOST_TEST(refused({ProductConsolidationSet{by_product, true, {}}}).detail ==
               "fact 1: there is no such consolidation");
    accepted({ConsolidationSet{by_hand, false, {}}, ConsolidationSet{by_hand, true, {}},
              ProductConsolidationSet{by_product, false, {}}});
    accepted({ProductConsolidationSet{by_product, true, {}}});
    accepted({PrincipalSet{{"D1"}, {"ann"}, {}}, PrincipalSet{{"D1"}, {}, {}},
              PrincipalSet{{"D1"}, {}, {}}});
}

BOOST_FIXTURE_TEST_CASE(only_a_license_on_paper_covers_and_it_does_nothing_else, Arriving)
{
    accepted({needs("D1", 1), PoolOpened{pool("lent")}, PoolOpened{on_paper("L")}});
    const std::string none = "fact 1: there is no such license that covers requirements";
    BOOST_TEST(refused({covered("D1", {{{"lent"}, 1}})}).detail == none);
    BOOST_TEST(refused({covered("D1", {{{"nowhere"}, 1}})}).detail == none);
    BOOST_TEST(refused({covered("D1", {}, PoolId{"lent"}, {"ann"})}).detail == none);
    BOOST_TEST(refused({covered("D1", {{{"L"}, 0}})}).detail ==
               "fact 1: so many rights cover nothing");
    BOOST_TEST(refused({covered("D1", {{{"L"}, 1}, {{"L"}, 1}})}).detail ==
               "fact 1: a license covers it twice");
    BOOST_TEST(refused({covered("D1", {}, PoolId{"L"})}).detail ==
               "fact 1: what is changed stands behind a user, and nothing else does");
    BOOST_TEST(refused({covered("D1", {}, {}, {"ann"})}).detail ==
               "fact 1: what is changed stands behind a user, and nothing else does");
    accepted({covered("D1", {}, PoolId{"L"}, {"ann"})});
    BOOST_TEST(refused({LeaseGranted{lease("a", "L")}}).detail ==
               "fact 1: a license that covers requirements lends nothing");
    BOOST_TEST(refused({queued("b", "L", 1)}).detail ==
               "fact 1: a license that covers requirements lends nothing");
    Pool below = on_paper("C");
    below.parent = {"L"};
    BOOST_TEST(refused({PoolOpened{below}}).detail ==
               "fact 1: what covers requirements has no pools under it");
    Scheme lends = preset_schemes().back();
    lends.use = Use::served;
    lends.changes_models = false;
    BOOST_TEST(refused({SchemeSet{lends, false}}).detail == "fact 1: its pools are used otherwise");
    accepted({PoolRemoved{{"L"}}}); // With all that it covered.
}

BOOST_AUTO_TEST_SUITE_END()
