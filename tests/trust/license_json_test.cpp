#include "daemon/trust/license_json.hpp"

#include "protocol/limits.hpp"
#include "tests/trust/vendor.hpp"

using namespace usher;
using namespace usher::trust;
using namespace usher::trust::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(license_json, Vendor)

BOOST_AUTO_TEST_CASE(every_member_must_be_there)
{
    const json whole = json::parse(payload_of(full));
    for (const auto& [name, value] : whole.items())
        BOOST_TEST(objection([&](json& payload) { payload.erase(name); }) ==
                   (name == "downgrades_to" ? "accepted" : name + ": is missing"));
    for (const auto& [name, value] : whole.at("nodelock").items())
        BOOST_TEST(objection([&](json& payload) { payload["nodelock"].erase(name); }) ==
                   "nodelock." + name + ": is missing");
}

BOOST_AUTO_TEST_CASE(a_member_that_nobody_knows_is_named)
{
    BOOST_TEST(objection([](json& payload) { payload["seats"] = 9; }) ==
               R"("seats": is not known)");
    BOOST_TEST(objection([](json& payload) { payload["nodelock"]["any"] = true; }) ==
               R"(nodelock."any": is not known)");
    BOOST_TEST(objection([](json& payload) { payload["a\x1b[1m"] = 9; }) ==
               R"("a\u001b[1m": is not known)");
}

BOOST_AUTO_TEST_CASE(a_later_format_is_not_guessed_at)
{
    for (const json& format : {json(0), json(2), json("1"), json(nullptr)})
        BOOST_TEST(objection([&](json& payload) {
                       payload = {{"format", format}};
                   }) == "format: is not 1, which is all that this version reads");
}

BOOST_AUTO_TEST_CASE(a_quantity_is_one_of_the_numbers_or_said_to_be_unlimited)
{
    const json wrong[] = {0,   -1, quantity_max + 1, UINT64_MAX, 1.5,  1.0,
                          "8", "", "Unlimited",      nullptr,    true, json::array({8})};
    for (const json& quantity : wrong)
        BOOST_TEST(objection([&](json& payload) { payload["quantity"] = quantity; }) ==
                       "quantity: is not 1 to 10^12 or \"unlimited\"",
                   quantity.dump());
    for (const std::int64_t quantity : {std::int64_t{1}, quantity_max})
        BOOST_TEST(objection([&](json& payload) { payload["quantity"] = quantity; }) == "accepted");
}

BOOST_AUTO_TEST_CASE(an_instant_is_read_strictly_whichever_it_is)
{
    for (const char* name : {"from", "to", "maintenance_until"}) {
        const auto with = [&](const json& value) {
            return objection([&](json& payload) { payload[name] = value; });
        };
        BOOST_TEST(with("2030-02-30T00:00:00Z") ==
                   std::string(name) + ": is not an instant like 2030-01-31T00:00:00Z");
        BOOST_TEST(with("") == std::string(name) + ": is not an instant like 2030-01-31T00:00:00Z");
        BOOST_TEST(with(1893456000) == std::string(name) + ": is not a text");
        BOOST_TEST(with(nullptr) == "accepted");
    }
}

BOOST_AUTO_TEST_CASE(texts_are_texts)
{
    for (const char* name : {"metric", "number", "product", "type", "vendor", "requires"})
        BOOST_TEST(objection([&](json& payload) { payload[name] = 1; }) ==
                   std::string(name) + ": is not a text");
    BOOST_TEST(objection([](json& payload) { payload["requires"] = ""; }) ==
               "requires: is empty; none is written null");
}

BOOST_AUTO_TEST_CASE(downgrades_are_read_strictly)
{
    const auto with = [&](const json& value) {
        return objection([&](json& payload) { payload["downgrades_to"] = value; });
    };
    for (const json& value : {json(nullptr), json("PROSession 16"), json(1), json::object()})
        BOOST_TEST(with(value) == "downgrades_to: is not a list");
    BOOST_TEST(with(json::array()) == "downgrades_to: is empty; none is left out");
    BOOST_TEST(with({"a", 1}) == "downgrades_to: has something in it that is not a text");
    BOOST_TEST(with({"b", "a"}) == "downgrades_to: is not in order, each once");
    BOOST_TEST(with({"a", "a"}) == "downgrades_to: is not in order, each once");
    BOOST_TEST(with({"", "a"}) == "downgrades_to: one is not a name: empty");
    BOOST_TEST(with({"PROSession"}) == "downgrades_to: one is the product itself");
    BOOST_TEST(with({"PROSession 16"}) == "accepted");
    BOOST_TEST(with({"B", "a", "\xc3\xa9"}) == "accepted"); // In the order of their bytes.
}

BOOST_AUTO_TEST_CASE(what_was_signed_before_there_were_downgrades_is_written_the_same)
{
    full.downgrades_to.clear();
    BOOST_TEST(payload_of(full).find("downgrades_to") == std::string::npos);
    BOOST_TEST((license_from(payload_of(full)) == full));
}

BOOST_AUTO_TEST_CASE(a_nodelock_is_read_strictly)
{
    const auto with = [&](const char* name, const json& value) {
        return objection([&](json& payload) { payload["nodelock"][name] = value; });
    };
    BOOST_TEST(with("need", 3) == "nodelock.need: is not 1 to the number of identifiers");
    BOOST_TEST(with("need", 0) == "nodelock.need: is not 1 to the number of identifiers");
    BOOST_TEST(with("need", -1) == "nodelock.need: is not a small number");
    BOOST_TEST(with("need", 65536) == "nodelock.need: is not a small number");
    BOOST_TEST(with("need", "2") == "nodelock.need: is not a small number");
    BOOST_TEST(with("node", "AAAA") == "nodelock.node: is not 32 bytes in base64url");
    BOOST_TEST(with("salt", "AAAA") == "nodelock.salt: is not 16 bytes in base64url");
    BOOST_TEST(with("kind", "planet") == "nodelock.kind: is not machine or personal");
    BOOST_TEST(with("kind", "personal") == "accepted");
    BOOST_TEST(with("identifiers", json::array()) == "nodelock.identifiers: is not an object");
    BOOST_TEST(with("identifiers", json::object()) == "nodelock.identifiers: are not 1 to 16");
    BOOST_TEST(with("identifiers", {{"mac", "x"}}) ==
               "nodelock.identifiers.mac: is not 32 bytes in base64url");
    BOOST_TEST(objection([](json& payload) { payload["nodelock"] = json::array(); }) ==
               "nodelock: is not an object");
}

BOOST_AUTO_TEST_CASE(nobody_can_sign_what_nobody_would_read)
{
    const std::string long_name(protocol::name_bytes_max + 1, 'n');
    for (const auto& [bad, why] : {std::pair<std::string, std::string>{"", "empty"},
                                   {"a\nb", "holds a control character"},
                                   {"\xff", "not UTF-8"},
                                   {" a", "begins with a space"},
                                   {long_name, "longer than 256 bytes"}}) {
        const std::string sentence = ": is not a name: " + why;
        BOOST_TEST(refused([&](License& l) { l.number = bad; }) == "number" + sentence);
        BOOST_TEST(refused([&](License& l) { l.product = bad; }) == "product" + sentence);
        if (!bad.empty())
            BOOST_TEST(refused([&](License& l) { l.requires_product = bad; }) ==
                       "requires" + sentence);
    }
    for (const std::string& bad : {std::string(), std::string("a b"), std::string("a:b"),
                                   std::string(vendor_name_bytes_max + 1, 'v')})
        BOOST_TEST(refused([&](License& l) { l.vendor = bad; }) ==
                   "vendor: is not 1 to 64 letters, digits, dots, dashes and underscores");
    BOOST_TEST(refused([](License& l) { l.requires_product = l.product; }) ==
               "requires: is the product itself");
    BOOST_TEST(refused([](License& l) { l.downgrades_to.insert("a\nb"); }) ==
               "downgrades_to: one is not a name: holds a control character");
    BOOST_TEST(refused([](License& l) { l.downgrades_to.insert(l.product); }) ==
               "downgrades_to: one is the product itself");
    BOOST_TEST(refused([](License& l) {
                   for (std::size_t i = 0; i < downgrades_max; ++i)
                       l.downgrades_to.insert("Pro " + std::to_string(i));
               }) == "downgrades_to: are not 1 to 64");
    BOOST_TEST(refused([](License& l) {
                   for (char c = 'a'; c < 'j'; ++c)
                       l.downgrades_to.insert(std::string(protocol::name_bytes_max, c));
               }) == "downgrades_to: are longer than 2048 bytes together");
    BOOST_TEST(refused([](License& l) { l.metric = "floor"; }) ==
               "metric: is not lease, device, user or user_device");
    for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-1}, quantity_max + 1})
        BOOST_TEST(refused([&](License& l) { l.quantity = bad; }) ==
                   "quantity: is not 1 to 10^12 or \"unlimited\"");
    BOOST_TEST(refused([](License& l) { l.type = "a\nb"; }) ==
               "type: is not a text on one line: holds a control character");
    BOOST_TEST(refused([](License& l) { l.type.assign(protocol::text_bytes_max + 1, 't'); }) ==
               "type: is not a text on one line: longer than 1024 bytes");
    BOOST_TEST(refused([](License& l) { l.to = l.from; }) == "to: is not later than from");
    BOOST_TEST(refused([](License& l) { *l.to += 1us; }) ==
               "to: is not a whole second of the years 1970 to 9999");
    BOOST_TEST(refused([](License& l) { l.from = Instant{} - 1s; }) ==
               "from: is not a whole second of the years 1970 to 9999");
    BOOST_TEST(refused([](License& l) { l.maintenance_until = Instant::max(); }) ==
               "maintenance_until: is not a whole second of the years 1970 to 9999");
}

BOOST_AUTO_TEST_CASE(nobody_can_sign_a_lock_that_nobody_would_read)
{
    BOOST_TEST(refused([](License& l) { l.lock->kind = ""; }) ==
               "nodelock.kind: is not machine or personal");
    BOOST_TEST(refused([](License& l) { l.lock->salt = "short"; }) ==
               "nodelock.salt: is not 16 bytes");
    BOOST_TEST(refused([](License& l) { l.lock->need = 3; }) ==
               "nodelock.need: is not 1 to the number of identifiers");
    BOOST_TEST(refused([](License& l) {
                   for (int i = 0; i < 16; ++i)
                       l.lock->identifiers["i" + std::to_string(i)] = filled(1);
               }) == "nodelock.identifiers: are not 1 to 16");
    for (const char* bad : {"", "Mac", "a-b", "a\n", "a234567890123456789012345678901234"})
        BOOST_TEST(refused([&](License& l) { l.lock->identifiers[bad] = filled(1); }) ==
                   "nodelock.identifiers: one has a name that is not a-z, 0-9 and _");
}

BOOST_AUTO_TEST_SUITE_END()
