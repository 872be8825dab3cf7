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

/// A pool under the root `Keys`, or that root.
Fact opened(const std::string& id, bool is_root = false)
{
    Pool pool{
        .id = {id}, .parent = {}, .product = {{"acme"}, {"Keys"}}, .allow = {}, .scheme = "keys"};
    if (!is_root)
        pool.parent = PoolId{"Keys"};
    return PoolOpened{std::move(pool)};
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

BOOST_AUTO_TEST_CASE(so_many_pools_may_be_there_and_no_more)
{
    const auto open = [&](const char* pool) {
        return ask(OpenPool{{"local:root"}, {pool}, {"Keys"}, {}});
    };
    ledger.apply(opened("Keys", true), {});
    for (std::size_t i = 2; i < pools_max; ++i)
        ledger.apply(opened(std::to_string(i)), {});
    BOOST_TEST(no_of(open("last")) == "");
    const Answer no = open("another");
    BOOST_TEST(no_of(no) == "LIMIT_REACHED");
    BOOST_TEST(std::get<Refusal>(no).detail == "1000000 pools are there already");

    ask(ClosePool{{"local:root"}, {"last"}, Closing::release});
    BOOST_TEST(no_of(open("another")) == "LIMIT_REACHED"); // Closed ones count too.
}

/// One place is kept, for the default company that a first user brings along.
BOOST_AUTO_TEST_CASE(so_many_parties_may_be_there_and_no_more)
{
    const auto add = [&](const char* name, Party::Kind kind) {
        return ask(AddParty{{"local:root"}, {.id = {name}, .kind = kind}});
    };
    for (std::size_t i = 2; i < parties_max; ++i)
        ledger.apply(PartySet{{.id = {std::to_string(i)}, .kind = Party::Kind::company}, {}}, {});
    BOOST_TEST(no_of(add("minnie", Party::Kind::user)) == "");
    const Answer no = add("acme", Party::Kind::company);
    BOOST_TEST(no_of(no) == "LIMIT_REACHED");
    BOOST_TEST(std::get<Refusal>(no).detail == "1000000 parties are there already");

    ask(RemoveParty{{"local:root"}, {"minnie"}});
    ask(RemoveParty{{"local:root"}, {"default"}});
    BOOST_TEST(no_of(add("acme", Party::Kind::company)) == "");
}

BOOST_AUTO_TEST_CASE(so_many_pools_may_be_watched_and_no_more)
{
    const auto watch = [&](std::uint64_t connection) {
        return ask(AskState{{{"key:app"}, {connection}}, {}, {"Keys"}, {}, true});
    };
    ledger.apply(opened("Keys", true), {});
    for (std::uint64_t i = 1; i < watches_max; ++i)
        ledger.apply(StateWatched{{i}, {}, {"Keys"}}, {});
    BOOST_TEST(no_of(watch(watches_max)) == "");
    const Answer no = watch(watches_max + 1);
    BOOST_TEST(no_of(no) == "LIMIT_REACHED");
    BOOST_TEST(std::get<Refusal>(no).detail == "100000 pools are watched already");

    BOOST_TEST(no_of(watch(1)) == ""); // Who watches it already asks for nothing more.
    ask(LoseConnection{{1}, {}});
    BOOST_TEST(no_of(watch(watches_max + 1)) == "");
}

BOOST_AUTO_TEST_CASE(so_many_rows_of_tables_are_kept_and_no_more)
{
    const auto keep = [&](std::uint64_t connection, std::size_t first, std::size_t count) {
        SetPrincipals part{.by = {"local:root"}, .rows = {}, .part = {{connection}, true}};
        for (std::size_t i = first; i < first + count; ++i)
            part.rows.push_back({{"d" + std::to_string(i)}, {"ann"}});
        return ask(part);
    };
    const auto put = [&](std::uint64_t connection) {
        return ask(SetPrincipals{.by = {"local:root"}, .rows = {}, .part = {{connection}, false}});
    };
    for (std::size_t i = 0; i < kept_rows_max; i += rows_max)
        BOOST_REQUIRE(no_of(keep(1 + i / (kept_rows_max / 2), i, rows_max)) == "");
    const Answer no = keep(3, kept_rows_max, 1);
    BOOST_TEST(no_of(no) == "LIMIT_REACHED");
    BOOST_TEST(std::get<Refusal>(no).detail ==
               "rows of tables that are not put yet would be 300001, and may be 300000, those of "
               "all connections together");
    BOOST_TEST(no_of(put(3)) == "BAD_REQUEST"); // Nothing of it is kept.

    ask(LoseConnection{{1}, {}});
    BOOST_TEST(no_of(keep(3, kept_rows_max, 1)) == "");
    BOOST_TEST(no_of(put(1)) == "BAD_REQUEST"); // Gone with its connection.
    BOOST_TEST(ledger.facts().empty());
    BOOST_TEST(no_of(put(2)) == "");
    BOOST_TEST(ledger.facts().size() == kept_rows_max / 2);
    BOOST_TEST(no_of(put(2)) == "BAD_REQUEST"); // Once.
}

BOOST_AUTO_TEST_CASE(a_table_is_put_whole_and_of_one_kind)
{
    const auto rows = [](bool more, std::vector<SetPrincipals::Row> all) {
        return SetPrincipals{.by = {"local:root"}, .rows = std::move(all), .part = {{1}, more}};
    };
    BOOST_TEST(no_of(ask(rows(true, {{{"d1"}, {"ann"}}}))) == "");
    BOOST_TEST(no_of(ask(rows(true, {{{"d2"}, {"ann"}}, {{"d2"}, {"bob"}}}))) == "BAD_REQUEST");
    BOOST_TEST(no_of(ask(PutFoundations{
                   .by = {"local:root"}, .rows = {{}}, .part = {{1}, true}})) == "BAD_REQUEST");
    const Answer no = ask(rows(false, {{{"d2"}, {"ann"}}, {{"d1"}, {"bob"}}}));
    BOOST_TEST(no_of(no) == "BAD_REQUEST"); // The third of its rows: the first is kept.
    BOOST_TEST((std::get<Refusal>(no).row == 3));
    BOOST_TEST(ledger.facts().empty());
    SetPrincipals dry = rows(false, {});
    dry.dry_run = true;
    const Answer said = ask(dry);
    BOOST_TEST(no_of(said) == "");
    BOOST_TEST(std::get<Done>(said).changes.at(0) == "1 principal user set");
    BOOST_TEST(ledger.facts().empty());
    BOOST_TEST(no_of(ask(rows(false, {}))) == "BAD_REQUEST"); // That was its end.
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
