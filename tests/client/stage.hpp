#pragma once

#include "client/address.hpp"
#include "client/route.hpp"
#include "daemon/server/certificates.hpp"
#include "daemon/trust/license_file.hpp"
#include "daemon/trust/node.hpp"
#include "protocol/usher.pb.h"
#include "tests/support/scratch.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <openssl/ssl.h>
#include <optional>
#include <string>
#include <thread>
#include <vector>

/// Servers that a test writes itself, over real TLS on this host.
namespace usher::client::test {

/// As it goes over the line.
[[nodiscard]] std::string frame_of(const v1::Response& response);

/// One accepted connection, on a thread of its own: what is played there must not use the macros of
/// Boost.Test. Blocking, with a limit.
class Actor {
  public:
    Actor(int fd, SSL_CTX* context); ///< Null context: plain bytes.
    ~Actor();
    Actor(const Actor&) = delete;
    Actor& operator=(const Actor&) = delete;

    /// Shakes hands; false: the other end did not want to.
    bool accept();
    /// The next message; none: the other end has gone.
    std::optional<v1::Request> read();
    void say(const v1::Response& response);
    void write(std::string_view bytes);
    /// What there is; empty: the end.
    std::string read_some();
    [[nodiscard]] std::string exporter() const;
    [[nodiscard]] std::string client_name() const; ///< Of its certificate; empty: it showed none.
    [[nodiscard]] bool is_resumed() const { return SSL_session_reused(ssl_) == 1; }
    [[nodiscard]] int fd() const { return fd_; }

  private:
    int fd_;
    SSL* ssl_ = nullptr;
    std::string incoming_;
};

/// Everything that a genuine server of the vendor `acme` has.
struct Company {
    tests::Scratch scratch;
    trust::SigningKey vendor = trust::SigningKey::generate();
    trust::Node node = trust::Node::open(
        scratch.path(), {{"machine_id", "m-1", ""}, {"mac", "02:00:00:00:00:01", ""}});
    server::Credentials ca = server::make_ca("test", std::chrono::system_clock::now());
    server::Credentials certificate = server::make_server_certificate(
        ca, {"localhost", "127.0.0.1"}, std::chrono::system_clock::now());

    [[nodiscard]] trust::VendorKey vendor_key() const { return {"acme", vendor.public_key()}; }
    /// Signed by the vendor, bound to the node.
    [[nodiscard]] std::string license() const;
    /// What it says to the greeting over the connection with this exporter.
    [[nodiscard]] v1::Response welcome(const std::string& exporter) const;
};

/// A listening socket and what is played to who comes.
class Stage {
  public:
    using Play = std::function<void(Actor&)>;

    struct Tls {
        std::string protocol = "usher/1"; ///< ALPN; empty: it knows none.
        int version = TLS1_3_VERSION;
        std::vector<X509*> chain;  ///< Shown behind the certificate.
        X509* client_ca = nullptr; ///< A client must show a certificate of it.
    };

    /// Serves `play` to everybody, each after a handshake with `certificate`.
    Stage(const server::Credentials& certificate, Tls tls, Play play);
    /// Serves `play` to everybody, without TLS; over a socket at `path` where there is one.
    explicit Stage(Play play, const std::string& path = {});
    ~Stage();

    /// The address with the digest of `ca`.
    [[nodiscard]] Address address(const X509* ca) const;
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] unsigned visitors() const { return visitors_; }

  private:
    void listen(const std::string& path);
    void serve();

    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, &SSL_CTX_free};
    std::string protocol_;
    Play play_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<unsigned> visitors_ = 0;
    std::atomic<bool> is_over_ = false;
    std::mutex guard_;
    std::vector<int> open_; ///< Under `guard_`: the connections that are being played to.
    std::vector<std::thread> actors_;
    std::thread thread_;
};

/// A stage of a genuine server that grants everything, and what it saw.
struct House {
    Company company;
    std::mutex guard;
    std::condition_variable asked_more;
    std::vector<v1::Request> asked; ///< Under `guard`: all requests after the greetings.
    std::atomic<bool> resumed = false;

    /// Greets, then answers each request as a server with endless seats would.
    Stage::Play genuine();
    /// Waits for the first request after a greeting; an empty one where none comes within 20 s.
    v1::Request first_asked();
    /// The answer of such a server.
    [[nodiscard]] static v1::Response answer(const v1::Request& request);
    [[nodiscard]] Stage::Tls tls() const { return {.chain = {company.ca.certificate.get()}}; }
};

} // namespace usher::client::test
