#include "daemon/server/authority.hpp"

#include "daemon/server/certificates.hpp"
#include "daemon/server/fault.hpp"
#include "daemon/server/tickets.hpp"
#include "daemon/trust/private_files.hpp"
#include "tests/server/house.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <openssl/x509v3.h>
#include <sys/stat.h>

using namespace usher;
using namespace usher::server;
using trust::read_private_file;
using trust::write_private_file;
using namespace std::chrono_literals;

namespace {

const auto noon = std::chrono::sys_days{std::chrono::year{2030} / 1 / 15} + 12h;

struct EmptyState {
    test::Scratch scratch;
    Authority::Settings settings{.directory = scratch.path() / "tls",
                                 .server_name = "licenses.example"};

    [[nodiscard]] std::filesystem::path file(const char* name) const
    {
        return settings.directory / name;
    }

    [[nodiscard]] std::string text(const char* name) const
    {
        return read_private_file(file(name)).value_or("");
    }

    [[nodiscard]] Certificate certificate(const char* name) const
    {
        auto found = certificates_from(text(name));
        BOOST_REQUIRE(found.size() == 1U);
        return std::move(found.front());
    }

    std::string fault(Authority::Instant now = noon)
    {
        try {
            (void)Authority::open(settings, now);
        } catch (const Fault& fault) {
            BOOST_TEST(!fault.hint().empty());
            return fault.what();
        }
        return "";
    }
};

/// A PKCS#10 request for `key`, in DER.
std::string request_for(EVP_PKEY* key)
{
    const CertificateRequest request(X509_REQ_new());
    X509_REQ_set_pubkey(request.get(), key);
    const bool is_plain = EVP_PKEY_is_a(key, "ED25519") == 1;
    X509_REQ_sign(request.get(), key, is_plain ? nullptr : EVP_sha256());
    unsigned char* der = nullptr;
    const int length = i2d_X509_REQ(request.get(), &der);
    std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
    OPENSSL_free(der);
    return bytes;
}

mode_t mode_of(const std::filesystem::path& path)
{
    struct stat found {};
    BOOST_REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 0777U;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(authority, EmptyState)

BOOST_AUTO_TEST_CASE(the_first_start_makes_everything_for_the_daemon_alone)
{
    const auto made = Authority::open(settings, noon);
    BOOST_TEST(mode_of(settings.directory) == 0700U);
    for (const char* name : {"ca.pem", "ca.key", "server.pem", "server.key", "tickets"})
        BOOST_TEST(mode_of(file(name)) == 0600U);
    BOOST_TEST((made->ca_digest() == digest_of(certificate("ca.pem").get())));
}

BOOST_AUTO_TEST_CASE(the_certificate_is_for_the_name_and_this_host_and_leads_to_the_ca)
{
    (void)Authority::open(settings, noon);
    const Certificate server = certificate("server.pem");
    for (const char* name : {"licenses.example", "localhost"})
        BOOST_TEST(X509_check_host(server.get(), name, 0, 0, nullptr) == 1);
    for (const char* address : {"127.0.0.1", "::1"})
        BOOST_TEST(X509_check_ip_asc(server.get(), address, 0) == 1);
    BOOST_TEST(X509_check_host(server.get(), "other.example", 0, 0, nullptr) == 0);
    BOOST_TEST(X509_verify(server.get(), X509_get0_pubkey(certificate("ca.pem").get())) == 1);
}

BOOST_AUTO_TEST_CASE(a_second_start_changes_nothing)
{
    (void)Authority::open(settings, noon);
    const std::string before = text("ca.pem") + text("server.pem") + text("tickets");
    (void)Authority::open(settings, noon + 1h);
    BOOST_TEST(text("ca.pem") + text("server.pem") + text("tickets") == before);
}

BOOST_AUTO_TEST_CASE(the_certificate_is_renewed_when_less_than_a_third_of_its_life_is_left)
{
    const auto first = Authority::open(settings, noon);
    const std::string before = text("server.pem");
    (void)Authority::open(settings, noon + std::chrono::days(242));
    BOOST_TEST(text("server.pem") == before);
    const auto renewed = Authority::open(settings, noon + std::chrono::days(245));
    BOOST_TEST(text("server.pem") != before);
    BOOST_TEST((renewed->ca_digest() == first->ca_digest()));
}

BOOST_AUTO_TEST_CASE(a_new_name_needs_a_new_certificate)
{
    (void)Authority::open(settings, noon);
    const std::string before = text("server.pem");
    settings.server_name = "other.example";
    (void)Authority::open(settings, noon);
    BOOST_TEST(text("server.pem") != before);
}

BOOST_AUTO_TEST_CASE(an_expired_ca_is_not_replaced_behind_its_clients_backs)
{
    (void)Authority::open(settings, noon);
    BOOST_TEST(fault(noon + std::chrono::days(3654)).find("ca.pem has expired") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(secrets_that_others_may_read_are_refused)
{
    (void)Authority::open(settings, noon);
    for (const char* name : {"ca.key", "server.key", "tickets"}) {
        ::chmod(file(name).c_str(), 0640);
        BOOST_TEST(fault().find(std::string(name) + " can be read by others") != std::string::npos);
        ::chmod(file(name).c_str(), 0600);
    }
    ::chmod(settings.directory.c_str(), 0755);
    BOOST_TEST(fault().find("tls can be read by others") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(files_that_do_not_fit_are_refused_by_name)
{
    (void)Authority::open(settings, noon);
    const std::string good = text("ca.key");
    write_private_file(file("ca.key"), text("server.key"));
    BOOST_TEST(fault().find("is not the key of") != std::string::npos);
    write_private_file(file("ca.key"), "no key\n");
    BOOST_TEST(fault().find("does not hold a private key") != std::string::npos);
    std::filesystem::remove(file("ca.key"));
    BOOST_TEST(fault().find("ca.key is missing") != std::string::npos);
    std::filesystem::create_symlink("/dev/zero", file("ca.key"));
    BOOST_TEST(fault().find("cannot read") != std::string::npos);
    std::filesystem::remove(file("ca.key"));
    write_private_file(file("ca.key"), good);
    BOOST_TEST(fault() == "");
}

BOOST_AUTO_TEST_CASE(a_start_that_was_cut_off_is_finished_by_the_next)
{
    (void)Authority::open(settings, noon);
    std::filesystem::remove(file("server.pem")); // The key is written first.
    BOOST_TEST(fault() == "");
    BOOST_TEST(X509_check_private_key(certificate("server.pem").get(),
                                      key_from(text("server.key")).get()) == 1);
}

BOOST_AUTO_TEST_CASE(a_client_certificate_is_for_its_name_and_no_server)
{
    const auto house = Authority::open(settings, noon);
    const Key key = make_key();
    const auto issued = house->issue(request_for(key.get()), "solver", noon);
    BOOST_REQUIRE(std::holds_alternative<Authority::Issued>(issued));
    const auto chain = certificates_from(std::get<Authority::Issued>(issued).chain_pem);
    BOOST_REQUIRE(chain.size() == 2U);
    BOOST_TEST(common_name_of(chain[0].get()) == "solver");
    BOOST_TEST((digest_of(chain[0].get()) == std::get<Authority::Issued>(issued).digest.bytes));
    BOOST_TEST(X509_check_purpose(chain[0].get(), X509_PURPOSE_SSL_CLIENT, 0) == 1);
    BOOST_TEST(X509_check_purpose(chain[0].get(), X509_PURPOSE_SSL_SERVER, 0) == 0);
    BOOST_TEST(X509_check_ca(chain[0].get()) == 0);
    BOOST_TEST((digest_of(chain[1].get()) == house->ca_digest()));
}

BOOST_AUTO_TEST_CASE(requests_that_prove_nothing_are_refused_with_a_sentence)
{
    const auto house = Authority::open(settings, noon);
    const Key key = make_key();
    const std::string good = request_for(key.get());
    const auto objection = [&](const std::string& der, const std::string& name) {
        const auto issued = house->issue(der, name, noon);
        const auto* text = std::get_if<std::string>(&issued);
        return text == nullptr ? std::string() : *text;
    };
    std::string forged = good;
    forged.back() = static_cast<char>(forged.back() ^ 1);
    const Key weak(EVP_RSA_gen(1024));
    const Key strong(EVP_RSA_gen(2048));
    const Key edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    BOOST_TEST(objection(good, "solver") == "");
    BOOST_TEST(objection(request_for(strong.get()), "solver") == "");
    BOOST_TEST(objection(request_for(edwards.get()), "solver") == "");
    BOOST_TEST(objection("", "solver") == "request_der: not a PKCS#10 request in DER form");
    BOOST_TEST(objection(good + "x", "solver") == "request_der: not a PKCS#10 request in DER form");
    BOOST_TEST(objection(forged, "solver") == "request_der: not signed by the key that it names");
    BOOST_TEST(objection(request_for(weak.get()), "solver").find("weaker") != std::string::npos);
    BOOST_TEST(objection(good, std::string(65, 'n')).starts_with("name: longer than 64"));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// The operator has a CA of his own. What is given is verified against today's clock.
struct GivenFiles : EmptyState {
    Authority::Instant today = std::chrono::system_clock::now();
    Credentials ca = make_ca("elsewhere", today);
    Credentials server = make_server_certificate(ca, {"licenses.example"}, today);

    GivenFiles()
    {
        settings.certificate = scratch.path() / "given.pem";
        settings.key = scratch.path() / "given.key";
        settings.ca = scratch.path() / "given-ca.pem";
        write_private_file(settings.certificate, pem_of(server.certificate.get()));
        write_private_file(settings.key, pem_of(server.key.get()));
        write_private_file(settings.ca, pem_of(ca.certificate.get()));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(given_authority, GivenFiles)

BOOST_AUTO_TEST_CASE(given_files_are_shown_and_clients_pin_their_ca)
{
    const auto house = Authority::open(settings, today);
    BOOST_TEST((house->ca_digest() == digest_of(ca.certificate.get())));
    BOOST_TEST(!std::filesystem::exists(file("server.pem")));
}

BOOST_AUTO_TEST_CASE(our_own_ca_still_signs_the_clients)
{
    const auto house = Authority::open(settings, today);
    const Key key = make_key();
    const auto issued = house->issue(request_for(key.get()), "solver", today);
    const auto chain = certificates_from(std::get<Authority::Issued>(issued).chain_pem);
    BOOST_TEST((digest_of(chain.back().get()) == digest_of(certificate("ca.pem").get())));
}

BOOST_AUTO_TEST_CASE(the_world_may_not_read_a_given_key_but_a_group_may)
{
    ::chmod(settings.key.c_str(), 0644);
    BOOST_TEST(fault(today).find("can be read by others") != std::string::npos);
    ::chmod(settings.key.c_str(), 0640);
    BOOST_TEST(fault(today) == "");
}

BOOST_AUTO_TEST_CASE(given_files_that_do_not_fit_are_refused_by_name)
{
    write_private_file(settings.key, pem_of(ca.key.get()));
    BOOST_TEST(fault(today).find("given.key is not the key of") != std::string::npos);
    write_private_file(settings.key, "no key");
    BOOST_TEST(fault(today).find("given.key holds no private key") != std::string::npos);
    write_private_file(settings.key, pem_of(server.key.get()));
    write_private_file(settings.ca, pem_of(make_ca("another", today).certificate.get()));
    BOOST_TEST(fault(today).find("given.pem is not a server certificate that leads to") !=
               std::string::npos);
    settings.ca = scratch.path() / "missing.pem";
    BOOST_TEST(fault(today).find("cannot read") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_expired_given_certificate_is_refused)
{
    const Credentials old =
        make_server_certificate(ca, {"licenses.example"}, today - std::chrono::days(400));
    write_private_file(settings.certificate, pem_of(old.certificate.get()));
    write_private_file(settings.key, pem_of(old.key.get()));
    BOOST_TEST(fault(today).find("or has expired") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(tickets, EmptyState)

BOOST_AUTO_TEST_CASE(ticket_keys_survive_a_restart_and_turn)
{
    const auto path = scratch.path() / "tickets";
    const TicketKeys first = turn_ticket_keys(path, 12h, noon);
    BOOST_REQUIRE(first.size() == 1U);
    BOOST_TEST((turn_ticket_keys(path, 12h, noon + 11h) == first));

    const TicketKeys second = turn_ticket_keys(path, 12h, noon + 12h);
    BOOST_REQUIRE(second.size() == 2U);
    BOOST_TEST((second[1] == first[0]));
    const TicketKeys third = turn_ticket_keys(path, 12h, noon + 24h);
    BOOST_REQUIRE(third.size() == 2U);
    BOOST_TEST((third[1] == second[0]));
    BOOST_TEST(mode_of(path) == 0600U);
}

BOOST_AUTO_TEST_CASE(ticket_keys_of_another_time_or_form_are_replaced)
{
    const auto path = scratch.path() / "tickets";
    const TicketKeys first = turn_ticket_keys(path, 12h, noon);
    BOOST_TEST((turn_ticket_keys(path, 12h, noon - 1h) != first)); // The clock was set back.
    const TicketKeys late = turn_ticket_keys(path, 12h, noon + 48h);
    BOOST_TEST(late.size() == 1U);
    for (const char* text : {"", "garbage", "usher-tickets-1\n1 A B C\n", "usher-tickets-1\n1"}) {
        write_private_file(path, text);
        BOOST_TEST(turn_ticket_keys(path, 12h, noon).size() == 1U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
