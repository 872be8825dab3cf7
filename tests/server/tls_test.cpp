#include "daemon/server/certificates.hpp"
#include "daemon/trust/private_files.hpp"
#include "tests/server/open_house.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher;
using namespace usher::server;
using namespace usher::server::test;
using namespace std::chrono_literals;

namespace {

/// Whoever knocks wrongly, the next one is served.
struct StillServes : OpenHouse {
    ~StillServes() { BOOST_TEST(Guest::over_tls(port()).hello().has_welcome()); }

    /// A client's certificate by `ca`, made at `made`; shown as its owner would.
    static Guest::Manners showing(const Credentials& ca, CertificateInstant made)
    {
        const Key key = make_key();
        const Certificate certificate = make_client_certificate(ca, key.get(), "solver", made);
        Guest::Manners manners;
        manners.chain_pem = pem_of(certificate.get());
        manners.key_pem = pem_of(key.get());
        return manners;
    }

    [[nodiscard]] Credentials own_ca() const
    {
        const auto text = [&](const char* name) {
            return trust::read_private_file(scratch.path() / "tls" / name).value();
        };
        return {key_from(text("ca.key")), std::move(certificates_from(text("ca.pem")).front())};
    }
};

const auto now = std::chrono::system_clock::now();

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls, StillServes)

BOOST_AUTO_TEST_CASE(what_is_not_tls_is_closed)
{
    for (const std::string& bytes :
         {std::string("GET / HTTP/1.1\r\nHost: licenses\r\n\r\n"), std::string(4096, '\xff'),
          std::string("\x16\x03\x01\xff\xff garbage in the first record"),
          std::string("SSH-2.0-OpenSSH_9.2\r\n")}) {
        Guest guest = Guest::at_port(port());
        guest.send_bytes(bytes);
        BOOST_TEST(guest.is_closed());
    }
}

BOOST_AUTO_TEST_CASE(another_protocol_or_none_is_refused)
{
    for (const char* alpn : {"h2", "http/1.1", "usher/2", ""}) {
        Guest::Manners manners;
        manners.alpn = alpn;
        BOOST_TEST(!Guest::at_port(port()).greet_tls(manners));
    }
}

BOOST_AUTO_TEST_CASE(an_older_tls_is_refused)
{
    Guest::Manners manners;
    manners.version_max = TLS1_2_VERSION;
    BOOST_TEST(!Guest::at_port(port()).greet_tls(manners));
}

BOOST_AUTO_TEST_CASE(a_certificate_of_a_stranger_is_refused_by_name)
{
    Guest guest = Guest::over_tls(port(), showing(make_ca("usher.test", now), now));
    BOOST_TEST(guest.hello().refused().code() == "UNKNOWN_CREDENTIAL");
    BOOST_TEST(guest.is_closed());
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_refused)
{
    Guest guest = Guest::at_port(port());
    if (guest.greet_tls(showing(own_ca(), now - 2 * certificate_life)))
        BOOST_TEST(guest.is_closed());
}

BOOST_AUTO_TEST_CASE(a_certificate_of_ours_that_the_desk_does_not_know_is_refused_by_name)
{
    Guest guest = Guest::over_tls(port(), showing(own_ca(), now));
    BOOST_TEST(guest.hello().refused().code() == "UNKNOWN_CREDENTIAL");
    BOOST_TEST(guest.is_closed());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// The server that has moved here made certificates with a CA of its own. What it knew of them has
/// come along, its CA has not.
struct AfterAMove : StillServes {
    Credentials ca = make_ca("usher.test", now); ///< Of the same name as ours.

    /// Known here as `name`, though the certificate says otherwise of itself.
    Guest::Manners known(const Credentials& subject, const std::string& name, ledger::Role role)
    {
        Guest::Manners manners;
        know_certificate(digest_of(subject.certificate.get()), name, role);
        manners.chain_pem = pem_of(subject.certificate.get());
        manners.key_pem = pem_of(subject.key.get());
        return manners;
    }

    [[nodiscard]] Credentials client(CertificateInstant made) const
    {
        Credentials subject{make_key(), nullptr};
        subject.certificate = make_client_certificate(ca, subject.key.get(), "solver", made);
        return subject;
    }

    void check_refused(const Credentials& subject, const std::string& name)
    {
        // A client learns of it only when it reads: in TLS 1.3 its part of the handshake is over.
        Guest guest = Guest::at_port(port());
        if (guest.greet_tls(known(subject, name, ledger::Role::admin)))
            BOOST_TEST(guest.is_closed());
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls_after_a_move, AfterAMove)

BOOST_AUTO_TEST_CASE(a_known_certificate_of_another_authority_has_the_name_and_role_it_had)
{
    for (const bool shows_ca : {true, false}) {
        const std::string name = shows_ca ? "with" : "without";
        Guest::Manners manners = known(client(now), name, ledger::Role::operator_);
        if (shows_ca)
            manners.chain_pem += pem_of(ca.certificate.get());
        const v1::Response answer = Guest::over_tls(port(), manners).hello();
        BOOST_TEST(answer.welcome().identity() == "cert:" + name);
        BOOST_TEST(answer.welcome().role() == "operator");
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_one_of_that_authority_is_refused_by_name)
{
    static_cast<void>(known(client(now), "solver", ledger::Role::admin));
    Guest guest = Guest::over_tls(port(), showing(ca, now));
    BOOST_TEST(guest.hello().refused().code() == "UNKNOWN_CREDENTIAL");
    BOOST_TEST(guest.is_closed());
}

BOOST_AUTO_TEST_CASE(a_known_one_is_refused_outside_its_time)
{
    check_refused(client(now - 2 * certificate_life), "late");
    check_refused(client(now + certificate_life), "early");
}

BOOST_AUTO_TEST_CASE(a_known_one_that_is_not_for_clients_is_refused)
{
    check_refused(make_server_certificate(ca, {"usher.test"}, now), "server");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(tls_torn, StillServes)

BOOST_AUTO_TEST_CASE(a_peer_that_goes_in_the_middle_of_the_handshake_is_forgotten)
{
    for (int i = 0; i < 20; ++i) {
        Guest guest = Guest::at_port(port());
        guest.send_bytes(std::string("\x16\x03\x01\x02\x00\x01", 6));
    }
}

BOOST_AUTO_TEST_SUITE_END()
