#include "tests/journal/forger.hpp"
#include "tests/journal/little_daemon.hpp"
#include "tools/fault.hpp"
#include "tools/journal_json.hpp"
#include "tools/usher_journal.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <sstream>

/// What `usher journal` says.

using namespace usher;
using namespace usher::journal;
using namespace usher::journal::test;
using tools::journal_export;
using tools::journal_tail;
using tools::journal_verify;
using tools::Json;

namespace {

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

/// The journal of a day, and what a verb prints of it.
struct ADay {
    Scratch scratch;
    std::filesystem::path file = scratch.journal();

    ADay()
    {
        LittleDaemon daemon(file);
        live_a_day(daemon);
        daemon.take_snapshot();
    }

    [[nodiscard]] std::string verified(const std::string& head = {}, bool json = false) const
    {
        std::ostringstream out;
        BOOST_TEST(journal_verify(file, head, json, out) == 0);
        return out.str();
    }
    [[nodiscard]] std::string tail(std::uint64_t turns, bool json) const
    {
        std::ostringstream out;
        BOOST_TEST(journal_tail(file, turns, json, out) == 0);
        return out.str();
    }
    [[nodiscard]] std::string exported() const
    {
        std::ostringstream out;
        BOOST_TEST(journal_export(file, out) == 0);
        return out.str();
    }
    [[nodiscard]] std::string head() const
    {
        return Json::parse(verified({}, true)).at("head").get<std::string>();
    }
};

/// The fault of this floor that `act` throws.
template <class Act>
tools::Fault fault_from(const Act& act)
{
    try {
        act();
    } catch (const tools::Fault& fault) {
        return fault;
    }
    throw std::logic_error("no fault");
}

} // namespace

BOOST_AUTO_TEST_SUITE(verbs)

BOOST_AUTO_TEST_CASE(verify_prints_the_head_that_it_takes)
{
    const ADay day;
    const std::string head = day.head();
    const auto lines = lines_of(day.verified());
    BOOST_TEST(lines.at(0).starts_with("the journal is whole: "));
    BOOST_TEST(lines.back() == "head: " + head);
    BOOST_TEST(day.verified(head).find("it reaches the head that was given\n") !=
               std::string::npos);
    BOOST_TEST(day.verified().find("the head that was given") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(verify_says_what_is_wrong_and_what_to_do)
{
    const ADay day;
    const std::string head = day.head();
    Forger(day.file).run("DELETE FROM turn WHERE number = 4");
    const auto fault = fault_from([&] { static_cast<void>(day.verified()); });
    BOOST_TEST(fault.what() == "turn 4 is missing in " + day.file.string());
    BOOST_TEST(fault.hints().size() == 1U);
    BOOST_TEST(fault.exit_code() == 1);
}

BOOST_AUTO_TEST_CASE(verify_with_another_journals_head_is_a_fault)
{
    const ADay day;
    std::string head = day.head();
    head.back() = head.back() == '0' ? '1' : '0';
    const auto fault = fault_from([&] { static_cast<void>(day.verified(head)); });
    BOOST_TEST(std::string(fault.what()).ends_with("this is another journal"));
}

BOOST_AUTO_TEST_CASE(a_head_that_is_none_is_a_mistake_in_what_was_typed)
{
    const ADay day;
    const auto fault = fault_from([&] { static_cast<void>(day.verified("latest")); });
    BOOST_TEST(fault.what() == std::string("this is not a head: latest"));
    BOOST_TEST(fault.exit_code() == 2);
}

BOOST_AUTO_TEST_CASE(verify_speaks_to_programs)
{
    const ADay day;
    const Json json = Json::parse(day.verified({}, true));
    const auto turns = json.at("turns").get<std::uint64_t>();
    BOOST_TEST(json.at("head").get<std::string>().starts_with(std::to_string(turns) + ":"));
    BOOST_TEST(json.at("snapshot") == turns);
    BOOST_TEST(json.at("reaches_remembered") == true);
    BOOST_TEST(json.at("first").get<std::string>().ends_with("Z"));
}

BOOST_AUTO_TEST_CASE(tail_shows_the_last_turns_and_no_more)
{
    const ADay day;
    const auto last = Json::parse(day.verified({}, true)).at("turns").get<std::uint64_t>();
    const auto lines = lines_of(day.tail(2, true));
    BOOST_REQUIRE(lines.size() == 2U);
    BOOST_TEST(Json::parse(lines[0]).at("turn") == last - 1);
    BOOST_TEST(Json::parse(lines[1]).at("turn") == last);
    BOOST_TEST(lines_of(day.tail(1'000'000, true)).size() == last);
    BOOST_TEST(day.tail(0, true).empty());
}

BOOST_AUTO_TEST_CASE(tail_says_what_happened_in_a_line_a_fact)
{
    const ADay day;
    const auto lines = lines_of(day.tail(1, false));
    BOOST_REQUIRE(lines.size() == 2U);
    BOOST_TEST(lines[0].starts_with("turn "));
    BOOST_TEST(lines[1] == "    credential_revoked name=office by=local:root");
}

BOOST_AUTO_TEST_CASE(export_tells_every_turn_once_and_in_order)
{
    const ADay day;
    std::uint64_t number = 0;
    for (const std::string& line : lines_of(day.exported())) {
        const Json json = Json::parse(line);
        BOOST_TEST(json.at("turn") == ++number);
        BOOST_TEST(!json.at("facts").empty());
    }
    BOOST_TEST(number == Json::parse(day.verified({}, true)).at("turns"));
}

BOOST_AUTO_TEST_CASE(no_secret_is_shown)
{
    Scratch scratch;
    ledger::Checkout command = checkout(1, "Server");
    for (std::size_t i = 0; i < command.id.bytes.size(); ++i)
        command.id.bytes[i] = static_cast<std::uint8_t>('A' + i);
    {
        LittleDaemon daemon(scratch.journal());
        live_a_day(daemon);
        daemon.ask(ledger::SetMode{{"local:root"}, ledger::Mode::maintenance});
        daemon.ask(ledger::SetUsers{{"local:root"}, {"1"}, std::nullopt});
        daemon.ask(ledger::SetMode{{"local:root"}, ledger::Mode::serving});
        daemon.ask(command);
        daemon.ask(ledger::Checkin{command.asker, command.id});
    }
    std::ostringstream out;
    journal_export(scratch.journal(), out);
    journal_tail(scratch.journal(), 1'000, false, out);
    const std::string all = out.str();
    BOOST_REQUIRE(all.find("lease_granted") != std::string::npos);
    for (const std::string secret :
         {"ABCDEFGHIJKLMNOP", "4142434445464748494a4b4c4d4e4f50", "abababababab", "signed 1"})
        BOOST_TEST(all.find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_lease_that_ended_has_the_tag_that_the_daemon_gives_it)
{
    // SHA-256 of 16 zero bytes begins so.
    const Turn turn{1, day(1), {ledger::LeaseEnded{}}};
    BOOST_TEST(tools::turn_json(turn).at("facts")[0].at("lease") == "374708fff7719dd5");
}

BOOST_AUTO_TEST_CASE(a_turn_says_what_becomes_of_pools_and_of_whom_they_are)
{
    const std::string text = tools::turn_text(
        {1,
         day(1),
         {ledger::PartySet{{.id = {"ada"}, .company = {"acme"}, .source = ledger::Source::personal},
                           {"cert:anna"}},
          ledger::PoolOpened{{.id = {"Editor/ada"},
                              .parent = ledger::PoolId{"Editor"},
                              .product = {{"soft"}, {"Editor"}},
                              .allow = {},
                              .scheme = "companies",
                              .owner = {"ada"}}},
          ledger::PoolRenamed{{"key-1"}, {"key-1~2"}}}});
    const std::vector<std::string> lines = lines_of(text);
    BOOST_TEST(lines.at(1) == "    party_set party=ada kind=user company=acme source=personal "
                              "by=cert:anna");
    BOOST_TEST(lines.at(2) == "    pool_opened pool=Editor/ada parent=Editor product=Editor "
                              "vendor=soft metric=lease scheme=companies owner=ada");
    BOOST_TEST(lines.at(3) == "    pool_renamed from=key-1 to=key-1~2");
}

BOOST_AUTO_TEST_CASE(a_turn_says_what_is_required_and_what_covers_it)
{
    const ledger::ProductId editor{{"soft"}, {"Editor 16"}};
    const ledger::RequirementId device{editor, {ledger::Model::device, "D1"}};
    const ledger::RequirementId ann{editor, {ledger::Model::user, "ann"}};
    const Turn turn{1,
                    day(1),
                    {ledger::FoundationPut{{.of = device, .source = "inventory", .seq = 7}, {}},
                     ledger::PrincipalSet{{"D3"}, {}, {"cert:anna"}},
                     ledger::ConsolidationSet{{device, ann}, true, {}},
                     ledger::Covered{{device, {}, ledger::PoolId{"L19"}, {"ann"}}},
                     ledger::Covered{{ann, {{{"DEV"}, 1}, {{"L 19"}, 2}}, {}}}}};
    const std::vector<std::string> lines = lines_of(tools::turn_text(turn));
    BOOST_TEST(lines.at(1) == "    foundation_put product=\"Editor 16\" vendor=soft device=D1 "
                              "source=inventory model=device number=1 confirmed=true place=7");
    BOOST_TEST(lines.at(2) == "    principal_set device=D3 nobody=true by=cert:anna");
    BOOST_TEST(lines.at(3) == "    consolidation_ended product=\"Editor 16\" vendor=soft device=D1 "
                              "behind=\"Editor 16/user:ann\" kind=manual");
    BOOST_TEST(lines.at(4) == "    covered product=\"Editor 16\" vendor=soft device=D1 grants= "
                              "trigger=L19 into=ann");
    BOOST_TEST(lines.at(5) == "    covered product=\"Editor 16\" vendor=soft user=ann "
                              "grants=DEV:1,\"L 19\":2");
    const tools::Json told = tools::turn_json(turn).at("facts")[4].at("grants")[1];
    BOOST_TEST(told.at("pool") == "L 19");
    BOOST_TEST(told.at("units") == 2);
}

BOOST_AUTO_TEST_CASE(every_lasting_fact_can_be_told_and_has_a_word_of_its_own)
{
    const std::uint64_t seed = any_seed();
    BOOST_TEST_INFO_SCOPE("USHER_SEED=" << seed);
    AnyFact any(seed);
    std::set<std::string> words;
    std::size_t lasting = 0;
    for (std::size_t kind = 0; kind < std::variant_size_v<ledger::Fact>; ++kind) {
        const ledger::Fact fact = any.of_kind(kind);
        if (!ledger::is_lasting(fact))
            continue;
        ++lasting;
        const Turn turn{1, day(1), {fact}};
        words.insert(tools::turn_json(turn).at("facts")[0].at("fact").get<std::string>());
        const std::string text = tools::turn_text(turn);
        BOOST_TEST(lines_of(text).size() == 2U);
        BOOST_TEST(text.find('\x1b') == std::string::npos);
        BOOST_TEST(lines_of(tools::to_text(tools::turn_json(turn))).size() == 1U);
    }
    BOOST_TEST(words.size() == lasting);
}

BOOST_AUTO_TEST_CASE(a_name_cannot_pass_for_another_value)
{
    ledger::ProfileUsed used{{"Server"}, {"eve\" device=gate by=root"}, {"a,b"}, day(1)};
    const std::string text = tools::turn_text({1, day(1), {used}});
    BOOST_TEST(lines_of(text)[1] == "    profile_used profile=Server "
                                    "user=\"eve\\\" device=gate by=root\" device=\"a,b\" "
                                    "last=2024-10-05T00:00:00Z");
}

BOOST_AUTO_TEST_SUITE_END()
