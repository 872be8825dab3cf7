#include "tests/client/genuine.hpp"

#include <fstream>
#include <future>

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(way_in, Genuine)

// Each step of the way fails in turn.

BOOST_AUTO_TEST_CASE(a_name_that_nobody_knows_fails_at_resolve)
{
    Route to = *Route::prepare(TcpAddress{"no-such-host.invalid", 4750, {}}, {});
    const auto line = Line::open(to, patience());
    BOOST_REQUIRE(!line.has_value());
    BOOST_TEST(says(line.error(), Step::resolve, "no-such-host.invalid"));
}

BOOST_AUTO_TEST_CASE(a_port_that_nobody_listens_at_fails_at_connect)
{
    std::uint16_t port = 0;
    {
        const Stage gone(nothing);
        port = gone.port();
    }
    Route to = *Route::prepare(TcpAddress{"127.0.0.1", port, {}}, {});
    const auto line = Line::open(to, patience());
    BOOST_REQUIRE(!line.has_value());
    BOOST_TEST(says(line.error(), Step::connect, "connection refused"));
    Route nowhere = *Route::prepare(SocketAddress{"/nonexistent/usherd.sock"}, {});
    BOOST_TEST(
        says(Line::open(nowhere, patience()).error(), Step::connect, "no such file or directory"));
}

BOOST_AUTO_TEST_CASE(something_else_than_tls_fails_at_tls)
{
    const Stage http([](Actor& actor) {
        (void)actor.read_some();
        actor.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    BOOST_TEST(says(failure_at(http, ca()), Step::tls, "does not speak TLS 1.3"));
    const Stage closes(nothing);
    BOOST_TEST((failure_at(closes, ca()).step == Step::tls));
    const Stage silent([](Actor& actor) {
        while (!actor.read_some().empty())
            continue;
    });
    BOOST_TEST(says(failure_at(silent, ca(), {}, 100ms), Step::tls, "no answer in time"));
}

BOOST_AUTO_TEST_CASE(an_older_tls_fails_at_tls)
{
    Stage::Tls old = tls();
    old.version = TLS1_2_VERSION;
    const Stage server(company.certificate, old, nothing);
    BOOST_TEST(says(failure_at(server, ca()), Step::tls, "TLS 1.3"));
}

BOOST_AUTO_TEST_CASE(another_authority_fails_at_the_pin)
{
    const Stage server = stage(genuine());
    const auto other = server::make_ca("other", std::chrono::system_clock::now());
    const Failure failure = failure_at(server, other.certificate.get());
    BOOST_TEST(says(failure, Step::pin, "does not come from the authority"));
    BOOST_TEST(is_wrong_server(failure));
    BOOST_TEST(is_lasting(failure));
}

BOOST_AUTO_TEST_CASE(showing_the_pinned_authority_without_descending_from_it_fails_at_the_pin)
{
    const auto now = std::chrono::system_clock::now();
    const auto other = server::make_ca("other", now);
    const auto forged = server::make_server_certificate(other, {"localhost"}, now);
    const Stage server(forged, {.chain = {other.certificate.get(), company.ca.certificate.get()}},
                       nothing);
    BOOST_TEST(says(failure_at(server, ca()), Step::pin, "its certificate is not valid"));
}

BOOST_AUTO_TEST_CASE(an_authority_that_is_not_shown_fails_at_the_pin)
{
    const Stage server(company.certificate, {}, nothing);
    BOOST_TEST(says(failure_at(server, ca()), Step::pin, "does not come from the authority"));
}

BOOST_AUTO_TEST_CASE(a_pinned_certificate_that_is_no_authority_fails_at_the_pin)
{
    const Stage server = stage(genuine());
    BOOST_TEST((failure_at(server, company.certificate.certificate.get()).step == Step::pin));
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_fails_at_the_pin)
{
    const auto then = std::chrono::system_clock::now() - std::chrono::days(400);
    const auto old = server::make_server_certificate(company.ca, {"localhost"}, then);
    const Stage server(old, tls(), nothing);
    BOOST_TEST(says(failure_at(server, ca()), Step::pin, "has expired"));
}

BOOST_AUTO_TEST_CASE(a_client_certificate_makes_no_server)
{
    server::Credentials client{server::make_key(), nullptr};
    client.certificate = server::make_client_certificate(company.ca, client.key.get(), "solver",
                                                         std::chrono::system_clock::now());
    const Stage server(client, tls(), nothing);
    BOOST_TEST(says(failure_at(server, ca()), Step::pin, "its certificate is not valid"));
}

BOOST_AUTO_TEST_CASE(another_protocol_fails_at_the_protocol)
{
    Stage::Tls none = tls();
    none.protocol.clear();
    const Stage without(company.certificate, none, nothing);
    BOOST_TEST(says(failure_at(without, ca()), Step::protocol, "usher/1"));
    Stage::Tls other = tls();
    other.protocol = "h2";
    const Stage with(company.certificate, other, nothing);
    BOOST_TEST(says(failure_at(with, ca()), Step::protocol, "usher/1"));
}

BOOST_AUTO_TEST_CASE(a_refused_greeting_brings_the_servers_own_words)
{
    const auto refuse = [](const char* code) {
        return [code](v1::Response& response) {
            response.mutable_refused()->set_code(code);
            response.mutable_refused()->set_text("this key is not known here");
            response.mutable_refused()->add_cures("ask the operator for a key");
        };
    };
    const Failure unknown = greeted(refuse("UNKNOWN_CREDENTIAL"));
    BOOST_TEST(says(unknown, Step::greeting, "this key is not known here"));
    BOOST_TEST(unknown.cure == "ask the operator for a key");
    BOOST_TEST(unknown.refused->code() == "UNKNOWN_CREDENTIAL");
    BOOST_TEST(is_lasting(unknown));
    BOOST_TEST(!is_lasting(greeted(refuse("SERVER_ENDING"))));
}

BOOST_AUTO_TEST_CASE(a_greeting_without_a_proper_answer_fails_at_the_greeting)
{
    BOOST_TEST((met(nothing).step == Step::greeting));
    const auto silent = [](Actor& actor) {
        while (!actor.read_some().empty())
            continue;
    };
    BOOST_TEST(says(met(silent, 500ms), Step::greeting, "did not answer in time"));
    BOOST_TEST(
        says(greeted([](v1::Response& r) { r.mutable_done(); }), Step::greeting, "something else"));
    BOOST_TEST(says(greeted([](v1::Response& r) { r.mutable_welcome()->set_version(2); }),
                    Step::greeting, "something else"));
    const auto ending = greeted([](v1::Response& response) {
        response.set_id(0);
        response.mutable_ending()->set_reason("stopping");
        response.mutable_ending()->set_retry_after_ms(1'500);
    });
    BOOST_TEST(says(ending, Step::greeting, "stopping"));
    BOOST_TEST((ending.retry_after == 1'500ms));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_message_fail_at_the_greeting)
{
    const auto bytes = [](std::string_view text) {
        return [text](Actor& actor) {
            (void)actor.read();
            actor.write(text);
            (void)actor.read_some();
        };
    };
    using namespace std::string_view_literals;
    BOOST_TEST(says(met(bytes("\0\0\0\0"sv)), Step::greeting, "impossible length"));
    BOOST_TEST(says(met(bytes("\x00\x10\x00\x01"sv)), Step::greeting, "impossible length"));
    BOOST_TEST(says(met(bytes("\0\0\0\3\xff\xff\xff"sv)), Step::greeting, "no message of ours"));
}

// Our own certificate.

namespace {

struct ClientFiles {
    std::string certificate;
    std::string key;
};

ClientFiles write_client(const server::Credentials& ca, const std::filesystem::path& folder)
{
    const server::Key key = server::make_key();
    const auto certificate =
        server::make_client_certificate(ca, key.get(), "solver", std::chrono::system_clock::now());
    ClientFiles files{folder / "client.pem", folder / "client.key"};
    std::ofstream(files.certificate) << server::pem_of(certificate.get());
    std::ofstream(files.key) << server::pem_of(key.get());
    return files;
}

} // namespace

BOOST_AUTO_TEST_CASE(our_certificate_is_shown_and_proven)
{
    const ClientFiles files = write_client(company.ca, company.scratch.path());
    std::promise<std::string> seen;
    Stage::Tls strict = tls();
    strict.client_ca = company.ca.certificate.get();
    const Stage server(company.certificate, strict, [&](Actor& actor) {
        seen.set_value(actor.client_name());
        genuine()(actor);
    });
    client::Credentials own = credentials();
    own.certificate = files.certificate;
    own.certificate_key = files.key;
    Route to = *Route::prepare(server.address(ca()), own);
    BOOST_TEST(Line::open(to, patience()).has_value());
    BOOST_TEST(seen.get_future().get() == "solver");
}

BOOST_AUTO_TEST_CASE(a_certificate_that_the_server_does_not_want_fails_at_tls)
{
    const auto other = server::make_ca("other", std::chrono::system_clock::now());
    const ClientFiles files = write_client(other, company.scratch.path());
    Stage::Tls strict = tls();
    strict.client_ca = company.ca.certificate.get();
    const Stage server(company.certificate, strict, nothing);
    client::Credentials own;
    own.certificate = files.certificate;
    own.certificate_key = files.key;
    BOOST_TEST(says(failure_at(server, ca(), own), Step::tls, "does not accept our certificate"));
    BOOST_TEST(says(failure_at(server, ca()), Step::tls, "does not accept our certificate"));
}

BOOST_AUTO_TEST_CASE(certificate_files_that_do_not_fit_fail_before_connecting)
{
    const ClientFiles files = write_client(company.ca, company.scratch.path());
    const Address anywhere = TcpAddress{"127.0.0.1", 1, {}};
    const auto objection = [&](const std::string& certificate, const std::string& key) {
        const auto route =
            Route::prepare(anywhere, {.certificate = certificate, .certificate_key = key});
        BOOST_REQUIRE(!route.has_value());
        BOOST_TEST((route.error().step == Step::credentials));
        return route.error().text;
    };
    BOOST_TEST(objection(files.certificate, "").find("needs its key") != std::string::npos);
    BOOST_TEST(objection("", files.key).find("needs its key") != std::string::npos);
    BOOST_TEST(objection("/nonexistent", files.key).find("as a certificate") != std::string::npos);
    BOOST_TEST(objection(files.key, files.key).find("as a certificate") != std::string::npos);
    BOOST_TEST(objection(files.certificate, "/nonexistent").find("as the key of") !=
               std::string::npos);
    std::ofstream(files.key) << server::pem_of(server::make_key().get());
    BOOST_TEST(objection(files.certificate, files.key).find("as the key of") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
