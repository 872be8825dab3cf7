#include "protocol/limits.hpp"
#include "tests/trust/move.hpp"

using namespace usher;
using namespace usher::trust;
using namespace usher::trust::test;

// An activation, its request, and the ticket that it can become.
BOOST_FIXTURE_TEST_SUITE(activation, Move)

BOOST_AUTO_TEST_CASE(an_activation_comes_back_as_it_was_signed)
{
    for (Activation one : {Move::activation(), ticket()}) {
        BOOST_TEST(
            (std::get<Activation>(open_activation(sign_activation(one, key), trusted)) == one));
        BOOST_TEST(
            (std::get<Activation>(read_activation_unverified(sign_activation(one, key))) == one));
        one.issuer.clear();
        one.check.reset();
        BOOST_TEST(
            (std::get<Activation>(open_activation(sign_activation(one, key), trusted)) == one));
    }
}

BOOST_AUTO_TEST_CASE(an_activation_of_the_largest_license_fits_in_a_file)
{
    Activation one = ticket();
    one.issuer = "usher://" + std::string(1024 - 8, 'i');
    License& license = one.license;
    license.vendor.assign(vendor_name_bytes_max, 'v');
    for (std::string* name : {&license.number, &license.requires_product})
        name->assign(protocol::name_bytes_max, '"');
    license.product.assign(protocol::name_bytes_max, '\\');
    license.type.assign(protocol::text_bytes_max, '"');
    license.downgrades_to.clear();
    for (std::size_t i = 0; i < downgrades_max; ++i)
        license.downgrades_to.insert(std::string(downgrades_bytes_max / downgrades_max - 1, '"') +
                                     static_cast<char>('?' + i));
    license.lock->identifiers.clear();
    for (std::size_t i = 0; i < identifiers_max; ++i)
        license.lock->identifiers[std::string(31, 'i') + static_cast<char>('a' + i)] = filled(1);
    trusted.front().vendor = license.vendor;
    BOOST_TEST((std::get<Activation>(open_activation(sign_activation(one, key), trusted)) == one));
}

BOOST_AUTO_TEST_CASE(what_an_activation_cannot_be_is_refused_by_its_place)
{
    const auto said = [&](const std::function<void(json&)>& change) {
        return objection(DocumentKind::activation, change);
    };
    BOOST_TEST(said([](json& p) { p["number"] = 0; }) == "number: is not 1 to 1000000000");
    BOOST_TEST(said([](json& p) { p["number"] = 1'000'000'001; }) ==
               "number: is not 1 to 1000000000");
    BOOST_TEST(said([](json& p) { p["number"] = -1; }) == "number: is not 1 to 1000000000");
    BOOST_TEST(said([](json& p) { p["number"] = "1"; }) == "number: is not 1 to 1000000000");
    BOOST_TEST(said([](json& p) { p["license"]["nodelock"] = nullptr; }) ==
               "license.nodelock: is null, and an activation is for one host");
    BOOST_TEST(said([](json& p) { p["license"]["nodelock"]["need"] = 4; }) ==
               "license.nodelock.need: is not 1 to the number of identifiers");
    BOOST_TEST(said([](json& p) { p["license"]["to"] = "2029-01-01T00:00:00Z"; }) ==
               "license.to: is not later than from");
    BOOST_TEST(said([](json& p) { p["license"]["color"] = "red"; }) ==
               "license.\"color\": is not known");
    BOOST_TEST(said([](json& p) { p["load_by"] = p["made"]; }) ==
               "load_by: is not later than made");
    BOOST_TEST(said([](json& p) { p["check"]["every_days"] = 0; }) ==
               "check.every_days: is not 1 to 3650");
    BOOST_TEST(said([](json& p) { p["check"]["grace_days"] = 3651; }) ==
               "check.grace_days: is not 0 to 3650");
    BOOST_TEST(said([](json& p) { p["check"]["hours"] = 1; }) == "check.\"hours\": is not known");
    BOOST_TEST(said([](json& p) { p["issuer"] = "http://issuer"; }) ==
               "issuer: is not an address that begins with usher://");
    BOOST_TEST(said([](json& p) { p["issuer"] = "usher://" + std::string(1024, 'a'); }) ==
               "issuer: is not an address that begins with usher://");
    BOOST_TEST(said([](json& p) { p["nonce"] = "AAAA"; }) == "nonce: is not 16 bytes in base64url");
    BOOST_TEST(said([](json& p) { p["nonce"] = nullptr; }) ==
               "nonce: an answer to a request has one and no after, a ticket an after");
    const json mark = {{"node", base64url(filled(9))}, {"number", 3}};
    BOOST_TEST(said([&](json& p) { p["after"] = mark; }) ==
               "nonce: an answer to a request has one and no after, a ticket an after");
    const auto as_ticket = [&](const json& after) {
        return said([&](json& p) {
            p["nonce"] = nullptr;
            p["after"] = after;
        });
    };
    BOOST_TEST(as_ticket(mark) == "accepted");
    BOOST_TEST(as_ticket({{"node", base64url(filled(9))}, {"number", 4}}) ==
               "after.number: is not lower than the number");
    BOOST_TEST(as_ticket({{"node", base64url(source.key())}, {"number", 3}}) ==
               "after.node: is the host that the ticket is for");
}

BOOST_AUTO_TEST_CASE(a_request_comes_back_with_its_host_and_code)
{
    const auto opened = std::get<ActivationRequest>(open_activation_request(request()));
    BOOST_TEST(opened.license == full.number);
    BOOST_TEST(opened.host == "host-a");
    BOOST_TEST(opened.lock.kind == "machine");
    BOOST_TEST((opened.lock.node == source.key()));
    BOOST_TEST((opened.lock.identifiers == source.terms("machine").identifiers));
    BOOST_TEST((opened.nonce == nonce));
    BOOST_TEST((opened.made == noon));
    BOOST_TEST((opened.code == code.key.public_key()));
}

BOOST_AUTO_TEST_CASE(a_request_does_not_tell_its_code)
{
    const std::string payload = split_jws(without_line(request())).payload;
    BOOST_TEST(payload.find(base64url(code.key.seed())) == std::string::npos);
    BOOST_TEST(json::parse(payload)["code"] == base64url(code.key.public_key()));
}

BOOST_AUTO_TEST_CASE(a_request_that_another_host_signs_again_is_worthless)
{
    const std::string payload = split_jws(without_line(request())).payload;
    BOOST_TEST(said_of(DocumentKind::activation_request,
                       target.seal(DocumentKind::activation_request, payload)) ==
               "code_proof: is not of that code, for that host");
}

BOOST_AUTO_TEST_CASE(a_request_is_proven_member_by_member)
{
    const auto said = [&](const std::function<void(json&)>& change) {
        return objection(DocumentKind::activation_request, change);
    };
    const std::string unproven = "code_proof: is not of that code, for that host";
    BOOST_TEST(said([](json& p) { p["license"] = "2"; }) == unproven);
    BOOST_TEST(said([](json& p) { p["host"] = "host-x"; }) == unproven);
    BOOST_TEST(said([](json& p) { p["kind"] = "personal"; }) == unproven);
    BOOST_TEST(said([](json& p) { p["made"] = "2031-01-01T00:00:00Z"; }) == unproven);
    BOOST_TEST(said([](json& p) { p["nonce"] = base64url(fresh_nonce()); }) == unproven);
    BOOST_TEST(said([](json& p) { p["identifiers"].erase("mac"); }) == unproven);
    BOOST_TEST(said([](json& p) { p["code"] = base64url(SigningKey::generate().public_key()); }) ==
               unproven);
    BOOST_TEST(said([](json& p) { p["kind"] = "shared"; }) ==
               "nodelock.kind: is not machine or personal");
    BOOST_TEST(said([](json& p) { p["identifiers"] = json::object(); }) ==
               "nodelock.identifiers: are not 1 to 16");
}

BOOST_AUTO_TEST_CASE(a_transfer_request_comes_back_as_it_was_signed)
{
    const auto opened = std::get<TransferRequest>(
        open_transfer_request(sign_transfer_request(transfer_request(), source)));
    BOOST_TEST((opened == transfer_request()));
}

BOOST_AUTO_TEST_CASE(a_transfer_is_to_another_host_that_signed_its_text)
{
    const auto said = [&](const std::string& text) {
        return objection(DocumentKind::transfer_request, [&](json& p) { p["target"] = text; });
    };
    BOOST_TEST(said(source.text()) == "target: is the host that asks");
    BOOST_TEST(said(target.text() + "\n") == "target: is not the text of a node");
    BOOST_TEST(said(text_of(DocumentKind::receipt)) == "target: is not the text of a node");
    std::string changed = target.text();
    changed.back() = changed.back() == 'A' ? 'Q' : 'A';
    BOOST_TEST(said(changed) == "target: is not the text of a node");
    BOOST_TEST(objection(DocumentKind::transfer_request, [](json& p) { p["kind"] = "shared"; }) ==
               "kind: is not machine or personal");
}

BOOST_AUTO_TEST_SUITE_END()
