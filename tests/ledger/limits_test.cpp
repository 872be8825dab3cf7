#include "daemon/ledger/limits.hpp"

#include "daemon/ledger/ledger.hpp"
#include "tests/ledger/ferry.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

using namespace usher::ledger;
using namespace usher::ledger::test;

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

/// Without anything a server does not move.
Fact something()
{
    return PoolOpened{{.id = {"L"}, .parent = {}, .product = {{"acme"}, {"0"}}, .allow = {}}};
}

/// Something that crosses and costs nothing.
Fact news(std::size_t number)
{
    return ProductDefined{{{{"acme"}, {std::to_string(number % 1000)}}, {}}};
}

std::string no_of(const Answer& answer)
{
    const auto* refusal = std::get_if<Refusal>(&answer);
    return refusal ? std::string(word(refusal->code)) : "";
}

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

BOOST_AUTO_TEST_CASE(a_part_of_a_stream_has_so_many_facts_and_no_more)
{
    ledger.apply(something(), {});
    for (std::size_t i = 1; i < part_facts_max; ++i)
        ledger.apply(news(i), {});
    ask(begin_move("s", "B"));
    const auto whole = std::get<StreamPart>(ask(ReadStream{stream_id("s"), 0}));
    BOOST_TEST(whole.facts.size() == part_facts_max);
    BOOST_TEST(!whole.has_more);
    for (std::size_t i = 0; i <= part_facts_max; ++i)
        ledger.apply(news(i), {});
    const auto part = std::get<StreamPart>(ask(ReadStream{stream_id("s"), part_facts_max}));
    BOOST_TEST(part.facts.size() == part_facts_max);
    BOOST_TEST(part.has_more);
}

BOOST_AUTO_TEST_CASE(so_many_news_may_be_unread_and_no_more)
{
    ledger.apply(something(), {});
    ask(begin_move("s", "B"));
    for (std::size_t i = 0; i < news_max; ++i)
        ledger.apply(news(i), {});
    BOOST_TEST(std::holds_alternative<StreamPart>(ask(ReadStream{stream_id("s"), 2})));
    ledger.apply(news(0), {}); // One was read, and makes room.
    BOOST_TEST(std::holds_alternative<StreamPart>(ask(ReadStream{stream_id("s"), 2})));
    ledger.apply(news(0), {});
    BOOST_TEST(no_of(ask(ReadStream{stream_id("s"), 2})) == "DOCUMENT_USED");
}

BOOST_AUTO_TEST_CASE(a_departure_remembers_its_first_stream_and_the_newest)
{
    ledger.apply(something(), {});
    ask(begin_move("first", "B"));
    ask(Depart{{"local:root"}, stream_id("first"), {}});
    const auto confirm = [&](const std::string& stream) {
        return ask(ConfirmDeparture{{"local:root"}, node_key("B"), stream_id(stream)});
    };
    for (std::size_t i = 1; i <= departure_streams_max; ++i)
        ask(begin_move(std::to_string(i), "B"));
    BOOST_TEST(no_of(confirm("1")) == "DOCUMENT_INVALID");
    BOOST_TEST(no_of(confirm("2")) == "");
    BOOST_TEST(no_of(confirm("first")) == "");
    BOOST_TEST(no_of(confirm(std::to_string(departure_streams_max))) == "");
}

BOOST_AUTO_TEST_SUITE_END()
