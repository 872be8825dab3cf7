#pragma once

#include "daemon/server/authority.hpp"
#include "daemon/server/sockets.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace usher::server {

/// One end of a connection: bytes in and out of a nonblocking socket, through TLS or, on the local
/// socket, as they are. It never waits; its owner waits on `descriptor`.
///
/// OpenSSL works on the socket itself: Asio's stream for TLS keeps 73 KiB for each idle connection,
/// this keeps 16. Nothing of TLS is made before the peer has said something. One thread at a time.
class Channel {
  public:
    enum class Step : std::uint8_t {
        done,           ///< So many bytes were moved; at a handshake: it has ended well.
        wants_to_read,  ///< Nothing can be done before the socket is readable.
        wants_to_write, ///< Nothing can be done before the socket is writable.
        ended,          ///< The peer has closed its side as one should.
        broken,         ///< The connection is of no use any more; `fault` says why.
    };
    struct Moved {
        Step step = Step::done;
        std::size_t bytes = 0;
    };

    /// `authority` none: without TLS.
    Channel(boost::asio::io_context& context, Socket socket,
            std::shared_ptr<const Authority> authority);
    ~Channel();
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    [[nodiscard]] Step handshake();
    /// Whether the peer has said anything yet; without TLS it need not.
    [[nodiscard]] bool has_begun() const { return tls_ || !authority_; }
    /// How far the handshake is: another number after each step of the peer's.
    [[nodiscard]] int stage() const;
    /// Whether the socket holds something that was not read yet.
    [[nodiscard]] bool has_arrivals();
    [[nodiscard]] Moved read(std::span<std::byte> room);
    [[nodiscard]] Moved write(std::span<const std::byte> bytes);
    /// Whether `read` may have more without waiting for the socket.
    [[nodiscard]] bool has_more() const;

    /// Says that nothing more will be written. The peer may still write.
    void close_writing();
    /// Closing will throw away what the kernel still has for the peer: it would not be read.
    void give_up_writing();

    /// After the handshake: who it was made with, and the 32 bytes of RFC 9266 by which both ends
    /// know this very connection. Empty without TLS.
    [[nodiscard]] std::optional<ClientCertificate> client_certificate() const;
    [[nodiscard]] std::string exporter() const;

    /// Why it is broken, for the log; never a secret, never a peer's words.
    [[nodiscard]] const std::string& fault() const { return fault_; }

    [[nodiscard]] boost::asio::posix::stream_descriptor& descriptor() { return descriptor_; }

  private:
    struct FreeTls {
        void operator()(ssl_st* tls) const;
    };

    [[nodiscard]] Step first_byte();
    [[nodiscard]] Step judge(int result);
    [[nodiscard]] Step judge_socket(long result);

    boost::asio::posix::stream_descriptor descriptor_;
    std::shared_ptr<const Authority> authority_;
    std::unique_ptr<ssl_st, FreeTls> tls_;
    std::string fault_;
    bool filled_room_ = false; ///< Without TLS: the last read took all it had room for.
    bool drained_ = false;     ///< The last read found the socket empty.
};

} // namespace usher::server
