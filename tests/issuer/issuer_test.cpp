#include "tests/issuer/office.hpp"

#include <fstream>
#include <iterator>

using namespace usher;
using namespace usher::issuer;
using namespace usher::issuer::test;

BOOST_FIXTURE_TEST_SUITE(issuer_desk, Office)

BOOST_AUTO_TEST_CASE(what_is_no_document_for_an_issuer_is_refused_by_its_name)
{
    const auto said_of = [&](const std::string& text) { return refused(text, day(0)).detail; };
    BOOST_TEST(said_of("") == "it is no document of Usher");
    BOOST_TEST(said_of("GET / HTTP/1.1") == "it is no document of Usher");
    BOOST_TEST(said_of(node("A").text()) == "an issuer has no use for a usher-node");
    std::string changed = request("A", day(0));
    changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
    BOOST_TEST((refused(changed, day(0)).code == Code::document_invalid));
}

BOOST_AUTO_TEST_CASE(an_activation_carries_the_terms_that_were_sold)
{
    sold.check = {.every_days = 30, .grace_days = 7};
    code = issuer.sell(sold, day(0), "local:vera");
    const std::string uri = "usher://issuer.example:4751/?ca=sha256:" + std::string(64, 'a');
    record->decide([&] { record->put_address(uri); });
    const Activation given = activate("A", day(0));
    BOOST_TEST((given.check == sold.check));
    BOOST_TEST(given.issuer == uri);
}

BOOST_AUTO_TEST_CASE(a_decision_outlives_the_issuer)
{
    const std::string asked = request("A", day(0));
    const std::string answer = answered(asked, day(0));
    record = nullptr;
    record = std::make_unique<Record>(scratch.path() / "vendor");
    Issuer next(vendor, *record);
    BOOST_TEST(std::get<std::string>(next.answer(asked, day(1), "online")) == answer);
    BOOST_TEST((std::get<Refusal>(next.answer(request("B", day(1)), day(1), "online")).code ==
                Code::already_active));
}

BOOST_AUTO_TEST_CASE(two_issuers_on_one_record_see_each_other)
{
    Record other(scratch.path() / "vendor");
    Issuer beside(vendor, other);
    activate("A", day(0));
    const auto answer = beside.answer(request("B", day(0)), day(0), "local:vera");
    BOOST_TEST(std::get<Refusal>(answer).host == "A");
}

BOOST_AUTO_TEST_CASE(the_audit_says_who_did_what_and_where)
{
    activate("A", day(0));
    refuse("B", day(1));
    refuse("B", day(1)); // Said once.
    deactivate("A", 1, day(2));
    (void)issuer.release(number, day(3), "local:vera");
    const auto lines = audit();
    BOOST_REQUIRE(lines.size() == 4U);
    BOOST_TEST(lines[0].what == "sold");
    BOOST_TEST(lines[0].who == "local:vera");
    BOOST_TEST(lines[1].what == "activated");
    BOOST_TEST(lines[1].who == "online");
    BOOST_TEST(lines[1].number == 1U);
    BOOST_TEST(lines[1].host.starts_with("A ("));
    BOOST_TEST(lines[2].what == "refused ALREADY_ACTIVE");
    BOOST_TEST(lines[2].host.starts_with("B ("));
    BOOST_TEST(lines[3].what == "receipt received");
    BOOST_TEST((lines[3].at == day(2)));
}

BOOST_AUTO_TEST_CASE(guesses_leave_no_trace_and_codes_none_either)
{
    for (int guess = 0; guess < 3; ++guess)
        refuse("A", day(0), "machine", trust::new_activation_code(number));
    BOOST_TEST(audit().size() == 1U);
    activate("A", day(0));
    const std::string week = std::get<std::string>(issuer.emergency(number, day(1), "local:vera"));
    record = nullptr;
    for (const std::string& one : {code, week}) {
        std::string plain = one.substr(one.find('/') + 1);
        const auto opened = trust::activation_code_from(one);
        const auto& seed = std::get<ActivationCode>(opened).key.seed();
        const std::string bytes(seed.begin(), seed.end());
        for (const auto& entry : std::filesystem::directory_iterator(scratch.path() / "vendor")) {
            std::ifstream stream(entry.path(), std::ios::binary);
            const std::string all{std::istreambuf_iterator<char>(stream), {}};
            BOOST_TEST(all.find(plain) == std::string::npos, entry.path());
            BOOST_TEST(all.find(bytes) == std::string::npos, entry.path());
        }
    }
    record = std::make_unique<Record>(scratch.path() / "vendor");
}

BOOST_AUTO_TEST_CASE(strangers_with_keys_of_their_own_write_nothing)
{
    activate("A", day(0));
    const std::size_t before = audit().size();
    for (const char* host : {"B", "C", "D"}) {
        refused(receipt(host, 1, day(1)), day(1));
        refused(showing(host, 1, day(1)), day(1));
        refused(transfer_request(host, 1, "E", day(1)), day(1));
    }
    BOOST_TEST(audit().size() == before);
}

BOOST_AUTO_TEST_CASE(hosts_that_ask_in_turn_are_written_once_a_day_each)
{
    activate("A", day(0));
    const std::size_t before = audit().size();
    for (int minute = 0; minute < 10; ++minute)
        for (const char* host : {"B", "C"})
            refuse(host, day(1, 60s * minute));
    BOOST_TEST(audit().size() == before + 2);
    refuse("B", day(2, 601s));
    BOOST_TEST(audit().size() == before + 3);
}

BOOST_AUTO_TEST_CASE(when_a_host_was_seen_is_written_once_an_hour)
{
    activate("A", day(0));
    const auto seen = [&] {
        std::optional<Instant> at;
        record->look([&] { at = record->account(number, {})->grant(1)->seen; });
        return at;
    };
    BOOST_TEST(!seen().has_value());
    answered(showing("A", 1, day(1)), day(1));
    BOOST_TEST((seen() == day(1)));
    answered(showing("A", 1, day(1)), day(1, 59min));
    BOOST_TEST((seen() == day(1)));
    answered(showing("A", 1, day(1)), day(1, 60min));
    BOOST_TEST((seen() == day(1, 60min)));
}

BOOST_AUTO_TEST_SUITE_END()
