#include "tests/trust/move.hpp"

using namespace usher;
using namespace usher::trust;
using namespace usher::trust::test;

// What ends an activation, what follows it, and what shows which one is alive.
BOOST_FIXTURE_TEST_SUITE(receipt, Move)

BOOST_AUTO_TEST_CASE(a_receipt_comes_back_as_it_was_signed)
{
    Receipt one = Move::receipt();
    BOOST_TEST((std::get<Receipt>(open_receipt(sign_receipt(one, source))) == one));
    one.to.reset();
    BOOST_TEST((std::get<Receipt>(open_receipt(sign_receipt(one, source))) == one));
    BOOST_TEST(sign_receipt(one, source) == sign_receipt(one, source));
}

BOOST_AUTO_TEST_CASE(a_receipt_is_of_whoever_signed_it)
{
    const auto opened = std::get<Receipt>(open_receipt(sign_receipt(
        {.license = "1", .ended = {source.key(), 4}, .made = noon, .to = {}}, target)));
    BOOST_TEST((opened.ended.node == target.key()));
}

BOOST_AUTO_TEST_CASE(a_receipt_is_to_a_later_activation_of_another_host)
{
    const auto said = [&](json to) {
        return objection(DocumentKind::receipt, [&](json& p) { p["to"] = std::move(to); });
    };
    BOOST_TEST(said({{"node", base64url(target.key())}, {"number", 4}}) ==
               "to: is of no higher number");
    BOOST_TEST(said({{"node", base64url(source.key())}, {"number", 5}}) ==
               "to: is the host that gives it up");
    BOOST_TEST(said({{"node", base64url(target.key())}}) == "to.number: is missing");
    BOOST_TEST(said("issuer") == "to: is not an object");
}

BOOST_AUTO_TEST_CASE(a_ticket_is_worth_something_with_its_very_receipt_only)
{
    const Activation one = ticket();
    BOOST_TEST(redeems(Move::receipt(), one));
    const auto changed = [&](const std::function<void(Receipt&)>& change) {
        Receipt other = Move::receipt();
        change(other);
        return redeems(other, one);
    };
    BOOST_TEST(!changed([](Receipt& r) { r.license = "2"; }));
    BOOST_TEST(!changed([](Receipt& r) { r.ended.number = 3; }));
    BOOST_TEST(!changed([](Receipt& r) { r.ended.node = filled(9); }));
    BOOST_TEST(!changed([](Receipt& r) { r.to.reset(); }));
    BOOST_TEST(!changed([](Receipt& r) { r.to->number = 6; }));
    BOOST_TEST(!changed([](Receipt& r) { r.to->node = filled(9); }));
    BOOST_TEST(!redeems(Move::receipt(), activation()));
}

BOOST_AUTO_TEST_CASE(a_showing_comes_back_with_and_without_a_receipt)
{
    Showing one = showing();
    BOOST_TEST((std::get<Showing>(open_showing(sign_showing(one, target))) == one));
    one.receipt_text.clear();
    one.receipt.reset();
    BOOST_TEST((std::get<Showing>(open_showing(sign_showing(one, target))) == one));
}

BOOST_AUTO_TEST_CASE(a_showing_holds_no_receipt_but_that_of_its_ticket)
{
    const auto said = [&](const Receipt& shown) {
        return objection(DocumentKind::showing,
                         [&](json& p) { p["receipt"] = sign_receipt(shown, source); });
    };
    Receipt other = Move::receipt();
    BOOST_TEST(said(other) == "accepted");
    other.license = "2";
    BOOST_TEST(said(other) == "receipt: is not to this activation");
    other = Move::receipt();
    other.to->number = 6;
    BOOST_TEST(said(other) == "receipt: is not to this activation");
    other.to.reset();
    BOOST_TEST(said(other) == "receipt: is not to this activation");
    BOOST_TEST(objection(DocumentKind::showing, [](json& p) { p["receipt"] = ""; }) ==
               "receipt: it is not three parts with a dot between them");
}

BOOST_AUTO_TEST_CASE(a_showing_is_made_by_a_daemon_that_has_started)
{
    const auto said = [&](const char* started) {
        return objection(DocumentKind::showing, [&](json& p) { p["started"] = started; });
    };
    BOOST_TEST(said("2030-06-01T12:00:00Z") == "accepted");
    BOOST_TEST(said("2030-06-01T12:00:01Z") == "started: is later than it was made");
    BOOST_TEST(objection(DocumentKind::showing, [](json& p) { p.erase("started"); }) ==
               "started: is missing");
}

BOOST_AUTO_TEST_CASE(an_answer_comes_back_as_it_was_signed)
{
    for (const bool active : {true, false}) {
        IssuerAnswer one = answer();
        one.active = active;
        const std::string text = sign_issuer_answer(one, key);
        BOOST_TEST((std::get<IssuerAnswer>(open_issuer_answer(text, trusted)) == one));
        BOOST_TEST((std::get<IssuerAnswer>(read_issuer_answer_unverified(text)) == one));
    }
    BOOST_TEST(objection(DocumentKind::issuer_answer, [](json& p) { p["active"] = 1; }) ==
               "active: is not true or false");
    BOOST_TEST(objection(DocumentKind::issuer_answer, [](json& p) { p["vendor"] = "a b"; }) ==
               "vendor: is not 1 to 64 letters, digits, dots, dashes and underscores");
}

BOOST_AUTO_TEST_CASE(a_receipt_asks_by_what_it_says_not_by_the_space_around_it)
{
    const std::string text = sign_receipt(Move::receipt(), source);
    BOOST_TEST((nonce_of(text) == nonce_of(without_line(text))));
    Receipt other = Move::receipt();
    other.ended.number = 3;
    BOOST_TEST((nonce_of(text) != nonce_of(sign_receipt(other, source))));
}

BOOST_AUTO_TEST_CASE(a_redirect_comes_back_as_it_was_signed)
{
    BOOST_TEST(
        (std::get<Redirect>(open_redirect(sign_redirect(redirect(), source))) == redirect()));
    BOOST_TEST(objection(DocumentKind::redirect, [&](json& p) {
                   p["node"] = base64url(source.key());
               }) == "node: is the host that says it");
    BOOST_TEST(objection(DocumentKind::redirect, [](json& p) { p["uri"] = "unix:/x"; }) ==
               "uri: is not an address that begins with usher://");
}

BOOST_AUTO_TEST_CASE(a_mark_of_a_move_comes_back_as_it_was_signed)
{
    BOOST_TEST(
        (std::get<MoveMark>(open_move_mark(sign_move_mark(move_mark(), source))) == move_mark()));
    const auto said = [&](const char* member, const json& value) {
        return objection(DocumentKind::move_mark, [&](json& p) { p[member] = value; });
    };
    BOOST_TEST(said("to", base64url(source.key())) == "to: is the host that says it");
    BOOST_TEST(said("from", -1) != "accepted");
    BOOST_TEST(said("count", 1'000'000'000'000'001) != "accepted");
    BOOST_TEST(said("end", 1) == "end: is not true or false");
    BOOST_TEST(said("digest", base64url(nonce)) != "accepted");
}

BOOST_AUTO_TEST_SUITE_END()
