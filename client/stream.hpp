#pragma once

#include "client/clock.hpp"
#include "client/failure.hpp"
#include "client/openssl.hpp"
#include "client/route.hpp"
#include "client/socket.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace usher::client {

/// Bytes to and from one server, over TLS or a local socket. Never raises SIGPIPE. One thread.
class Stream {
  public:
    /// Connects and shakes hands. Steps: resolve, connect, tls, pin, protocol.
    static Result<Stream> open(Route& route, const Patience& patience);

    /// All of `bytes`, or a failure: exchange.
    [[nodiscard]] Result<void> write(std::string_view bytes, const Patience& patience);

    /// What there is, at least a byte; 0: `patience` ended or was woken. Step exchange where the
    /// other end has closed; tls where it turned our certificate down.
    [[nodiscard]] Result<std::size_t> read(std::span<char> room, const Patience& patience);

    /// 32 bytes that only the two ends of this very connection know (RFC 9266); empty on a local
    /// socket.
    [[nodiscard]] std::string exporter() const;

    /// Whether the handshake took up the session of an earlier connection.
    [[nodiscard]] bool is_resumed() const;

    /// Says goodbye to the other end, if it takes that at once.
    void close();

  private:
    explicit Stream(Socket socket) : socket_(std::move(socket)) {}
    Result<void> shake_hands(Route& route, const Patience& patience);
    Result<std::size_t> read_plain(std::span<char> room, const Patience& patience);

    Socket socket_;
    Ssl ssl_; ///< None on a local socket.
};

} // namespace usher::client
