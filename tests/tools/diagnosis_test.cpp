#include "tests/tools/picture.hpp"
#include "tools/diagnosis.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace usher;
using namespace usher::tools;
using client::Step;
using State = Finding::State;

namespace {

const std::string address = "usher://licenses.example/?ca=sha256:…";

/// The subjects that are well and the one that is not.
std::string told(const Findings& findings)
{
    std::string text;
    for (const Finding& finding : findings)
        text += (text.empty() ? "" : " ") +
                (finding.state == State::wrong ? "!" + finding.subject : finding.subject);
    return text;
}

Findings stopped_at(Step step)
{
    return findings_of_way(address, client::Failure{.step = step, .text = "no", .cure = "do"});
}

v1::Node node_with(std::vector<std::pair<bool, bool>> found_and_matches)
{
    v1::Node node;
    node.set_need(2);
    for (const auto& [found, matches] : found_and_matches) {
        v1::Node::Identifier& identifier = *node.add_identifiers();
        identifier.set_name("id" + std::to_string(node.identifiers_size()));
        identifier.set_found(found);
        identifier.set_matches(matches);
    }
    return node;
}

} // namespace

BOOST_AUTO_TEST_SUITE(diagnosis)

BOOST_AUTO_TEST_CASE(the_way_is_well_up_to_where_it_stops_and_nothing_is_said_beyond)
{
    BOOST_TEST(told(stopped_at(Step::address)) == "!name");
    BOOST_TEST(told(stopped_at(Step::resolve)) == "name !name");
    BOOST_TEST(told(stopped_at(Step::connect)) == "name name !port");
    BOOST_TEST(told(stopped_at(Step::tls)) == "name name port !TLS");
    BOOST_TEST(told(stopped_at(Step::pin)) == "name name port TLS !TLS");
    BOOST_TEST(told(stopped_at(Step::protocol)) == "name name port TLS TLS !TLS");
}

BOOST_AUTO_TEST_CASE(who_is_turned_away_at_the_greeting_has_come_all_the_way)
{
    BOOST_TEST(told(stopped_at(Step::greeting)) == "name name port TLS TLS TLS");
    BOOST_TEST(told(findings_of_way(address, std::nullopt)) == "name name port TLS TLS TLS");
}

BOOST_AUTO_TEST_CASE(clocks_may_differ_by_a_minute)
{
    using test::noon_us;
    constexpr std::int64_t minute = 60 * test::second_us;

    BOOST_TEST((finding_of_clock(noon_us, noon_us + minute).state == State::good));
    BOOST_TEST((finding_of_clock(noon_us + minute, noon_us).state == State::good));
    const Finding behind = finding_of_clock(noon_us, noon_us + minute + 1);
    BOOST_TEST((behind.state == State::wrong));
    BOOST_TEST(behind.text == "usherd's time is 1m behind this host's");
    const Finding ahead = finding_of_clock(noon_us + 2 * minute, noon_us);
    BOOST_TEST(ahead.text == "usherd's time is 2m ahead of this host's");
    BOOST_TEST(!ahead.cure.empty());
}

BOOST_AUTO_TEST_CASE(a_host_is_well_while_enough_identifiers_agree)
{
    BOOST_TEST(
        is_well(findings_of_identity(node_with({{true, true}, {true, true}, {true, false}}))));
    BOOST_TEST(
        !is_well(findings_of_identity(node_with({{true, true}, {true, false}, {false, false}}))));
    BOOST_TEST(is_well(findings_of_identity(node_with({{true, true}, {true, true}}))));
}

BOOST_AUTO_TEST_CASE(without_a_daemon_it_is_seen_which_identifiers_there_are)
{
    const std::vector<trust::Identifier> one{{"machine_id", "x", ""}, {"root_disk", "", "no udev"}};
    const Findings findings = findings_of_identity(one);

    BOOST_TEST(!is_well(findings));
    BOOST_TEST(findings[1].text == "root_disk is not found: no udev");

    const std::vector<trust::Identifier> two{{"machine_id", "x", ""}, {"root_disk", "y", ""}};
    BOOST_TEST(is_well(findings_of_identity(two)));
}

BOOST_AUTO_TEST_CASE(a_license_that_counts_nothing_says_why_and_what_to_do)
{
    v1::StatusPart picture;
    BOOST_TEST(!is_well(findings_of_entitlement(picture)));

    picture.set_mode("serving");
    v1::StatusPart::License& license = *picture.add_licenses();
    license.set_id("015.120.055.014");
    license.set_product("Client");
    license.set_counts(true);
    BOOST_TEST(is_well(findings_of_entitlement(picture)));

    license.set_counts(false);
    license.set_reason("EXPIRED");
    license.set_to_us(test::noon_us);
    const Finding finding = findings_of_entitlement(picture).front();
    BOOST_TEST((finding.state == State::wrong));
    BOOST_TEST(finding.text ==
               "015.120.055.014 Client counts nothing: EXPIRED since 2030-01-15T12:00:00Z");
    BOOST_TEST(finding.cure == "renew it with the vendor");
}

BOOST_AUTO_TEST_CASE(a_pool_that_is_short_and_maintenance_are_said)
{
    v1::StatusPart picture = test::busy_afternoon();
    picture.add_licenses()->set_counts(true);
    BOOST_TEST(is_well(findings_of_entitlement(picture)));

    picture.set_mode("maintenance");
    BOOST_TEST(is_well(findings_of_entitlement(picture)));
    BOOST_TEST(findings_of_entitlement(picture).back().cure == "usher maintenance off");

    picture.mutable_pools(2)->set_short_(3);
    BOOST_TEST(!is_well(findings_of_entitlement(picture)));
}

BOOST_AUTO_TEST_CASE(a_server_between_two_is_no_broken_one)
{
    v1::StatusPart departed;
    departed.set_mode("departed");
    departed.set_moved_to("usher://b.example/");
    BOOST_TEST(findings_of_entitlement(departed).back().text ==
               "this server has departed, and leads applications to usher://b.example/");
    v1::StatusPart arriving;
    arriving.set_mode("arriving");
    arriving.set_arriving_from("3f2a9c0d1e2f3a4b");
    BOOST_TEST(told(findings_of_entitlement(arriving)) == "entitlement");
    BOOST_TEST(findings_of_entitlement(arriving).back().cure.find("--abandon") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_issuer_is_needed_where_something_is_due_to_it)
{
    const std::string issuer = "usher://issuer.example/?ca=sha256:…";
    const client::Failure away{.step = Step::connect, .text = "no", .cure = "do"};
    v1::StatusPart picture;
    picture.set_at_us(test::noon_us);
    v1::StatusPart::License& license = *picture.add_licenses();
    license.set_id("1");
    license.set_product("Client");
    license.set_issuer(issuer);
    BOOST_TEST(findings_of_issuer(issuer, away, picture).empty());

    license.set_activation_number(1);
    BOOST_TEST(is_well(findings_of_issuer(issuer, away, picture)));
    BOOST_TEST(findings_of_issuer(issuer, std::nullopt, picture).size() == 2U);
    BOOST_TEST(findings_of_issuer("usher://another.example", away, picture).empty());

    license.set_due_us(test::noon_us + 1);
    BOOST_TEST(!is_well(findings_of_issuer(issuer, away, picture)));
    BOOST_TEST(is_well(findings_of_issuer(issuer, std::nullopt, picture)));
    BOOST_TEST(findings_of_issuer(issuer, std::nullopt, picture).front().text ==
               "1 Client is shown to its issuer by 2030-01-15T12:00:00Z");

    license.set_due_us(test::noon_us);
    const Findings late = findings_of_issuer(issuer, std::nullopt, picture);
    BOOST_TEST(told(late) == "!issuer issuer");
    BOOST_TEST(late.front().cure == "usher license check 1");

    license.set_activation_number(0);
    license.set_receipt_number(1);
    BOOST_TEST(findings_of_issuer(issuer, std::nullopt, picture).front().cure ==
               "usher receipt 1 --deliver");
    BOOST_TEST(!is_well(findings_of_issuer(issuer, away, picture)));
    license.set_receipt_delivered(true);
    BOOST_TEST(findings_of_issuer(issuer, away, picture).empty());
}

BOOST_AUTO_TEST_CASE(people_and_programs_are_told_the_same)
{
    const Findings findings{{"clock", State::good, "fine", ""},
                            {"entitlement", State::wrong, "bad\nnews", "renew"}};

    BOOST_TEST(findings_text(findings, false) == "ok     clock        fine\n"
                                                 "wrong  entitlement  bad\\x0anews\n"
                                                 "                    hint: renew\n");
    BOOST_TEST(tools::to_text(findings_json(findings)) ==
               R"({"well":false,"checks":[{"subject":"clock","state":"ok","text":"fine",)"
               R"("cure":null},{"subject":"entitlement","state":"wrong","text":"bad\nnews",)"
               R"("cure":"renew"}]})");
}

BOOST_AUTO_TEST_SUITE_END()
