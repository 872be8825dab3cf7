#include "protocol/limits.hpp"
#include "tests/trust/move.hpp"

using namespace usher;
using namespace usher::trust;
using namespace usher::trust::test;

namespace {

/// Licenses and nodes' texts have tests of their own.
const std::vector<DocumentKind> new_kinds(all_kinds.begin() + 2, all_kinds.end());

} // namespace

// What holds for every document alike.
BOOST_FIXTURE_TEST_SUITE(documents, Move)

BOOST_AUTO_TEST_CASE(each_says_what_it_is)
{
    for (const DocumentKind kind : all_kinds) {
        BOOST_TEST((document_kind(" " + text_of(kind) + "\r\n") == kind), word(kind));
        BOOST_TEST(said_of(kind, text_of(kind)) == "accepted", word(kind));
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_document_says_nothing)
{
    BOOST_TEST(!document_kind(""));
    BOOST_TEST(!document_kind("usher-node:"));
    BOOST_TEST(!document_kind("usher-node:" + text_of(DocumentKind::receipt)));
    BOOST_TEST(!document_kind(Move::text_of(DocumentKind::node).substr(sizeof("usher-node"))));
    BOOST_TEST(!document_kind(sign_jws(R"({"typ":7})", "{}", key)));
    BOOST_TEST(!document_kind(sign_jws(R"({"typ":"JWT"})", "{}", key)));
    BOOST_TEST(!document_kind(sign_jws(R"([])", "{}", key)));
    BOOST_TEST(!document_kind(text_of(DocumentKind::receipt) +
                              std::string(protocol::license_bytes_max, ' ')));
}

BOOST_AUTO_TEST_CASE(none_can_be_taken_for_another)
{
    for (const DocumentKind kind : all_kinds)
        for (const DocumentKind other : all_kinds)
            if (kind != other)
                BOOST_TEST(said_of(kind, text_of(other)) != "accepted",
                           word(other) << " as " << word(kind));
    BOOST_TEST(said_of(DocumentKind::receipt, text_of(DocumentKind::showing)) ==
               "header.typ: is not usher-receipt");
}

BOOST_AUTO_TEST_CASE(every_changed_bit_is_noticed)
{
    for (const DocumentKind kind : new_kinds) {
        const std::string text = text_of(kind);
        for (std::size_t at = 0; at + 1 < text.size(); ++at) {
            std::string changed = text;
            changed[at] = static_cast<char>(changed[at] ^ 1);
            if (said_of(kind, changed) == "accepted")
                BOOST_ERROR(word(kind) << ": byte " << at << " may be changed");
        }
    }
}

BOOST_AUTO_TEST_CASE(every_shorter_text_is_noticed)
{
    for (const DocumentKind kind : new_kinds) {
        const std::string text = text_of(kind);
        for (std::size_t length = 0; length + 1 < text.size(); ++length)
            if (said_of(kind, text.substr(0, length)) == "accepted")
                BOOST_ERROR(word(kind) << " of length " << length << " is accepted");
    }
}

BOOST_AUTO_TEST_CASE(white_space_around_is_that_of_a_file_and_length_is_bounded)
{
    for (const DocumentKind kind : new_kinds) {
        const std::string text = text_of(kind);
        BOOST_TEST(said_of(kind, "\t" + text + "\r\n") == "accepted", word(kind));
        BOOST_TEST(said_of(kind, text + std::string(protocol::license_bytes_max, '\n')) ==
                   "it is longer than 16 KiB");
    }
}

BOOST_AUTO_TEST_CASE(a_member_too_many_or_too_few_is_refused_by_name)
{
    for (const DocumentKind kind : new_kinds) {
        BOOST_TEST(objection(kind, [](json& p) { p["zest"] = 1; }) == "\"zest\": is not known");
        const char* const own = kind == DocumentKind::move_mark ? "stream" : "made";
        BOOST_TEST(objection(kind, [&](json& p) { p.erase(own); }) ==
                   std::string(own) + ": is missing");
    }
}

BOOST_AUTO_TEST_CASE(a_later_format_is_refused_before_anything_else)
{
    for (const DocumentKind kind : new_kinds)
        BOOST_TEST(objection(kind, [](json& p) {
                       p = {{"format", 2}};
                   }) == "format: is not 1, which is all that this version reads");
}

BOOST_AUTO_TEST_CASE(what_is_not_canonical_is_refused)
{
    const std::string payload = split_jws(without_line(text_of(DocumentKind::receipt))).payload;
    const std::string spaced = "{ " + payload.substr(1);
    BOOST_TEST(said_of(DocumentKind::receipt, source.seal(DocumentKind::receipt, spaced))
                   .starts_with("payload: is not written in the one canonical way"));
}

BOOST_AUTO_TEST_CASE(a_header_cannot_choose_how_it_is_verified)
{
    const std::string payload = split_jws(without_line(text_of(DocumentKind::receipt))).payload;
    const auto said = [&](json header) {
        return said_of(DocumentKind::receipt, sign_jws(header.dump(), payload, key));
    };
    const json good = {{"alg", "EdDSA"}, {"jwk", jwk(key.public_key())}, {"typ", "usher-receipt"}};
    BOOST_TEST(said(good) == "accepted");
    json changed = good;
    changed["alg"] = "none";
    BOOST_TEST(said(changed) == "header.alg: is not EdDSA");
    changed = good;
    changed["crit"] = json::array();
    BOOST_TEST(said(changed) == "header.\"crit\": is not known");
    changed = good;
    changed["jwk"]["crv"] = "X25519";
    BOOST_TEST(said(changed) == "header.jwk: is not a key of Ed25519");
    changed = good;
    changed["jwk"]["d"] = "x";
    BOOST_TEST(said(changed) == "header.jwk: is not a key of Ed25519");
    changed = good;
    changed.erase("jwk");
    changed["kid"] = key_id(key.public_key());
    BOOST_TEST(said(changed) == "header.jwk: is missing");
}

BOOST_AUTO_TEST_CASE(a_vendor_speaks_in_his_own_name_only)
{
    const SigningKey other = SigningKey::generate();
    const std::vector<VendorKey> two{{"acme", key.public_key()}, {"other", other.public_key()}};
    const auto activation_said = open_activation(sign_activation(activation(), other), two);
    BOOST_TEST(std::get<DocumentError>(activation_said).what ==
               "it speaks for acme, but other signed it");
    const auto answer_said = open_issuer_answer(sign_issuer_answer(answer(), other), two);
    BOOST_TEST((std::get<DocumentError>(answer_said).kind == Kind::unknown_vendor));
    BOOST_TEST(
        (std::get<DocumentError>(open_activation(text_of(DocumentKind::activation), {})).kind ==
         Kind::unknown_vendor));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_not_signed)
{
    Receipt odd = receipt();
    odd.made += 1us;
    BOOST_CHECK_THROW((void)sign_receipt(odd, source), std::invalid_argument);
    Activation bare = activation();
    bare.license.lock.reset();
    BOOST_CHECK_THROW((void)sign_activation(bare, key), std::invalid_argument);
    bare = activation();
    bare.license.product = "";
    BOOST_CHECK_THROW((void)sign_activation(bare, key), std::invalid_argument);
    IssuerAnswer none = answer();
    none.number = 0;
    BOOST_CHECK_THROW((void)sign_issuer_answer(none, key), std::invalid_argument);
    Redirect nowhere = redirect();
    nowhere.uri = "https://host-b";
    BOOST_CHECK_THROW((void)sign_redirect(nowhere, source), std::invalid_argument);
    BOOST_CHECK_THROW((void)make_activation_request(code, source, "machine", "", nonce, noon),
                      std::invalid_argument);
    BOOST_CHECK_THROW((void)make_activation_request(code, source, "shared", "host-a", nonce, noon),
                      std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
