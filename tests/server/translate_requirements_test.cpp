#include "daemon/server/translate_requirements.hpp"

#include "protocol/limits.hpp"
#include "tests/server/house.hpp"

#include <boost/test/unit_test.hpp>
#include <google/protobuf/text_format.h>
#include <string>

using namespace usher;
using namespace usher::server;
using ledger::Code;
using ledger::Model;

namespace {

v1::Operate written(const std::string& text)
{
    v1::Operate operate;
    BOOST_REQUIRE_MESSAGE(google::protobuf::TextFormat::ParseFromString(text, &operate), text);
    return operate;
}

struct Asking : test::House {
    Caller boss{{5}, {"local:root"}, ledger::Role::operator_};

    Translation ask(const v1::Operate& operate)
    {
        v1::Request request;
        request.set_id(7);
        *request.mutable_operate() = operate;
        return translate(request, boss, premises);
    }

    ledger::Refusal refusal(const v1::Operate& operate)
    {
        const Translation translation = ask(operate);
        const auto* no = std::get_if<ledger::Refusal>(&translation);
        BOOST_REQUIRE_MESSAGE(no != nullptr, operate.ShortDebugString());
        return *no;
    }
    ledger::Refusal refusal(const std::string& text) { return refusal(written(text)); }

    template <class Command>
    Command command(const v1::Operate& operate)
    {
        const Translation translation = ask(operate);
        if (const auto* no = std::get_if<ledger::Refusal>(&translation))
            BOOST_FAIL(sentence(*no));
        const auto& asked = std::get<Asked>(translation);
        BOOST_TEST(asked.keepsake.operated); // Its yes is an operator's.
        return std::get<Command>(asked.command);
    }
    template <class Command>
    Command command(const std::string& text)
    {
        return command<Command>(written(text));
    }
};

/// Text of a requirement of `V16`, in a field of this name.
std::string of(const std::string& field, const std::string& consumer = "D1")
{
    return field + R"( { product: "V16" kind: "device" consumer: ")" + consumer + R"(" })";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(translate_requirements, Asking)

BOOST_AUTO_TEST_CASE(what_is_not_said_is_as_people_mostly_mean_it)
{
    const auto product =
        command<ledger::DefineProduct>(R"(product_add { product: "V16" vendor: "acme" })");
    BOOST_TEST(!product.model.has_value());
    BOOST_TEST(product.product.vendor.text == "acme");

    const auto put =
        command<ledger::PutFoundations>("requirement_add { rows { " + of("of") + " } }");
    BOOST_REQUIRE(put.rows.size() == 1U);
    BOOST_TEST(put.by.text == "local:root");
    BOOST_TEST(put.rows[0].source == "manual");
    BOOST_TEST(!put.rows[0].model); // The product's.
    BOOST_TEST(put.rows[0].number == 1);
    BOOST_TEST(put.rows[0].confirmed);

    const auto consolidate = command<ledger::Consolidate>(
        "requirement_consolidate { " + of("requirement") + of("behind", "D2") + " }");
    BOOST_TEST((consolidate.kind == ledger::Consolidating::manual));
    const auto products = command<ledger::ConsolidateProducts>(
        R"(product_consolidate { product: "V16" behind: "V19" })");
    BOOST_TEST((products.kind == ledger::Consolidating::version));
}

BOOST_AUTO_TEST_CASE(what_is_said_is_so)
{
    const auto put = command<ledger::PutFoundations>(
        R"(requirement_add { dry_run: true rows { of { product: "V16" vendor: "acme" kind: "user"
           consumer: "ann" } source: "a scan, weekly" model: "user" units: 3
           unconfirmed: true } })");
    BOOST_TEST(put.dry_run);
    const ledger::PutFoundations::Row& row = put.rows.at(0);
    BOOST_TEST((row.of.consumer == ledger::Consumer{Model::user, "ann"}));
    BOOST_TEST(row.of.product.vendor.text == "acme");
    BOOST_TEST(row.source == "a scan, weekly");
    BOOST_TEST((row.model == Model::user));
    BOOST_TEST(row.number == 3);
    BOOST_TEST(!row.confirmed);

    const auto entitle = command<ledger::Entitle>("requirement_entitle { " + of("requirement") +
                                                  R"( license: "L19" })");
    BOOST_TEST(entitle.license.text == "L19");
    BOOST_TEST(entitle.requirement.consumer.name == "D1");
    BOOST_TEST(command<ledger::Reconcile>("reconcile { dry_run: true }").dry_run);
}

BOOST_AUTO_TEST_CASE(what_is_undone_says_not_behind_what)
{
    BOOST_TEST(command<ledger::Consolidate>("requirement_consolidate { undo: true " +
                                            of("requirement") + " }")
                   .ended);
    BOOST_TEST(
        command<ledger::ConsolidateProducts>(R"(product_consolidate { product: "V16" undo: true })")
            .ended);
    BOOST_TEST(
        !command<ledger::ConfirmFoundation>("requirement_confirm { undo: true " + of("of") + " }")
             .confirmed);
    BOOST_TEST(refusal("requirement_consolidate { " + of("requirement") + " }").subject ==
               "behind.product");
}

BOOST_AUTO_TEST_CASE(an_empty_source_is_the_usual_one_where_something_is_put_and_any_elsewhere)
{
    BOOST_TEST(
        command<ledger::RemoveFoundation>("requirement_remove { " + of("of") + " }").source == "");
    BOOST_TEST(
        command<ledger::RemoveFoundation>("requirement_remove { source: \"x\" " + of("of") + " }")
            .source == "x");
}

BOOST_AUTO_TEST_CASE(a_source_is_a_line_of_64_bytes)
{
    const auto with = [](const std::string& source) {
        v1::Operate operate = written("requirement_add { rows { " + of("of") + " } }");
        operate.mutable_requirement_add()->mutable_rows(0)->set_source(source);
        return operate;
    };
    const std::string longest(protocol::source_bytes_max, 's');
    BOOST_TEST(command<ledger::PutFoundations>(with(longest)).rows.at(0).source == longest);
    BOOST_TEST(refusal(with(longest + "s")).detail == "source: longer than 64 bytes");
    BOOST_TEST((refusal(with("two\nlines")).code == Code::bad_request));
    BOOST_TEST((refusal(with("\x1b[2J")).code == Code::bad_request));
}

BOOST_AUTO_TEST_CASE(a_word_that_nobody_knows_is_refused_with_those_there_are)
{
    const std::string models = "model: not one of device, user";
    BOOST_TEST(refusal(R"(product_add { product: "V16" model: "core" })").detail == models);
    BOOST_TEST(refusal("requirement_add { rows { model: \"x\" " + of("of") + " } }").detail ==
               models);
    BOOST_TEST(refusal(R"(requirement_explain { requirement { product: "V16" consumer: "D1" } })")
                   .detail == "requirement.kind: not one of device, user");
    // One requirement is not consolidated as products are, and the other way about.
    BOOST_TEST(refusal("requirement_consolidate { kind: \"suite\" " + of("requirement") +
                       of("behind", "D2") + " }")
                   .detail == "kind: not one of manual, remote");
    BOOST_TEST(
        refusal(R"(product_consolidate { product: "a" behind: "b" kind: "manual" })").detail ==
        "kind: not one of suite, version");
    BOOST_TEST(refusal(R"(requirement_list { status: "fine" })").detail ==
               "status: not one of unconfirmed, consolidated, license_required, "
               "partially_licensed, licensed");
}

BOOST_AUTO_TEST_CASE(each_name_is_judged)
{
    const std::string bad[] = {
        R"(product_add { product: "" })",
        R"(product_add { product: "V16" vendor: "a\nb" })",
        R"(product_remove { product: " V16" })",
        R"(product_consolidate { product: "V16" behind: "" })",
        R"(product_consolidate { product: "V16" behind: "V19" behind_vendor: "<b>" })",
        R"(requirement_remove { of { product: "V16" kind: "user" consumer: "" } })",
        R"(requirement_confirm { of { product: "" kind: "user" consumer: "ann" } })",
        R"(requirement_explain { requirement { product: "V16" kind: "user" consumer: "a\tb" } })",
        R"(requirement_explain { requirement { product: "V16" vendor: "\x1b" kind: "user"
           consumer: "ann" } })",
        R"(requirement_entitle { requirement { product: "V16" kind: "user" consumer: "ann" } })",
        R"(requirement_change { license: "L" requirement { kind: "user" consumer: "ann" } })",
        R"(requirement_list { product: "a\nb" })",
        R"(party_principal { rows { device: "" user: "ann" } })",
        R"(party_principal { rows { device: "D1" user: "a\nb" } })",
    };
    for (const std::string& text : bad)
        BOOST_TEST((refusal(text).code == Code::bad_name), text);
}

BOOST_AUTO_TEST_CASE(a_refused_row_is_named)
{
    BOOST_TEST(
        (refusal("requirement_add { rows { " + of("of") + " } rows { " + of("of", "") + " } }")
             .row == 2));
    BOOST_TEST((refusal(R"(party_principal { rows { device: "D1" } rows {} })").row == 2));
}

BOOST_AUTO_TEST_CASE(a_part_of_a_table_is_of_its_connection)
{
    const auto part =
        command<ledger::PutFoundations>("requirement_add { more: true rows { " + of("of") + " } }");
    BOOST_TEST((part.part.connection == boss.connection));
    BOOST_TEST(part.part.more);
    const auto last = command<ledger::SetPrincipals>("party_principal {}"); // What was kept.
    BOOST_TEST(last.rows.empty());
    BOOST_TEST((last.part.connection == boss.connection));
    BOOST_TEST(!last.part.more);
}

BOOST_AUTO_TEST_CASE(too_many_rows_are_refused_before_one_is_read)
{

    v1::Operate devices;
    for (std::size_t i = 0; i < protocol::rows_max; ++i)
        devices.mutable_party_principal()->add_rows()->set_device("D" + std::to_string(i));
    BOOST_TEST(command<ledger::SetPrincipals>(devices).rows.size() == protocol::rows_max);
    devices.mutable_party_principal()->add_rows();
    const ledger::Refusal no = refusal(devices);
    BOOST_TEST(no.detail == "rows: more than 10000");
    BOOST_TEST(!no.row);

    v1::Operate needs;
    for (std::size_t i = 0; i <= protocol::rows_max; ++i)
        needs.mutable_requirement_add()->add_rows();
    BOOST_TEST(refusal(needs).detail == "rows: more than 10000");
}

BOOST_AUTO_TEST_CASE(how_many_rights_is_judged_by_the_ledger)
{
    for (const std::int64_t units : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX}) {
        v1::Operate operate = written("requirement_add { rows { " + of("of") + " } }");
        operate.mutable_requirement_add()->mutable_rows(0)->set_units(units);
        BOOST_TEST(command<ledger::PutFoundations>(operate).rows.at(0).number == units);
    }
}

BOOST_AUTO_TEST_CASE(a_list_goes_on_after_a_whole_name)
{
    const auto first = command<ledger::ListRequirements>("requirement_list {}");
    BOOST_TEST(!first.after);
    BOOST_TEST(!first.status);
    BOOST_TEST(first.product.name.empty());

    const auto next = command<ledger::ListRequirements>(
        R"(requirement_list { status: "license_required" after { product: "V16" vendor: "acme"
           kind: "user" consumer: "ann" } })");
    BOOST_TEST((next.status == ledger::RequirementStatus::license_required));
    BOOST_TEST((next.after == ledger::RequirementId{{{"acme"}, {"V16"}}, {Model::user, "ann"}}));
    BOOST_TEST(refusal("requirement_list { " + of("after") + " }").detail ==
               "after.vendor: none given");
}

BOOST_AUTO_TEST_SUITE_END()
