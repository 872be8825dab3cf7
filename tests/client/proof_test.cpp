#include "tests/client/genuine.hpp"

#include "client/proof.hpp"
#include "daemon/trust/activation.hpp"
#include "protocol/limits.hpp"

#include <array>
#include <atomic>

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;
using namespace std::chrono_literals;

namespace {

/// A genuine server whose connection has this exporter.
struct Shown : Genuine {
    std::string exporter = std::string(32, 'e');

    [[nodiscard]] v1::Proof proof_with(const std::string& document) const
    {
        v1::Proof proof = company.welcome(exporter).welcome().proof();
        proof.set_licenses(0, document);
        return proof;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(proof, Shown)

BOOST_AUTO_TEST_CASE(a_server_without_proof_fails_at_the_proof)
{
    const auto none = greeted([](v1::Response& r) { r.mutable_welcome()->clear_proof(); });
    BOOST_TEST(says(none, Step::proof, "it offers no proof"));
    BOOST_TEST(is_wrong_server(none));
    BOOST_TEST(says(greeted([](v1::Response& r) {
                        r.mutable_welcome()->mutable_proof()->mutable_signature()->pop_back();
                    }),
                    Step::proof, "it offers no proof"));
}

BOOST_AUTO_TEST_CASE(an_activation_proves_as_much_as_a_license)
{
    trust::Activation activation{.license = std::get<trust::License>(trust::open_license(
                                     company.license(), {company.vendor_key()})),
                                 .number = 1,
                                 .nonce = trust::fresh_nonce(),
                                 .issuer = {},
                                 .check = {},
                                 .made = std::chrono::sys_days{2030y / 1 / 1},
                                 .load_by = std::chrono::sys_days{2030y / 2 / 1},
                                 .after = {}};
    const auto shown = [&](const trust::Activation& document) {
        return objection(proof_with(trust::sign_activation(document, company.vendor)), exporter,
                         {company.vendor_key()});
    };
    BOOST_TEST(!shown(activation));
    const Company other;
    activation.license.lock = other.node.terms("machine");
    BOOST_TEST(shown(activation).value() == "it has no license of acme for its host");
}

BOOST_AUTO_TEST_CASE(a_license_of_another_vendor_fails_at_the_proof)
{
    const Company other; // Everything is right, but that nobody asked for this vendor.
    const auto failure = greeted([&](v1::Response& response) {
        response.mutable_welcome()->mutable_proof()->set_licenses(0, other.license());
    });
    BOOST_TEST(says(failure, Step::proof, "it has no license of acme for its host"));
}

BOOST_AUTO_TEST_CASE(a_license_for_another_host_fails_at_the_proof)
{
    const Company other;
    const auto failure = met([&](Actor& actor) {
        // A copied license, and the key of the host that it was copied to.
        v1::Response response = other.welcome(actor.exporter());
        response.mutable_welcome()->mutable_proof()->set_licenses(0, company.license());
        response.set_id(actor.read()->id());
        actor.say(response);
        (void)actor.read_some();
    });
    BOOST_TEST(says(failure, Step::proof, "it has no license of acme for its host"));
}

BOOST_AUTO_TEST_CASE(a_changed_license_fails_at_the_proof)
{
    const auto failure = greeted([](v1::Response& response) {
        std::string& license = *response.mutable_welcome()->mutable_proof()->mutable_licenses(0);
        license[license.size() / 2] = license[license.size() / 2] == 'A' ? 'B' : 'A';
    });
    BOOST_TEST(says(failure, Step::proof, "it has no license of acme"));
}

BOOST_AUTO_TEST_CASE(a_node_that_another_key_signs_for_fails_at_the_proof)
{
    const Company other;
    const auto failure = met([&](Actor& actor) {
        v1::Response response = company.welcome(actor.exporter());
        const auto signature = other.node.prove(actor.exporter());
        response.mutable_welcome()->mutable_proof()->set_signature(signature.data(),
                                                                   signature.size());
        response.set_id(actor.read()->id());
        actor.say(response);
        (void)actor.read_some();
    });
    BOOST_TEST(says(failure, Step::proof, "made for another connection"));
}

BOOST_AUTO_TEST_CASE(more_licenses_than_a_proof_may_hold_fail_at_the_proof)
{
    const auto failure = greeted([](v1::Response& response) {
        v1::Proof& proof = *response.mutable_welcome()->mutable_proof();
        while (static_cast<std::size_t>(proof.licenses_size()) <= protocol::proofs_max)
            proof.add_licenses(proof.licenses(0));
    });
    BOOST_TEST(says(failure, Step::proof, "more licenses than"));
}

BOOST_AUTO_TEST_CASE(one_right_license_among_others_is_enough)
{
    const Company other;
    const Stage server = stage([&](Actor& actor) {
        v1::Response response = company.welcome(actor.exporter());
        v1::Proof& proof = *response.mutable_welcome()->mutable_proof();
        proof.add_licenses(proof.licenses(0));
        proof.set_licenses(0, "no license");
        response.set_id(actor.read()->id());
        actor.say(response);
        (void)actor.read_some();
    });
    Route to = route(server);
    BOOST_TEST(Line::open(to, patience()).has_value());
}

/// Somebody who has a certificate that the client pins ends its TLS, and passes every byte on to
/// the genuine server. Each message is right; only the connection that was signed is not this one.
BOOST_AUTO_TEST_CASE(a_proxy_in_between_fails_at_the_proof)
{
    const Stage real = stage(genuine());
    const auto now = std::chrono::system_clock::now();
    const auto proxy_ca = server::make_ca("proxy", now);
    const auto proxy_certificate = server::make_server_certificate(proxy_ca, {"localhost"}, now);
    std::atomic<bool> was_welcomed = false;
    const Stage proxy(proxy_certificate, {.chain = {proxy_ca.certificate.get()}},
                      [&](Actor& actor) {
                          Route behind = route(real);
                          auto stream = Stream::open(behind, patience());
                          std::array<char, 16384> room{};
                          if (!stream || !stream->write(actor.read_some(), patience()))
                              return;
                          for (;;) {
                              const auto count = stream->read(room, patience(500ms));
                              if (!count || *count == 0)
                                  return;
                              was_welcomed = true;
                              actor.write({room.data(), *count});
                          }
                      });
    const Failure failure = failure_at(proxy, proxy_ca.certificate.get(), credentials());
    BOOST_TEST(says(failure, Step::proof, "made for another connection"));
    BOOST_TEST(was_welcomed.load());
}

BOOST_AUTO_TEST_SUITE_END()
