#include "daemon/trust/lease_tag.hpp"
#include "daemon/trust/redirect.hpp"
#include "daemon/trust/showing.hpp"
#include "protocol/limits.hpp"
#include "tests/server/moving.hpp"

using namespace usher;
using namespace usher::server;
using namespace usher::server::test;

BOOST_FIXTURE_TEST_SUITE(move, Move)

BOOST_AUTO_TEST_CASE(a_server_moves_with_its_leases_and_its_activations)
{
    lend();
    activate();
    const v1::MoveBegun begun = begin();
    BOOST_REQUIRE(begun.licenses_size() == 1);
    BOOST_TEST(begun.licenses(0).number() == 1U);
    BOOST_TEST(begun.licenses(0).issuer() == "usher://issuer.example:4751/");
    BOOST_TEST(begun.licenses(0).kind() == "machine");
    follow_all();

    const std::string given = ticket();
    const v1::Response departed = depart({given});
    BOOST_REQUIRE(departed.operated().has_departed());
    const v1::Departed& with = departed.operated().departed();
    const auto redirect = trust::open_redirect(with.redirect());
    BOOST_TEST((std::get<trust::Redirect>(redirect).node == target.premises.node->key()));
    BOOST_TEST(depart({given}).operated().departed().receipts(0) == with.receipts(0));
    follow_all();

    const v1::Response arrived = arrive({given}, {with.receipts(0)});
    const std::string mark = arrived.operated().handed().document();
    BOOST_TEST(arrive({given}, {with.receipts(0)}).operated().handed().document() == mark);
    BOOST_TEST(confirm(mark).operated().has_done());

    v1::Request renew;
    renew.set_id(1);
    renew.mutable_renew()->add_leases(std::string(lease.bytes.begin(), lease.bytes.end()));
    const v1::Response held = target.ask(renew);
    BOOST_REQUIRE(held.renewed().leases_size() == 1);
    BOOST_TEST(held.renewed().leases(0).state() == v1::LeaseState::HELD);
    const v1::Response gone = source.ask(renew);
    BOOST_TEST(code_of(gone) == "SERVER_DEPARTED");
    BOOST_TEST(gone.refused().redirect() == with.redirect());

    v1::Operate operate;
    operate.mutable_showing_make()->set_license(source.license().number);
    operate.mutable_showing_make()->set_number(2);
    const auto showing = trust::open_showing(target.ask(operate).operated().handed().document());
    BOOST_TEST(std::get<trust::Showing>(showing).receipt_text == with.receipts(0));
    operate.mutable_look();
    BOOST_TEST(source.ask(operate).operated().status().moved_to() == "usher://host-b:4750/");
}

BOOST_AUTO_TEST_CASE(an_arrival_whose_answer_was_lost_is_found_out_again)
{
    lend();
    begin();
    BOOST_REQUIRE(depart({}).operated().has_departed());
    follow_all();
    BOOST_REQUIRE(arrive({}, {}).operated().has_handed());

    v1::Operate operate;
    operate.mutable_move_begin()->set_target_node(target.premises.node_text);
    operate.mutable_move_begin()->set_uri("usher://host-b:4750/");
    const v1::MoveBegun again = source.ask(operate).operated().move_begun();
    BOOST_TEST(again.departed());
    v1::ArrivalBegin& arrival = *operate.mutable_arrival_begin();
    arrival.set_stream(again.stream());
    arrival.set_source_node(source.key());
    BOOST_TEST(code_of(target.ask(operate)) == "TARGET_NOT_EMPTY");
    arrival.set_departed(true);
    const std::string mark = target.ask(operate).operated().arrival_begun().arrived();
    BOOST_TEST(confirm(mark).operated().has_done());
}

BOOST_AUTO_TEST_CASE(where_it_is_going_must_be_another_host_at_an_address)
{
    const auto said = [&](const std::string& node, const std::string& uri) {
        v1::Operate operate;
        operate.mutable_move_begin()->set_target_node(node);
        operate.mutable_move_begin()->set_uri(uri);
        return source.ask(operate).refused().detail();
    };
    BOOST_TEST(said("", "usher://b/") == "target_node: is not the text of a node");
    BOOST_TEST(said(source.premises.node_text, "usher://b/") == "target_node: is this very host");
    BOOST_TEST(said(target.premises.node_text, "http://b/") ==
               "uri: is not an address that begins with usher://");
    v1::Operate operate;
    operate.mutable_arrival_begin()->set_source_node(source.key());
    operate.mutable_arrival_begin()->set_stream(std::string(16, 's'));
    BOOST_TEST(source.ask(operate).refused().detail() == "source_node: is this very host");
    operate.mutable_arrival_begin()->set_stream("s");
    BOOST_TEST(target.ask(operate).refused().detail() == "stream: has the wrong length");
    operate.mutable_transfer_make()->set_license("L");
    BOOST_TEST(code_of(source.ask(operate)) == "BAD_REQUEST");
}

BOOST_AUTO_TEST_CASE(only_tickets_of_this_hosts_activations_are_departed_with)
{
    activate();
    begin();
    const std::string good = ticket();
    BOOST_TEST(depart({"nonsense"}).refused().code() == "DOCUMENT_INVALID");
    trust::Activation other = activation(3, *target.premises.node);
    other.nonce = trust::fresh_nonce();
    BOOST_TEST(depart({trust::sign_activation(other, source.vendor)}).refused().detail() ==
               "it is no transfer ticket");
    other.nonce = {};
    other.after = trust::ActivationMark{trust::SigningKey::generate().public_key(), 1};
    BOOST_TEST(depart({trust::sign_activation(other, source.vendor)}).refused().detail() ==
               "the ticket of license 015.120.065.016 follows an activation of another host");
    other.after = trust::ActivationMark{source.premises.node->key(), 1};
    BOOST_TEST(code_of(depart({trust::sign_activation(other, trust::SigningKey::generate())})) ==
               "UNKNOWN_VENDOR");
    other.made = now_by_documents() - 48h;
    other.load_by = now_by_documents() - 24h;
    BOOST_TEST(code_of(depart({trust::sign_activation(other, source.vendor)})) ==
               "DOCUMENT_EXPIRED");
    BOOST_TEST(code_of(depart({})) == "NOT_MOVABLE");
    trust::Activation sold_anew = activation(3, *target.premises.node);
    sold_anew.after = trust::ActivationMark{source.premises.node->key(), 1};
    sold_anew.license.product = "Another";
    BOOST_TEST(code_of(depart({trust::sign_activation(sold_anew, source.vendor)})) ==
               "PRODUCT_MISMATCH");
    BOOST_TEST(depart({good}).operated().has_departed());
}

BOOST_AUTO_TEST_CASE(a_ticket_is_taken_with_its_own_receipt_and_however_late)
{
    activate();
    begin();
    trust::Activation late = activation(2, *target.premises.node);
    late.after = trust::ActivationMark{source.premises.node->key(), 1};
    const v1::Response departed = depart({trust::sign_activation(late, source.vendor)});
    const std::string receipt = departed.operated().departed().receipts(0);
    follow_all();
    late.made = now_by_documents() - 48h;
    late.load_by = now_by_documents() - 24h;
    const std::string document = trust::sign_activation(late, source.vendor);
    BOOST_TEST(arrive({document}, {}).refused().detail() ==
               "no receipt redeems the ticket of license 015.120.065.016");
    trust::Activation higher = late;
    higher.number = 3;
    BOOST_TEST(code_of(arrive({trust::sign_activation(higher, source.vendor)}, {receipt})) ==
               "DOCUMENT_INVALID");
    BOOST_TEST(arrive({document}, {receipt}).operated().has_handed());
}

BOOST_AUTO_TEST_CASE(a_part_is_taken_from_the_source_for_this_host_and_as_it_was_signed)
{
    lend();
    begin();
    v1::MovePart part = read();
    v1::MovePart other = part;
    other.set_record(part.record() + "x");
    BOOST_TEST(follow(other).refused().detail() == "it is the mark of another record");
    other = part;
    other.set_mark("nonsense");
    BOOST_TEST(code_of(follow(other)) == "DOCUMENT_INVALID");
    trust::MoveMark mark = std::get<trust::MoveMark>(trust::open_move_mark(part.mark()));
    mark.to = trust::SigningKey::generate().public_key();
    other.set_mark(trust::sign_move_mark(mark, *source.premises.node));
    BOOST_TEST(follow(other).refused().detail() == "it is for another host");
    mark.to = target.premises.node->key();
    ++mark.count;
    other.set_mark(trust::sign_move_mark(mark, *source.premises.node));
    BOOST_TEST(code_of(follow(other)) == "DOCUMENT_INVALID");
    const Server stranger;
    --mark.count;
    other.set_mark(trust::sign_move_mark(mark, *stranger.premises.node));
    BOOST_TEST(follow(other).refused().detail() == "another host than the source has signed it");
    BOOST_TEST(follow(part).operated().has_arrival_begun());
    BOOST_TEST(confirm(part.mark()).refused().code() == "DOCUMENT_INVALID");
}

BOOST_AUTO_TEST_CASE(what_cannot_have_happened_is_refused_by_the_number_of_its_fact)
{
    lend();
    begin();
    using namespace ledger;
    Pool pool{.id = {"L"}, .parent = {}, .product = {{"acme"}, {"P"}}, .allow = {}};
    Lease held{.id = lease,
               .tag = trust::tag_of(lease),
               .pool = {"L"},
               .identity = {"key:app"},
               .party = {},
               .user = {"ann"},
               .device = {"d1"},
               .profile = {"Open"},
               .asked = {}};
    BOOST_TEST(said_of({LeaseGranted{held}}) == "fact 1: there is no such pool");
    held.user.text = "two\nlines";
    BOOST_TEST(said_of({PoolOpened{pool}, LeaseGranted{held}}).starts_with("fact 2: user: "));
    held.user.text = "ann";
    held.tag.bits = 1;
    BOOST_TEST(said_of({PoolOpened{pool}, LeaseGranted{held}}) ==
               "fact 2: tag: is not its lease's");
    BOOST_TEST(said_of({TimeSeen{}}) == "fact 1: it is none that another server has to know");
    pool.product.name.text = std::string(300, 'x');
    BOOST_TEST(said_of({PoolOpened{pool}}).starts_with("fact 1: product: "));
    BOOST_TEST(follow(forged({})).operated().has_arrival_begun());
}

BOOST_AUTO_TEST_CASE(a_license_is_what_its_signed_document_says)
{
    lend();
    begin();
    trust::License license = source.license();
    license.lock = {};
    ledger::Entitlement one{.id = {license.number},
                            .root = {license.number},
                            .product = {{"acme"}, {license.product}},
                            .type = license.type,
                            .quantity = 10};
    const ledger::Pool pool{.id = one.root, .parent = {}, .product = one.product, .allow = {}};
    const auto said = [&](const std::string& document) {
        one.document = std::make_shared<const std::string>(document);
        return follow(forged({ledger::PoolOpened{pool}, ledger::EntitlementInstalled{one, {}}}));
    };
    const std::string good = trust::sign_license(license, source.vendor);
    BOOST_TEST(said("nonsense").refused().detail().starts_with("fact 2: "));
    BOOST_TEST(code_of(said(trust::sign_license(license, trust::SigningKey::generate()))) ==
               "UNKNOWN_VENDOR");
    one.quantity = 1000;
    BOOST_TEST(said(good).refused().detail() == "fact 2: license: its document says otherwise");
    one.quantity = 10;
    BOOST_TEST(said(good).operated().has_arrival_begun());
}

BOOST_AUTO_TEST_CASE(a_large_state_comes_in_parts_that_fit)
{
    lend();
    for (int i = 0; i < 8; ++i) { // Each with as many named users as there can be.
        trust::License license = source.license();
        license.number = "015.120.001.00" + std::to_string(i);
        license.lock = {};
        license.quantity = 20'000;
        v1::Operate operate;
        operate.mutable_license_install()->set_document(
            trust::sign_license(license, source.vendor));
        BOOST_REQUIRE(source.ask(operate).has_operated());
        operate.mutable_maintenance()->set_on(true);
        source.ask(operate);
        v1::PoolUsers& users = *operate.mutable_pool_users();
        users.set_pool(license.number);
        for (int user = 0; user < 5000; ++user)
            users.add_users(std::to_string(user) + std::string(95, 'u'));
        BOOST_REQUIRE(source.ask(operate).operated().has_done());
        operate.mutable_maintenance()->set_on(false);
        source.ask(operate);
    }
    begin();
    std::size_t parts = 0;
    for (bool more = true; more; ++parts) {
        const v1::MovePart part = read();
        BOOST_TEST(part.record().size() + part.mark().size() + 64 < protocol::frame_bytes_max);
        BOOST_REQUIRE(follow(part).operated().has_arrival_begun());
        more = part.more();
    }
    BOOST_TEST(parts > 8U);
}

BOOST_AUTO_TEST_SUITE_END()
