#include "daemon/ledger/limits.hpp"

#include "daemon/ledger/ledger.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

using namespace usher::ledger;

namespace {

/// A ledger without a clock: these bounds have nothing to do with time.
struct Bounded {
    Ledger ledger;

    Answer ask(const Command& command)
    {
        Verdict verdict = ledger.decide(command, {});
        for (const Fact& fact : verdict.facts)
            ledger.apply(fact, {});
        return std::move(verdict.answer);
    }
    Answer request(std::size_t license)
    {
        return ask(RequestActivation{{"local:root"},
                                     {std::to_string(license)},
                                     {{1}},
                                     NodeLock::machine,
                                     std::make_shared<const std::string>("request")});
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(limits, Bounded)

BOOST_AUTO_TEST_CASE(so_many_licenses_may_have_been_asked_for_and_no_more)
{
    for (std::size_t i = 0; i < activations_max; ++i)
        BOOST_REQUIRE(std::holds_alternative<Handed>(request(i)));
    const Answer no = request(activations_max);
    BOOST_REQUIRE(std::holds_alternative<Refusal>(no));
    BOOST_TEST((std::get<Refusal>(no).code == Code::limit_reached));
    BOOST_TEST(std::get<Refusal>(no).detail == "activations of 4096 licenses are known already");

    BOOST_TEST(std::holds_alternative<Handed>(request(0))); // It is known already.
    BOOST_TEST(std::holds_alternative<Done>(ask(CancelActivation{{"local:root"}, {"0"}})));
    BOOST_TEST(std::holds_alternative<Handed>(request(activations_max)));
}

BOOST_AUTO_TEST_SUITE_END()
