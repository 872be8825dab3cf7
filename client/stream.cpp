#include "client/stream.hpp"

#include "client/socket_bio.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>

namespace usher::client {
namespace {

Failure broken(std::string what)
{
    return {.step = Step::exchange,
            .text = "the connection to the server broke: " + std::move(what),
            .cure = "see that usherd still runs and that the network is up"};
}

Failure not_in_time(Waited waited)
{
    return broken(waited == Waited::woken ? "given up" : "no answer in time");
}

Failure not_tls(std::string what)
{
    return {.step = Step::tls,
            .text = std::move(what),
            .cure = "see that the address has the port of usherd, and that nothing in between "
                    "changes the connection"};
}

Failure turned_down(const std::string& reason)
{
    return {.step = Step::tls,
            .text = "the server does not accept our certificate: " + reason,
            .cure = "ask its operator for a new one: usher certificate create"};
}

Failure other_protocol()
{
    return {.step = Step::protocol,
            .text = std::string("the server does not speak ") + protocol::alpn,
            .cure = "see that the address has the port of usherd, and that usherd is of a version "
                    "that fits"};
}

/// What a fatal error of OpenSSL means; empties this thread's queue of them.
Failure explain_tls()
{
    const unsigned long error = ERR_peek_error();
    const int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
    const std::string text = take_openssl_text();
    switch (reason) {
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: return other_protocol();
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return turned_down(text);
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
        return not_tls("what answers there does not speak TLS 1.3: " + text);
    default: return not_tls("the TLS handshake failed: " + text);
    }
}

/// The server judges our certificate only after our side of the handshake is done, so its no may
/// come at any time later.
Failure explain_closing()
{
    Failure failure = explain_tls();
    return failure.text.starts_with("the server does not accept")
               ? failure
               : broken("the other end has closed it");
}

short events_of(int error)
{
    return error == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN;
}

} // namespace

Result<Stream> Stream::open(Route& route, const Patience& patience)
{
    auto socket = Socket::connect(route.address(), patience);
    if (!socket)
        return socket.error();
    Stream stream(std::move(*socket));
    if (std::holds_alternative<SocketAddress>(route.address()))
        return stream;
    if (auto shaken = stream.shake_hands(route, patience); !shaken) {
        route.forget_session();
        return shaken.error();
    }
    return stream;
}

Result<void> Stream::shake_hands(Route& route, const Patience& patience)
{
    ERR_clear_error();
    ssl_.reset(route.begin_tls());
    if (!ssl_ || !attach(ssl_.get(), socket_.fd()))
        return not_tls("no memory for a TLS connection");
    for (;;) {
        const int done = SSL_connect(ssl_.get());
        if (done == 1)
            break;
        const int error = SSL_get_error(ssl_.get(), done);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
            const Waited waited = wait_for(socket_.fd(), events_of(error), patience);
            if (waited != Waited::ready)
                return not_tls(waited == Waited::woken ? "the TLS handshake was given up"
                                                       : "the TLS handshake got no answer in time");
            continue;
        }
        if (!route.pin_objection().empty()) {
            ERR_clear_error();
            return Failure{
                .step = Step::pin,
                .text = "this is not the server that the address names: " + route.pin_objection(),
                .cure = "ask the operator for the server's address (usher address); if it "
                        "has not changed, somebody stands in between"};
        }
        if (error == SSL_ERROR_SYSCALL || ERR_peek_error() == 0) {
            ERR_clear_error();
            return not_tls("the other end closed the connection during the TLS handshake");
        }
        return explain_tls();
    }
    const unsigned char* chosen = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl_.get(), &chosen, &length);
    if (std::string_view(reinterpret_cast<const char*>(chosen), length) != protocol::alpn)
        return other_protocol();
    return {};
}

Result<void> Stream::write(std::string_view bytes, const Patience& patience)
{
    while (!bytes.empty()) {
        short events = POLLOUT;
        ssize_t written = 0;
        if (ssl_) {
            ERR_clear_error();
            const int length = static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20));
            written = SSL_write(ssl_.get(), bytes.data(), length);
            const int error = SSL_get_error(ssl_.get(), static_cast<int>(written));
            if (written <= 0 && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
                // What it said before it closed is still there to be read.
                char first = 0;
                ERR_clear_error();
                return SSL_peek(ssl_.get(), &first, 1) > 0 ? broken("the other end has closed it")
                                                           : explain_closing();
            }
            events = events_of(error);
        } else {
            written = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (written < 0 && errno != EAGAIN && errno != EINTR)
                return broken(std::generic_category().message(errno));
        }
        if (written > 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
        else if (const Waited waited = wait_for(socket_.fd(), events, patience);
                 waited != Waited::ready)
            return not_in_time(waited);
    }
    return {};
}

Result<std::size_t> Stream::read(std::span<char> room, const Patience& patience)
{
    assert(!room.empty());
    if (!ssl_)
        return read_plain(room, patience);
    for (;;) {
        ERR_clear_error();
        const int length = static_cast<int>(std::min<std::size_t>(room.size(), 1 << 20));
        const int count = SSL_read(ssl_.get(), room.data(), length);
        if (count > 0)
            return static_cast<std::size_t>(count);
        const int error = SSL_get_error(ssl_.get(), count);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
            if (wait_for(socket_.fd(), events_of(error), patience) != Waited::ready)
                return std::size_t{0};
            continue;
        }
        return explain_closing();
    }
}

Result<std::size_t> Stream::read_plain(std::span<char> room, const Patience& patience)
{
    for (;;) {
        const ssize_t count = ::recv(socket_.fd(), room.data(), room.size(), 0);
        if (count > 0)
            return static_cast<std::size_t>(count);
        if (count == 0)
            return broken("the other end has closed it");
        if (errno != EAGAIN && errno != EINTR)
            return broken(std::generic_category().message(errno));
        if (wait_for(socket_.fd(), POLLIN, patience) != Waited::ready)
            return std::size_t{0};
    }
}

std::string Stream::exporter() const
{
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    if (!ssl_)
        return {};
    std::string bytes(32, '\0');
    const int done =
        SSL_export_keying_material(ssl_.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                                   bytes.size(), label.data(), label.size(), nullptr, 0, 1);
    assert(done == 1); // The handshake is over.
    static_cast<void>(done);
    return bytes;
}

bool Stream::is_resumed() const
{
    return ssl_ && SSL_session_reused(ssl_.get()) == 1;
}

void Stream::close()
{
    if (ssl_)
        SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

} // namespace usher::client
