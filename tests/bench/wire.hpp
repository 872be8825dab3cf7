#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <openssl/ssl.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// One TLS connection without a library between: what both ends of the bench need of OpenSSL.
/// One thread.
namespace usher::bench {

template <auto Free>
struct Freer {
    template <class Handle>
    void operator()(Handle* handle) const
    {
        Free(handle);
    }
};
using Context = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;
using Tls = std::unique_ptr<SSL, Freer<SSL_free>>;
using Session = std::unique_ptr<SSL_SESSION, Freer<SSL_SESSION_free>>;

/// TLS 1.3 with this ALPN ("": none) for who connects; verifies nothing: a bench trusts its own
/// server.
[[nodiscard]] Context connecting_context(const std::string& alpn);

/// TLS 1.3 with ALPN `usher/1` for who is connected to, with the certificate and key in these PEM
/// files.
[[nodiscard]] Context serving_context(const std::string& certificate, const std::string& key);

class Wire {
  public:
    /// Takes the socket; it must be non-blocking by the time `read` or `flush` is called.
    Wire(int socket, Tls tls) : socket_(socket), tls_(std::move(tls)) {}
    ~Wire();
    Wire(Wire&& other) noexcept;
    Wire& operator=(Wire&&) = delete;

    [[nodiscard]] int socket() const { return socket_; }
    [[nodiscard]] SSL* tls() const { return tls_.get(); }

    /// Appends all that has come to `in()`. False: the other end is gone.
    [[nodiscard]] bool read();
    /// The same of what one call of the system gives; more may have come. For who is told so when
    /// he waits.
    [[nodiscard]] bool read_once();
    /// Writes as much of `out()` as the socket takes. False: the other end is gone.
    [[nodiscard]] bool flush();

    [[nodiscard]] std::span<const std::byte> in() const;
    void consume(std::size_t bytes);
    [[nodiscard]] std::string& out() { return out_; }

  private:
    int read_piece();

    int socket_ = -1;
    Tls tls_;
    std::vector<std::byte> in_;
    std::size_t in_start_ = 0;
    std::string out_;
};

/// A connection to this port of this host, whose handshake goes on with the first `flush`; none: it
/// is refused. `session`: to be resumed, if not null.
[[nodiscard]] std::optional<Wire> connected(const Context& context, std::uint16_t port,
                                            SSL_SESSION* session = nullptr);

} // namespace usher::bench
