#include "tests/bench/wire.hpp"

#include "protocol/limits.hpp"
#include "tests/bench/load.hpp"

#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace usher::bench {
namespace {

constexpr std::size_t piece_bytes = 64 << 10;

/// A protocol's name as ALPN writes it: its length, then itself.
std::string in_alpn(const std::string& name)
{
    return char(name.size()) + name;
}

const unsigned char* bytes_of(const std::string& text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_bytes, const unsigned char* in,
                unsigned int in_bytes, void*)
{
    static const std::string ours = in_alpn(protocol::alpn);
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_bytes, bytes_of(ours),
                              static_cast<unsigned int>(ours.size()), in,
                              in_bytes) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

Context context(const SSL_METHOD* method)
{
    // OpenSSL writes an alert to a peer that has gone; where that has reset the connection, the
    // signal would end the echo between two runs.
    std::signal(SIGPIPE, SIG_IGN);
    Context made(SSL_CTX_new(method));
    if (!made || SSL_CTX_set_min_proto_version(made.get(), TLS1_3_VERSION) != 1)
        give_up("OpenSSL makes no context");
    SSL_CTX_set_mode(made.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                     SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(made.get(), 1); // One call of the system for many short records.
    return made;
}

/// Whether the call that gave `result` has only to be repeated later.
bool would_wait(const SSL* tls, int result)
{
    const int error = SSL_get_error(tls, result);
    ERR_clear_error();
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

} // namespace

Context connecting_context(const std::string& alpn)
{
    Context made = context(TLS_client_method());
    const std::string ours = in_alpn(alpn);
    if (!alpn.empty())
        SSL_CTX_set_alpn_protos(made.get(), bytes_of(ours), static_cast<unsigned int>(ours.size()));
    return made;
}

Context serving_context(const std::string& certificate, const std::string& key)
{
    Context made = context(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(made.get(), certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(made.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        give_up("no certificate and key in " + certificate + " and " + key);
    SSL_CTX_set_alpn_select_cb(made.get(), select_alpn, nullptr);
    return made;
}

Wire::Wire(Wire&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), tls_(std::move(other.tls_)),
      in_(std::move(other.in_)), in_start_(other.in_start_), out_(std::move(other.out_))
{}

Wire::~Wire()
{
    if (socket_ >= 0)
        ::close(socket_);
}

bool Wire::read()
{
    for (;;) {
        const int count = read_piece();
        if (count <= 0)
            return would_wait(tls_.get(), count);
    }
}

bool Wire::read_once()
{
    do {
        const int count = read_piece();
        if (count <= 0)
            return would_wait(tls_.get(), count);
    } while (SSL_has_pending(tls_.get()) == 1);
    return true;
}

/// What OpenSSL says of it.
int Wire::read_piece()
{
    thread_local std::array<std::byte, piece_bytes> piece;
    const int count = SSL_read(tls_.get(), piece.data(), static_cast<int>(piece.size()));
    if (count > 0)
        in_.insert(in_.end(), piece.begin(), piece.begin() + count);
    return count;
}

bool Wire::flush()
{
    std::size_t done = 0;
    while (done < out_.size()) {
        const int count = SSL_write(tls_.get(), out_.data() + done,
                                    static_cast<int>(std::min(out_.size() - done, piece_bytes)));
        if (count <= 0) {
            out_.erase(0, done);
            return would_wait(tls_.get(), count);
        }
        done += static_cast<std::size_t>(count);
    }
    out_.clear();
    return true;
}

std::span<const std::byte> Wire::in() const
{
    return std::span(in_).subspan(in_start_);
}

void Wire::consume(std::size_t bytes)
{
    in_start_ += bytes;
    if (in_start_ < in_.size())
        return;
    in_.clear();
    in_start_ = 0;
}

std::optional<Wire> connected(const Context& context, std::uint16_t port, SSL_SESSION* session)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (socket < 0)
        give_up("there are no more sockets");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Tls tls(SSL_new(context.get()));
    SSL_set_fd(tls.get(), socket);
    SSL_set_connect_state(tls.get());
    if (session != nullptr)
        SSL_set_session(tls.get(), session);
    Wire wire(socket, std::move(tls));
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS)
        return std::nullopt;
    return wire;
}

} // namespace usher::bench
