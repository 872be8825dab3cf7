#include "tests/tools/picture.hpp"
#include "tools/description.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

using namespace usher;

namespace {

void add_license(v1::StatusPart& picture, const char* id, const char* product,
                 std::int64_t quantity)
{
    v1::StatusPart::License& license = *picture.add_licenses();
    license.set_id(id);
    license.set_product(product);
    license.set_vendor("acme");
    license.set_quantity(quantity);
    license.set_nodelock("machine");
    license.set_counts(true);
}

v1::StatusPart afternoon()
{
    v1::StatusPart picture = test::busy_afternoon();
    add_license(picture, "015.120.064.022", "PROServer", 100);
    add_license(picture, "015.120.055.014", "Client", 10);
    return picture;
}

std::string described(const v1::StatusPart& picture)
{
    return tools::description_text(
        tools::description_json(picture, {"usherd 1.0.0", "hostA", 25'000, 2'000}));
}

} // namespace

BOOST_AUTO_TEST_SUITE(description_for_people_and_programs)

BOOST_AUTO_TEST_CASE(everything_that_is_configured_is_written_in_the_order_of_names)
{
    v1::StatusPart picture = afternoon();
    v1::StatusPart::Pool& client = *picture.mutable_pools(0);
    client.set_named_users(true);
    client.add_users("daisy");
    client.add_users("\xc3\x85sa");
    picture.mutable_profiles(0)->set_capacity(4);
    picture.mutable_profiles(0)->add_pools("015.120.064.022");
    picture.mutable_licenses(0)->set_unlimited(true);
    picture.mutable_licenses(1)->set_expected("activate");
    BOOST_TEST(described(picture) == R"({
  "format": 1,
  "written": {
    "by": "usherd 1.0.0",
    "at": "2030-01-15T12:00:00Z",
    "host": "hostA",
    "node": "3f2a9c0d1e2f3a4b"
  },
  "policy": {
    "term": "25s",
    "grace": "2s"
  },
  "licenses": [
    {
      "number": "015.120.055.014",
      "product": "Client",
      "vendor": "acme",
      "metric": "user_device",
      "quantity": 10,
      "nodelock": "machine",
      "activated": true,
      "users": [
        "daisy",
        "\u00c5sa"
      ]
    },
    {
      "number": "015.120.064.022",
      "product": "PROServer",
      "vendor": "acme",
      "metric": "lease",
      "quantity": "unlimited",
      "nodelock": "machine",
      "activated": false,
      "users": null
    }
  ],
  "profiles": [
    {
      "name": "Client",
      "pools": [
        "015.120.055.014",
        "015.120.064.022"
      ],
      "default": false,
      "capacity": 4
    },
    {
      "name": "ProLicense",
      "pools": [
        "015.120.065.016"
      ],
      "default": true,
      "capacity": null
    }
  ]
}
)");
}

BOOST_AUTO_TEST_CASE(pools_under_a_root_and_parties_are_written_without_their_units)
{
    v1::StatusPart picture = afternoon();
    picture.mutable_licenses(0)->set_pool("Editor");
    const auto add_pool = [&](const char* id, const char* owner) -> v1::StatusPart::Pool& {
        v1::StatusPart::Pool& pool = *picture.add_pools();
        pool.set_id(id);
        pool.set_root("Editor");
        pool.set_metric("lease");
        pool.set_scheme("companies");
        pool.set_owner(owner);
        return pool;
    };
    add_pool("Editor", "");
    add_pool("Editor/zed", "zed");
    add_pool("Editor/acme", "acme");
    add_pool("Editor/gone", "").set_closed(true);
    v1::StatusPart::Party& ada = *picture.add_parties();
    ada.set_id("ada");
    ada.set_kind("user");
    ada.set_company("acme");
    ada.set_source("personal");
    v1::StatusPart::Party& room = *picture.add_parties(); // Its pool is closed.
    room.set_id("room");
    room.set_kind("instance");
    room.set_source("pool");
    room.set_pool("Editor/gone");
    const tools::Json json =
        tools::description_json(picture, {"usherd 1.0.0", "hostA", 25'000, 2'000});
    const auto license = std::ranges::find_if(
        json["licenses"], [](const auto& one) { return one["number"] == "015.120.064.022"; });
    BOOST_REQUIRE((license != json["licenses"].end()));
    BOOST_TEST((*license)["pool"] == "Editor");
    BOOST_TEST((*license)["scheme"] == "companies");
    BOOST_TEST(json["pools"].dump() == R"([{"name":"Editor/acme","root":"Editor","owner":"acme"},)"
                                       R"({"name":"Editor/zed","root":"Editor","owner":"zed"}])");
    BOOST_TEST(json["parties"].dump() ==
               R"([{"name":"ada","kind":"user","source":"personal","company":"acme"}])");
    BOOST_TEST(!tools::description_json(afternoon(), {}).contains("pools"));
}

BOOST_AUTO_TEST_CASE(who_holds_what_and_who_is_let_in_is_nobodys_business)
{
    v1::StatusPart picture = afternoon();
    picture.add_credentials()->set_name("solver-key");
    const std::string text = described(picture);
    for (const char* const secret : {"daisy", "desk-1", "00000000000000a1", "goofy", "solver-key"})
        BOOST_TEST(text.find(secret) == std::string::npos, secret);
}

BOOST_AUTO_TEST_CASE(what_is_not_here_any_more_is_not_described)
{
    v1::StatusPart picture = afternoon();
    v1::StatusPart::License& gone = *picture.add_licenses(); // Only its receipt is left.
    gone.set_id("1.2.3.4");
    gone.set_receipt_number(1);
    BOOST_TEST(described(picture) == described(afternoon()));
}

BOOST_AUTO_TEST_CASE(the_order_of_a_picture_makes_no_other_description)
{
    v1::StatusPart other = afternoon();
    other.mutable_licenses()->SwapElements(0, 1);
    other.mutable_profiles()->SwapElements(0, 1);
    BOOST_TEST(described(other) == described(afternoon()));
}

BOOST_AUTO_TEST_SUITE_END()
