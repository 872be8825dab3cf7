#include "daemon/server/certificates.hpp"
#include "daemon/server/translate.hpp"
#include "daemon/trust/jws.hpp"
#include "protocol/limits.hpp"
#include "tests/server/house.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher;
using namespace usher::server;
using ledger::Code;

namespace {

/// What an admin asks that needs the house: its vendors, its node, its authority.
struct Admin : test::House {
    Caller admin{{5}, {"local:root"}, ledger::Role::admin};

    Translation install(const std::string& document, const std::string& profile = "")
    {
        v1::Request request;
        v1::LicenseInstall& verb = *request.mutable_operate()->mutable_license_install();
        verb.set_document(document);
        verb.set_profile(profile);
        return translate(request, admin, premises);
    }

    ledger::Refusal refusal(const std::string& document)
    {
        const Translation translation = install(document);
        BOOST_REQUIRE(std::holds_alternative<ledger::Refusal>(translation));
        return std::get<ledger::Refusal>(translation);
    }

    ledger::Install command(const std::string& document, const std::string& profile = "")
    {
        const Translation translation = install(document, profile);
        if (const auto* no = std::get_if<ledger::Refusal>(&translation))
            BOOST_FAIL(sentence(*no));
        return std::get<ledger::Install>(std::get<Asked>(translation).command);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(install, Admin)

BOOST_AUTO_TEST_CASE(a_license_becomes_an_entitlement_with_the_same_numbers)
{
    const std::string document = trust::sign_license(license(), vendor);
    const ledger::Install install = command(document, "ProLicense");
    BOOST_TEST(install.by.text == "local:root");
    BOOST_TEST(install.profile.text == "ProLicense");
    BOOST_TEST(install.entitlement.id.text == "015.120.065.016");
    BOOST_TEST(install.entitlement.root.text == "015.120.065.016");
    BOOST_TEST(install.entitlement.product.name.text == "PROSession");
    BOOST_TEST(install.entitlement.product.vendor.text == "acme");
    BOOST_TEST(install.entitlement.quantity.value() == 10);
    BOOST_TEST((install.metric == ledger::Metric::lease));
    BOOST_TEST((install.entitlement.lock == ledger::NodeLock::machine));
    BOOST_TEST(install.entitlement.on_this_node);
    BOOST_TEST(*install.entitlement.document == document);
    BOOST_TEST(!install.requires_product.has_value());
}

BOOST_AUTO_TEST_CASE(times_and_what_is_required_are_carried_over)
{
    trust::License timed = license();
    timed.from = std::chrono::sys_days{std::chrono::year{2030} / 1 / 1};
    timed.to = std::chrono::sys_days{std::chrono::year{2031} / 1 / 1};
    timed.requires_product = "PROServer";
    timed.downgrades_to = {"PROSession 15", "PROSession 16"};
    timed.quantity.reset();
    const ledger::Install install = command(trust::sign_license(timed, vendor));
    BOOST_TEST((install.entitlement.from == timed.from));
    BOOST_TEST((install.entitlement.to == timed.to));
    BOOST_TEST(!install.entitlement.quantity.has_value());
    BOOST_TEST(install.requires_product.value().text == "PROServer");
    const std::set<ledger::ProductName> older{{"PROSession 15"}, {"PROSession 16"}};
    BOOST_TEST((install.entitlement.downgrades_to == older));
}

BOOST_AUTO_TEST_CASE(a_license_for_another_host_is_installed_and_counts_nothing_here)
{
    test::Scratch elsewhere;
    const trust::Node other =
        trust::Node::open(elsewhere.path(), {{"machine_id", "m-2", ""}, {"mac", "02:01", ""}});
    trust::License foreign = license();
    foreign.lock = trust::lock_from(other.text(), "machine", 2);
    BOOST_TEST(!command(trust::sign_license(foreign, vendor)).entitlement.on_this_node);
}

BOOST_AUTO_TEST_CASE(a_license_that_is_bound_to_no_host_counts_on_every_host)
{
    trust::License floating = license();
    floating.lock.reset();
    const ledger::Install install = command(trust::sign_license(floating, vendor));
    BOOST_TEST((install.entitlement.lock == ledger::NodeLock::none));
    BOOST_TEST(install.entitlement.on_this_node);
}

BOOST_AUTO_TEST_CASE(a_license_with_one_bit_changed_is_invalid_whichever_bit_it_is)
{
    const std::string document = trust::sign_license(license(), vendor);
    for (std::size_t at = 0; at + 1 < document.size(); at += 7) {
        std::string changed = document;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        BOOST_TEST_CONTEXT("byte " << at)
        {
            const ledger::Refusal no = refusal(changed);
            // A changed key id is a key that nobody knows.
            BOOST_TEST((no.code == Code::license_invalid || no.code == Code::unknown_vendor));
            BOOST_TEST(!no.detail.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_license_of_another_vendor_is_refused)
{
    const trust::SigningKey stranger = trust::SigningKey::generate();
    BOOST_TEST((refusal(trust::sign_license(license(), stranger)).code == Code::unknown_vendor));
}

BOOST_AUTO_TEST_CASE(what_is_no_license_is_refused)
{
    for (const std::string& text :
         {std::string(), std::string("hello"), std::string("a.b.c"), std::string("\0\0\0", 3),
          std::string(protocol::license_bytes_max + 1, 'A')}) {
        BOOST_TEST((refusal(text).code == Code::license_invalid));
        BOOST_TEST(!refusal(text).detail.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_signature_does_not_make_a_hostile_name_a_name)
{
    std::string plain = trust::sign_license(license(), vendor);
    plain.erase(plain.find_last_not_of('\n') + 1);
    const trust::Jws parts = trust::split_jws(plain);
    std::string payload = parts.payload; // Our own pen signs no such name.
    const std::string product = license().product;
    payload.replace(payload.find(product), product.size(), "<script>alert(1)</script>");
    const ledger::Refusal no = refusal(trust::sign_jws(parts.header, payload, vendor));
    BOOST_TEST((no.code == Code::license_invalid));
    BOOST_TEST(no.detail.starts_with("product: "));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(credentials, Admin)

BOOST_AUTO_TEST_CASE(a_key_is_shown_once_and_the_ledger_learns_only_its_digest)
{
    v1::Request request;
    v1::KeyCreate& create = *request.mutable_operate()->mutable_key_create();
    create.set_name("solver");
    create.set_role("application");
    const Asked first = std::get<Asked>(translate(request, admin, premises));
    const Asked second = std::get<Asked>(translate(request, admin, premises));
    const auto& credential = std::get<ledger::IssueCredential>(first.command).credential;
    BOOST_TEST(first.keepsake.key.starts_with("usher-key-"));
    BOOST_TEST(first.keepsake.key.size() == 10U + 43U);
    BOOST_TEST(first.keepsake.key != second.keepsake.key);
    BOOST_TEST(credential.name == "solver");
    BOOST_TEST((credential.digest.bytes == trust::sha256(first.keepsake.key)));

    std::string yes;
    append_answer(yes, 7, ledger::Done{}, first.keepsake, premises);
    BOOST_TEST(yes.find(first.keepsake.key) != std::string::npos);
    std::string no;
    append_answer(no, 7, ledger::Refusal{.code = Code::name_taken, .subject = "solver"},
                  first.keepsake, premises);
    BOOST_TEST(no.find("usher-key-") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_certificate_request_that_is_none_is_refused_by_its_field)
{
    v1::Request request;
    v1::CertificateCreate& create = *request.mutable_operate()->mutable_certificate_create();
    create.set_name("solver");
    for (const std::string& der :
         {std::string(), std::string("x"), std::string(protocol::license_bytes_max + 1, 'x')}) {
        create.set_request_der(der);
        const auto no = std::get<ledger::Refusal>(translate(request, admin, premises));
        BOOST_TEST((no.code == Code::bad_request));
        BOOST_TEST(no.detail.starts_with("request_der: "));
    }
}

BOOST_AUTO_TEST_CASE(the_node_is_shown_without_the_ledger)
{
    v1::Request request;
    request.set_id(7);
    request.mutable_operate()->mutable_node_show();
    const auto response = std::get<v1::Response>(translate(request, admin, premises));
    BOOST_TEST(response.id() == 7U);
    BOOST_TEST(response.operated().node().text() == premises.node_text);
    BOOST_TEST(response.operated().node().server_uri() == premises.uri);
    BOOST_TEST(response.operated().node().identifiers_size() == 2);
    BOOST_TEST(response.operated().node().need() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
