#include "daemon/server/translate.hpp"

#include "daemon/trust/signature.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher;
using namespace usher::server;
using ledger::Code;
using ledger::Role;

namespace {

struct AtTheDoor {
    Premises premises;
    Peer peer{.address = "127.0.0.1:53412"};
    v1::Hello hello;

    AtTheDoor()
    {
        hello.set_version(1);
        hello.set_version_min(1);
        hello.set_client("test 1.0");
    }

    ledger::Greet greet()
    {
        const auto result = translate_hello(hello, peer, premises);
        BOOST_REQUIRE(std::holds_alternative<ledger::Greet>(result));
        return std::get<ledger::Greet>(result);
    }

    ledger::Refusal refusal()
    {
        const auto result = translate_hello(hello, peer, premises);
        BOOST_REQUIRE(std::holds_alternative<ledger::Refusal>(result));
        return std::get<ledger::Refusal>(result);
    }

    void show_certificate(const std::string& name, bool is_foreign)
    {
        peer.certificate = ledger::CredentialDigest{trust::sha256(name)};
        peer.certificate_name = name;
        peer.certificate_is_foreign = is_foreign;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hello, AtTheDoor)

BOOST_AUTO_TEST_CASE(who_brings_nothing_is_let_in_only_where_the_operator_says_so)
{
    BOOST_TEST((refusal().code == Code::unknown_credential));
    premises.anonymous = true;
    BOOST_TEST(greet().identity.text == "anonymous");
    BOOST_TEST((greet().role == Role::application));
}

BOOST_AUTO_TEST_CASE(a_key_is_shown_to_the_ledger_as_its_digest_only)
{
    hello.set_key("usher-key-secret");
    const ledger::Greet known = greet();
    BOOST_REQUIRE(known.credential.has_value());
    BOOST_TEST((known.credential->bytes == trust::sha256("usher-key-secret")));
    BOOST_TEST(known.identity.text.empty());
    BOOST_TEST((known.role == Role::application));
}

BOOST_AUTO_TEST_CASE(a_certificate_counts_by_its_digest_and_is_called_by_its_name)
{
    show_certificate("solver", false);
    const ledger::Greet known = greet();
    BOOST_TEST((known.credential == peer.certificate));
    BOOST_TEST(known.identity.text == "cert:solver");
    BOOST_TEST(!known.certificate_is_foreign);
}

BOOST_AUTO_TEST_CASE(a_foreign_certificate_cannot_take_the_name_of_one_of_ours)
{
    show_certificate("solver", true);
    const ledger::Greet known = greet();
    BOOST_TEST(known.identity.text == "foreign:solver");
    BOOST_TEST(known.certificate_is_foreign);
    BOOST_TEST((known.role == Role::application));
}

BOOST_AUTO_TEST_CASE(a_certificate_with_a_hostile_name_or_none_is_refused)
{
    for (const char* name : {"", "\x1b[31mred", "<script>", "two\nlines"}) {
        show_certificate(name, true);
        BOOST_TEST((refusal().code == Code::bad_name));
        BOOST_TEST(refusal().subject == "certificate");
    }
}

BOOST_AUTO_TEST_CASE(a_key_is_preferred_to_a_certificate_and_both_to_the_local_user)
{
    peer.local_user = "root";
    peer.local_admin = true;
    BOOST_TEST(greet().identity.text == "local:root");
    BOOST_TEST((greet().role == Role::admin));
    show_certificate("solver", false);
    BOOST_TEST(greet().identity.text == "cert:solver");
    hello.set_key("usher-key-secret");
    BOOST_TEST((greet().credential->bytes == trust::sha256("usher-key-secret")));
}

BOOST_AUTO_TEST_CASE(a_local_user_who_is_no_operator_needs_a_credential_like_anybody)
{
    peer.local_user = "mickey";
    BOOST_TEST((refusal().code == Code::unknown_credential));
    BOOST_TEST(refusal().subject == "local:mickey");
    premises.anonymous = true;
    BOOST_TEST(greet().identity.text == "local:mickey");
    BOOST_TEST((greet().role == Role::application));
}

BOOST_AUTO_TEST_CASE(versions_must_meet)
{
    premises.anonymous = true;
    const auto speaks = [&](std::uint32_t least, std::uint32_t most) {
        hello.set_version_min(least);
        hello.set_version(most);
        return translate_hello(hello, peer, premises);
    };
    BOOST_TEST(std::holds_alternative<ledger::Greet>(speaks(1, 1)));
    BOOST_TEST(std::holds_alternative<ledger::Greet>(speaks(0, 9)));
    BOOST_TEST((std::get<ledger::Refusal>(speaks(2, 9)).code == Code::unsupported));
    BOOST_TEST((std::get<ledger::Refusal>(speaks(0, 0)).code == Code::unsupported));
    BOOST_TEST((std::get<ledger::Refusal>(speaks(2, 1)).code == Code::bad_request));
}

BOOST_AUTO_TEST_CASE(long_texts_are_refused)
{
    premises.anonymous = true;
    hello.set_client(std::string(257, 'c'));
    BOOST_TEST(refusal().detail == "client: longer than 256 bytes");
    hello.set_client("test");
    hello.set_key(std::string(257, 'k'));
    BOOST_TEST(refusal().detail == "key: longer than 256 bytes");
}

BOOST_AUTO_TEST_SUITE_END()
