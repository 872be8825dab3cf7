#include "tools/requirements_text.hpp"

#include "tests/tools/picture.hpp"
#include "tools/compliance_text.hpp"
#include "tools/requirement_name.hpp"

#include <boost/test/unit_test.hpp>
#include <google/protobuf/text_format.h>
#include <string>

using namespace usher;
using namespace usher::tools;
using test::contains;

namespace {

template <class Message>
Message written(const std::string& text)
{
    Message message;
    BOOST_REQUIRE_MESSAGE(google::protobuf::TextFormat::ParseFromString(text, &message), text);
    return message;
}

/// A device that was changed, its user, one that lacks a right, and one that is not confirmed.
std::vector<v1::Requirement> four()
{
    return {written<v1::Requirement>(
                R"(name { product: "V16" vendor: "acme" kind: "device" consumer: "D1" }
               status: "consolidated" model: "device" need: 1 trigger: "L19" because: "user"
               behind { product: "V16" vendor: "acme" kind: "user" consumer: "ann" }
               foundations { source: "manual" model: "device" units: 1 confirmed: true })"),
            written<v1::Requirement>(
                R"(name { product: "V16" vendor: "acme" kind: "user" consumer: "ann" }
               status: "licensed" need: 1 has: 1 members: 1
               covers { pool: "L19" product: "V19" vendor: "acme" units: 1 is_downgrade: true })"),
            written<v1::Requirement>(
                R"(name { product: "V16" vendor: "acme" kind: "device" consumer: "D9" }
               status: "license_required" model: "device" need: 2 note: "no eligible consumer")"),
            written<v1::Requirement>(
                R"(name { product: "V16" vendor: "acme" kind: "device" consumer: "D3" }
               status: "partially_licensed" model: "device" need: 3 has: 2
               covers { pool: "A" units: 1 } covers { pool: "B" units: 1 is_downgrade: true })")};
}

std::string table_text()
{
    Table table = requirements_table();
    for (const v1::Requirement& requirement : four())
        add(table, requirement);
    return table.text(false);
}

v1::Compliance report()
{
    return written<v1::Compliance>(
        R"(rows { product: "V16" vendor: "acme" model: "device" owned: 2 used: 1 free: 1 needed: 3
                  shortfall: 2 downgrades: 0 changes: 1 requirements: 2 unconfirmed: 4 }
           rows { product: "V19, all" vendor: "acme" model: "user" unlimited: true used: 7 })");
}

} // namespace

BOOST_AUTO_TEST_SUITE(requirement_names)

BOOST_AUTO_TEST_CASE(the_first_separator_counts)
{
    const auto device = requirement_from("V16/device:D1");
    BOOST_REQUIRE(device.has_value());
    BOOST_TEST(device->product() == "V16");
    BOOST_TEST(device->kind() == "device");
    BOOST_TEST(device->consumer() == "D1");
    BOOST_TEST(to_text(*device) == "V16/device:D1");

    BOOST_TEST(requirement_from("a/user:b/device:c")->consumer() == "b/device:c");
    BOOST_TEST(requirement_from("a/device:b/user:c")->consumer() == "b/user:c");
    BOOST_TEST(requirement_from("a/b/user:c:d")->product() == "a/b");
    BOOST_TEST(requirement_from("/user:")->consumer() == ""); // The daemon says what is no name.
}

BOOST_AUTO_TEST_CASE(without_a_separator_nobody_is_named)
{
    for (const char* text : {"", "V16", "V16/D1", "V16:D1", "V16/ device:D1", "V16/Device:D1"})
        BOOST_TEST(!requirement_from(text), text);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(requirements_for_people)

BOOST_AUTO_TEST_CASE(a_requirement_is_a_line_with_what_covers_it)
{
    BOOST_TEST(table_text() ==
               "REQUIREMENT    STATUS              RIGHTS  BY                    BEHIND        "
               "REMARK\n"
               "V16/device:D1  consolidated        0 of 1  -                     V16/user:ann  "
               "changed for L19\n"
               "V16/user:ann   licensed            1 of 1  L19 (downgrade)       -\n"
               "V16/device:D9  license_required    0 of 2  -                     -             "
               "no eligible consumer\n"
               "V16/device:D3  partially_licensed  2 of 3  A 1, B 1 (downgrade)  -\n");
}

BOOST_AUTO_TEST_CASE(a_requirement_is_an_object_for_programs)
{
    const Json changed = requirement_json(four()[0]);
    BOOST_TEST(to_text(changed) ==
               R"({"product":"V16","vendor":"acme","kind":"device","consumer":"D1",)"
               R"("status":"consolidated","model":"device","need":1,"has":0,"covers":[],)"
               R"("covers_left_out":0,"trigger":"L19","behind":{"product":"V16","vendor":"acme",)"
               R"("kind":"user","consumer":"ann"},"because":"user","note":null,"foundations":)"
               R"([{"source":"manual","model":"device","units":1,"confirmed":true}],)"
               R"("foundations_left_out":0,"members":0})");
    BOOST_TEST(to_text(requirement_json(four()[1])["covers"]) ==
               R"([{"pool":"L19","product":"V19","vendor":"acme","units":1,"downgrade":true}])");
}

BOOST_AUTO_TEST_CASE(an_explanation_has_only_the_chapters_that_say_something)
{
    v1::RequirementExplained explained;
    *explained.mutable_requirement() = four()[2];
    explained.add_because("manual asks for 2 rights per device");
    explained.add_obstacles("no eligible consumer");
    BOOST_TEST(explanation_text(explained) ==
               "V16/device:D9 is license_required: it has 0 of 2 rights\n"
               "because:\n  manual asks for 2 rights per device\n"
               "in the way:\n  no eligible consumer\n");
    const Json json = explanation_json(explained);
    BOOST_TEST(json["requirement"]["consumer"] == "D9");
    BOOST_TEST(json["what_if"].empty());
}

BOOST_AUTO_TEST_CASE(products_have_a_vendor_and_perhaps_a_model)
{
    v1::StatusPart picture;
    BOOST_TEST(products_text(picture, false) == "no products: usher product add\n");
    *picture.add_products() =
        written<v1::StatusPart::Product>(R"(name: "V16" vendor: "acme" model: "device")");
    *picture.add_products() = written<v1::StatusPart::Product>(R"(name: "X" vendor: "zebra")");
    BOOST_TEST(products_text(picture, false) == "PRODUCT  VENDOR  MODEL\n"
                                                "V16      acme    device\n"
                                                "X        zebra   -\n");
    BOOST_TEST(to_text(product_json(picture.products(1))) ==
               R"({"name":"X","vendor":"zebra","model":null})");
}

BOOST_AUTO_TEST_CASE(what_strangers_wrote_moves_no_terminal)
{
    v1::Requirement evil = four()[2];
    evil.mutable_name()->set_consumer("\x1b[2J");
    v1::RequirementExplained explained;
    *explained.mutable_requirement() = evil;
    explained.add_because("\x1b[31m");
    Table table = requirements_table();
    add(table, evil);
    v1::Compliance rows;
    rows.add_rows()->set_product("\x1b[2J");
    for (const std::string& text : {explanation_text(explained), table.text(false),
                                    compliance_text(rows, false), compliance_csv(rows)})
        BOOST_TEST(!contains(text, "\x1b"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(compliance)

BOOST_AUTO_TEST_CASE(as_text_it_is_a_table)
{
    BOOST_TEST(compliance_text(report(), false) ==
               "PRODUCT   MODEL       OWNED  USED       FREE  NEEDED  SHORTFALL  DOWNGRADES  "
               "CHANGES  REQUIREMENTS  UNCONFIRMED\n"
               "V16       device          2     1          1       3          2           0        "
               "1             2            4\n"
               "V19, all  user    unlimited     7  unlimited       0          0           0        "
               "0             0            0\n");
    BOOST_TEST(compliance_text({}, false) ==
               "nothing is required, and no license covers requirements\n");
}

BOOST_AUTO_TEST_CASE(vendors_are_shown_where_there_are_several)
{
    v1::Compliance two = report();
    BOOST_TEST(!contains(compliance_text(two, false), "VENDOR"));
    two.mutable_rows(1)->set_vendor("zebra");
    BOOST_TEST(contains(compliance_text(two, false), "PRODUCT   VENDOR  MODEL"));
    BOOST_TEST(contains(compliance_text(two, false), "V19, all  zebra   user"));
}

BOOST_AUTO_TEST_CASE(as_csv_each_line_has_each_field)
{
    BOOST_TEST(compliance_csv(report()) ==
               "product,vendor,model,owned,unlimited,used,free,needed,shortfall,downgrades,"
               "changes,requirements,unconfirmed\r\n"
               "V16,acme,device,2,false,1,1,3,2,0,1,2,4\r\n"
               "\"V19, all\",acme,user,,true,7,,0,0,0,0,0,0\r\n");
}

BOOST_AUTO_TEST_CASE(in_csv_quotes_are_doubled)
{
    v1::Compliance quoted;
    quoted.add_rows()->set_product("the \"small\" one");
    BOOST_TEST(contains(compliance_csv(quoted), "\r\n\"the \"\"small\"\" one\",,,0,false,"));
    BOOST_TEST(contains(compliance_csv({}), "unconfirmed\r\n"));
}

BOOST_AUTO_TEST_CASE(as_json_what_has_no_end_is_null)
{
    const Json json = compliance_json(report());
    BOOST_TEST(to_text(json["products"][1]) ==
               R"({"product":"V19, all","vendor":"acme","model":"user","owned":null,"used":7,)"
               R"("free":null,"needed":0,"shortfall":0,"downgrades":0,"changes":0,)"
               R"("requirements":0,"unconfirmed":0,"unlimited":true})");
    BOOST_TEST(!json["products"][0].contains("unlimited"));
}

BOOST_AUTO_TEST_SUITE_END()
