#include "daemon/trust/jws.hpp"
#include "daemon/trust/license_file.hpp"
#include "daemon/trust/members.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

using namespace usher::trust;

namespace {

/// RFC 8037, appendix A.
PublicKey known_key()
{
    PublicKey key{};
    std::ranges::copy(from_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").value(),
                      key.begin());
    return key;
}
constexpr std::string_view known_jws =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

std::string sentence(std::string_view text)
{
    try {
        (void)canonical_object(text, "payload");
    } catch (const Malformed& error) {
        return error.what();
    }
    return "accepted";
}

} // namespace

BOOST_AUTO_TEST_SUITE(jws)

BOOST_AUTO_TEST_CASE(a_key_is_named_as_rfc_8037_names_it)
{
    BOOST_TEST(key_id(known_key()) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

BOOST_AUTO_TEST_CASE(a_jws_of_rfc_8037_is_split_and_verifies)
{
    const Jws jws = split_jws(known_jws);
    BOOST_TEST(jws.header == R"({"alg":"EdDSA"})");
    BOOST_TEST(jws.payload == "Example of Ed25519 signing");
    BOOST_TEST(verify(known_key(), jws.signed_bytes, jws.signature));
}

BOOST_AUTO_TEST_CASE(what_is_signed_is_what_was_given)
{
    const SigningKey key = SigningKey::generate();
    const std::string text = sign_jws("{}", R"({"a":1})", key);
    const Jws jws = split_jws(text);
    BOOST_TEST(jws.header == "{}");
    BOOST_TEST(jws.payload == R"({"a":1})");
    BOOST_TEST(verify(key.public_key(), jws.signed_bytes, jws.signature));
}

BOOST_AUTO_TEST_CASE(a_text_of_other_parts_is_no_jws)
{
    const std::string good(known_jws);
    for (const std::string& text : {std::string(), std::string("."), std::string(".."), "a." + good,
                                    good + ".", good + "=", good.substr(0, good.rfind('.')),
                                    good.substr(0, good.size() - 4), " " + good, good + "\n"})
        BOOST_CHECK_THROW((void)split_jws(text), Malformed);
}

BOOST_AUTO_TEST_CASE(json_in_its_canonical_form_is_read)
{
    for (const char* text : {"{}", R"({"a":1,"b":[null,true,"x"],"c":{"d":-1}})",
                             R"({"a":"\"\\/é"})", R"({"a":18446744073709551615})"})
        BOOST_TEST(sentence(text) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_name_that_stands_twice_is_named)
{
    BOOST_TEST(sentence(R"({"a":1,"a":1})") == R"(payload: "a" stands twice)");
    BOOST_TEST(sentence(R"({"a":{"b":1,"b":2}})") == R"(payload: "b" stands twice)");
    BOOST_TEST(sentence(R"({"a":1,"\u0061":1})") == R"(payload: "a" stands twice)");
    BOOST_TEST(sentence(R"({"a":{"b":1},"b":2})") == "accepted");
}

BOOST_AUTO_TEST_CASE(the_same_value_written_otherwise_is_refused_with_the_byte)
{
    const std::string other = "payload: is not written in the one canonical way from byte ";
    BOOST_TEST(sentence(R"({"b":1,"a":2})") == other + "3");
    BOOST_TEST(sentence(R"({"a": 1})") == other + "6");
    BOOST_TEST(sentence("{\"a\":1}\n") == other + "8");
    BOOST_TEST(sentence(" {}") == other + "1");
    BOOST_TEST(sentence(R"({"a":"\/"})") == other + "7");
    BOOST_TEST(sentence(R"({"a":"\u0041"})") == other + "7");
    BOOST_TEST(sentence(R"({"a":1e3})") == other + "7");
    BOOST_TEST(sentence(R"({"a":-0})") == other + "6");
    BOOST_TEST(sentence("\xef\xbb\xbf{}") == other + "1");
    BOOST_TEST(sentence(std::string_view("{}\0x", 4)) == other + "3");
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused_with_the_byte)
{
    for (const char* text :
         {"", "{", "{]", "{\"a\"}", "{\"a\":1,}", "{}{}", "{'a':1}", "{\"a\":01}", "/**/{}",
          "{\"a\":NaN}", "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\n\"}"})
        BOOST_TEST(sentence(text).starts_with("payload: is not JSON from byte "), text);
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_refused)
{
    for (const char* text : {"null", "[]", "1", "\"a\""})
        BOOST_TEST(sentence(text) == "payload: is not an object");
}

BOOST_AUTO_TEST_CASE(hostile_json_is_refused_before_it_grows)
{
    BOOST_TEST(sentence(std::string(8000, '[')) == "payload: is nested deeper than 8");
    BOOST_TEST(sentence(R"({"a":1e999})") == "payload: holds a number that is too large");
}

BOOST_AUTO_TEST_CASE(members_are_refused_by_their_full_name)
{
    const auto object = canonical_object(R"({"a":{"b":1},"c":"Zm8","d":null})", "payload");
    Members members(object, "");
    Members inner = members.object("a");
    const auto says = [](const auto& ask) -> std::string {
        try {
            ask();
        } catch (const Malformed& error) {
            return error.what();
        }
        return "";
    };
    BOOST_TEST(says([&] { inner.text("b"); }) == "a.b: is not a text");
    BOOST_TEST(says([&] { inner.value("x"); }) == "a.x: is missing");
    BOOST_TEST(says([&] { members.object("c"); }) == "c: is not an object");
    BOOST_TEST(says([&] { members.bytes<3>("c"); }) == "c: is not 3 bytes in base64url");
    BOOST_TEST(says([&] { members.bytes<2>("c"); }) == "");
    BOOST_TEST(says([&] { members.small_number("c"); }) == "c: is not a small number");
    BOOST_TEST(says([&] { members.expect_no_more(); }) == R"("d": is not known)");
    BOOST_TEST(!members.text_or_null("d").has_value());
    BOOST_TEST(says([&] { members.expect_no_more(); }) == "");
}

BOOST_AUTO_TEST_SUITE_END()
