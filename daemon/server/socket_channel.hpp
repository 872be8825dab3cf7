#pragma once

#include "daemon/server/channel.hpp"
#include "daemon/server/sockets.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace usher::server {

/// A nonblocking socket, through TLS or, on the local socket, as it is.
///
/// OpenSSL works on the socket itself: Asio's stream for TLS keeps 73 KiB for each idle connection,
/// this keeps 16. Nothing of TLS is made before the peer has said something.
class SocketChannel final : public Channel {
  public:
    /// `authority` none: without TLS.
    SocketChannel(boost::asio::io_context& context, Socket socket,
                  std::shared_ptr<const Authority> authority);
    ~SocketChannel() override;
    SocketChannel(const SocketChannel&) = delete;
    SocketChannel& operator=(const SocketChannel&) = delete;

    [[nodiscard]] Step handshake() override;
    [[nodiscard]] bool has_begun() const override { return tls_ || !authority_; }
    [[nodiscard]] int stage() const override;
    [[nodiscard]] bool has_arrivals() override;
    [[nodiscard]] Moved read(std::span<std::byte> room) override;
    [[nodiscard]] Moved write(std::span<const std::byte> bytes) override;
    [[nodiscard]] bool has_more() const override;
    void wait_to_read(std::shared_ptr<Waiter> waiter) override;
    void wait_to_write(std::shared_ptr<Waiter> waiter) override;
    void close_writing() override;
    void give_up_writing() override;
    void close() override;
    [[nodiscard]] std::optional<ClientCertificate> client_certificate() const override;
    [[nodiscard]] std::string exporter() const override;
    [[nodiscard]] const std::string& fault() const override { return fault_; }

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
