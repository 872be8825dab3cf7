#include "daemon/server/translate_pools.hpp"

#include "protocol/frame.hpp"
#include "protocol/limits.hpp"
#include "tests/server/house.hpp"

#include <boost/test/unit_test.hpp>
#include <google/protobuf/text_format.h>
#include <string>

using namespace usher;
using namespace usher::server;
using ledger::Code;

namespace {

v1::Request written(const std::string& text)
{
    v1::Request request;
    BOOST_REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &request));
    request.set_id(7);
    return request;
}

struct Asking : test::House {
    Caller admin{{5}, {"local:root"}, ledger::Role::admin};

    Translation ask(const v1::Request& request) { return translate(request, admin, premises); }

    ledger::Refusal refusal(const v1::Request& request)
    {
        const Translation translation = ask(request);
        const auto* no = std::get_if<ledger::Refusal>(&translation);
        BOOST_REQUIRE_MESSAGE(no != nullptr, request.ShortDebugString());
        return *no;
    }
    ledger::Refusal refusal(const std::string& text) { return refusal(written(text)); }

    template <class Command>
    Command command(const v1::Request& request)
    {
        const Translation translation = ask(request);
        if (const auto* no = std::get_if<ledger::Refusal>(&translation))
            BOOST_FAIL(sentence(*no));
        return std::get<Command>(std::get<Asked>(translation).command);
    }
    template <class Command>
    Command command(const std::string& text)
    {
        return command<Command>(written(text));
    }
};

/// A registration of so many devices with names of so many bytes.
v1::Request registration(std::size_t rows, std::size_t name_bytes)
{
    v1::Request request = written(R"(register { pool: "K1" user: "daisy" })");
    for (std::size_t i = 0; i < rows; ++i) {
        v1::Register::Row& row = *request.mutable_register_()->add_rows();
        std::string number = std::to_string(1'000'000 + i);
        row.set_lease(number + "........." /* Sixteen bytes. */);
        row.set_device(std::string(name_bytes - number.size(), 'd') + number);
    }
    return request;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(translate_pools, Asking)

BOOST_AUTO_TEST_CASE(a_word_that_nobody_knows_is_refused_with_those_there_are)
{
    BOOST_TEST(refusal(R"(operate { pool_close { pool: "K1" leases: "drop" } })").detail ==
               "leases: not one of keep, release");
    BOOST_TEST(refusal(R"(operate { party_add { party: "p" kind: "group" } })").detail ==
               "kind: not one of company, user, instance");
    const std::string sources = "source: not one of root, pool, personal, delegate";
    BOOST_TEST(refusal(R"(operate { party_add { party: "p" kind: "user" source: "x" } })").detail ==
               sources);
    BOOST_TEST(
        refusal(R"(operate { party_rebind { party: "p" target: "t" source: "x" } })").detail ==
        sources);
    BOOST_TEST(refusal(R"(operate { party_source { party: "p" } })").detail == sources);
}

BOOST_AUTO_TEST_CASE(a_word_that_is_missing_leaves_it_to_the_scheme_or_stays_as_it_was)
{
    BOOST_TEST(!command<ledger::ClosePool>(R"(operate { pool_close { pool: "K1" } })").leases);
    BOOST_TEST(
        (command<ledger::ClosePool>(R"(operate { pool_close { pool: "K1" leases: "release" } })")
             .leases == ledger::Closing::release));
    BOOST_TEST(
        !command<ledger::Rebind>(R"(operate { party_rebind { party: "p" target: "t" } })").source);
}

BOOST_AUTO_TEST_CASE(only_a_user_has_a_company_and_only_an_instance_a_pool)
{
    const auto instance = command<ledger::AddParty>(
        R"(operate { party_add { party: "i" kind: "instance" pool: "K1" } })");
    BOOST_TEST((instance.party.source == ledger::Source::pool));
    BOOST_TEST(instance.party.pool.text == "K1");
    BOOST_TEST(refusal(R"(operate { party_add { party: "i" kind: "instance" } })").subject ==
               "pool");
    BOOST_TEST(refusal(R"(operate { party_add { party: "u" kind: "user" pool: "K1" } })").detail ==
               "pool: only an instance names one");
    BOOST_TEST(
        refusal(R"(operate { party_add { party: "c" kind: "company" company: "d" } })").detail ==
        "company: only a user is of one");
}

BOOST_AUTO_TEST_CASE(who_names_a_profile_and_a_pool_is_asked_which)
{
    const std::string both = "pool: stands instead of a profile, and both are given";
    BOOST_TEST(refusal(R"(state_ask { profile: "a" pool: "b" })").detail == both);
    BOOST_TEST(refusal(R"(register { profile: "a" pool: "b" })").detail == both);
    BOOST_TEST(refusal(R"(checkout { lease: "LLLLLLLLLLLLLLLL" profile: "a" pool: "b" units: 1
                                     user: "u" device: "d" })")
                   .detail == both);
}

BOOST_AUTO_TEST_CASE(a_registration_has_its_rows_with_their_users_and_units)
{
    const auto command = this->command<ledger::Register>(
        R"(register { pool: "K1" party: "i" user: "daisy"
                      rows { lease: "LLLLLLLLLLLLLLLL" device: "one" }
                      rows { lease: "MMMMMMMMMMMMMMMM" device: "two" user: "hugo" units: 3 } })");
    BOOST_REQUIRE(command.rows.size() == 2U);
    BOOST_TEST(command.rows[0].user.text == "daisy");
    BOOST_TEST(command.rows[0].units == 1);
    BOOST_TEST(command.rows[0].tag.bits == 0x13f85b8bf208b7e7U); // As of a checkout.
    BOOST_TEST(command.rows[1].user.text == "hugo");
    BOOST_TEST(command.rows[1].units == 3);
    BOOST_TEST(command.asker.connection.number == 5U);
}

BOOST_AUTO_TEST_CASE(a_bad_row_is_named_by_its_number_and_its_field)
{
    v1::Request request = registration(10, 20);
    request.mutable_register_()->mutable_rows(6)->set_device("two\nlines");
    BOOST_TEST((refusal(request).code == Code::bad_name));
    BOOST_TEST(refusal(request).subject == "device");
    BOOST_TEST(refusal(request).row.value() == 7);

    request = registration(10, 20);
    request.mutable_register_()->mutable_rows(9)->set_lease("short");
    BOOST_TEST(refusal(request).detail == "lease: not 16 bytes");
    BOOST_TEST(refusal(request).row.value() == 10);

    request = registration(2, 20);
    request.mutable_register_()->clear_user();
    BOOST_TEST(refusal(request).subject == "user");
    BOOST_TEST(refusal(request).row.value() == 1);

    request = registration(2, 20);
    request.mutable_register_()->mutable_rows(1)->set_units(1'000'000'001);
    BOOST_TEST((refusal(request).code == Code::bad_quantity));
    BOOST_TEST(refusal(request).row.value() == 2);

    request = written(R"(checkin_many { leases: "LLLLLLLLLLLLLLLL" leases: "no" })");
    BOOST_TEST(refusal(request).row.value() == 2);
}

BOOST_AUTO_TEST_CASE(ten_thousand_rows_fit_into_a_request_and_no_more_are_read)
{
    v1::Request request = registration(protocol::rows_max, protocol::row_name_bytes);
    std::string frame;
    BOOST_TEST(protocol::append_frame(frame, request));
    BOOST_TEST(command<ledger::Register>(request).rows.size() == protocol::rows_max);
    request = registration(protocol::rows_max + 1, 7);
    BOOST_TEST(refusal(request).detail == "rows: more than 10000");
    BOOST_TEST(refusal(R"(register { pool: "K1" })").detail == "rows: none given");

    v1::Request back;
    BOOST_TEST(refusal(written("checkin_many { }")).detail == "leases: none given");
    for (std::size_t i = 0; i <= protocol::rows_max; ++i)
        back.mutable_checkin_many()->add_leases(std::string(16, 'L'));
    BOOST_TEST(refusal(back).detail == "leases: more than 10000");
}

BOOST_AUTO_TEST_CASE(a_plan_is_read_as_the_verb_that_it_plans)
{
    const auto plan = command<ledger::Plan>(
        R"(operate { plan { pool_allocate { from: "NetMon" to: "K1" units: 5 force: true }
                            at_us: 1000000 } })");
    const auto& allocate = std::get<ledger::Allocate>(plan.what);
    BOOST_TEST(allocate.by.text == "local:root");
    BOOST_TEST(allocate.units == 5);
    BOOST_TEST(allocate.force);
    BOOST_TEST(plan.at.value().time_since_epoch().count() == 1'000'000);

    BOOST_TEST(refusal(R"(operate { plan { pool_close { pool: "K1" leases: "x" } } })").detail ==
               "leases: not one of keep, release");
    BOOST_TEST(refusal(R"(operate { plan { license_remove { license: "" } } })").subject ==
               "license");
    BOOST_TEST(
        std::holds_alternative<std::monostate>(command<ledger::Plan>("operate { plan { } }").what));
    for (const char* at : {"-1", "253402300799000001", "9223372036854775807"})
        BOOST_TEST(refusal(std::string("operate { plan { at_us: ") + at + "} }").detail ==
                   "at_us: no instant from 1970 to 9999");
}

BOOST_AUTO_TEST_CASE(a_license_is_verified_for_a_plan_as_for_its_installation)
{
    v1::Request request = written(R"(operate { plan { license_install {
        profile: "mon" scheme: "keys" pool: "NetMon" replace: true } } })");
    v1::PlanInstall& planned =
        *request.mutable_operate()->mutable_plan()->mutable_license_install();
    planned.set_document(trust::sign_license(license(), vendor));
    v1::Request done;
    v1::LicenseInstall& install = *done.mutable_operate()->mutable_license_install();
    install.set_document(planned.document());
    install.set_profile("mon");
    install.set_scheme("keys");
    install.set_pool("NetMon");
    install.set_replace(true);

    const auto command = this->command<ledger::Install>(done);
    BOOST_TEST(command.by.text == "local:root");
    BOOST_TEST(command.profile.text == "mon");
    BOOST_TEST(command.scheme == "keys");
    BOOST_TEST(command.pool.text == "NetMon");
    BOOST_TEST(command.replace);
    const auto plan = std::get<ledger::Install>(this->command<ledger::Plan>(request).what);
    BOOST_TEST((plan.entitlement == command.entitlement));
    BOOST_TEST(plan.profile.text == command.profile.text);
    BOOST_TEST(plan.scheme == command.scheme);
    BOOST_TEST(plan.pool.text == command.pool.text);
    BOOST_TEST(plan.replace);

    planned.set_document(trust::sign_license(license(), trust::SigningKey::generate()));
    BOOST_TEST((refusal(request).code == Code::unknown_vendor));
    planned.set_scheme("two\nlines");
    BOOST_TEST(refusal(request).subject == "scheme");
}

BOOST_AUTO_TEST_CASE(a_plan_of_a_later_version_is_unsupported)
{
    v1::Request request = written("operate { plan { } }");
    v1::Plan& plan = *request.mutable_operate()->mutable_plan();
    plan.GetReflection()->MutableUnknownFields(&plan)->AddLengthDelimited(15, "later");
    BOOST_TEST((refusal(request).code == Code::unsupported));
}

BOOST_AUTO_TEST_SUITE_END()
