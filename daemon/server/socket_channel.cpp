#include "daemon/server/socket_channel.hpp"

#include <array>
#include <cerrno>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <system_error>

namespace usher::server {

SocketChannel::SocketChannel(boost::asio::io_context& context, Socket socket,
                             std::shared_ptr<const Authority> authority)
    : descriptor_(context, socket.release()), authority_(std::move(authority))
{}

SocketChannel::~SocketChannel() = default;

void SocketChannel::FreeTls::operator()(ssl_st* tls) const
{
    SSL_free(tls);
}

SocketChannel::Step SocketChannel::handshake()
{
    if (!authority_)
        return Step::done;
    if (!tls_) {
        if (const Step step = first_byte(); step != Step::done)
            return step; // A port that is only held open costs no more than this.
        tls_.reset(SSL_new(authority_->context()));
        if (!tls_ || SSL_set_fd(tls_.get(), descriptor_.native_handle()) != 1)
            throw std::bad_alloc();
        SSL_set_accept_state(tls_.get());
        SSL_set_read_ahead(tls_.get(), 1); // One call of the system for all that has come.
    }
    ERR_clear_error();
    return judge(SSL_do_handshake(tls_.get()));
}

int SocketChannel::stage() const
{
    return tls_ ? static_cast<int>(SSL_get_state(tls_.get())) : -1;
}

bool SocketChannel::has_arrivals()
{
    int count = 0;
    return ::ioctl(descriptor_.native_handle(), FIONREAD, &count) == 0 && count > 0;
}

SocketChannel::Moved SocketChannel::read(std::span<std::byte> room)
{
    drained_ = false;
    if (!tls_) {
        const ssize_t count =
            ::recv(descriptor_.native_handle(), room.data(), room.size(), MSG_DONTWAIT);
        filled_room_ = count == static_cast<ssize_t>(room.size());
        if (count > 0)
            return {Step::done, static_cast<std::size_t>(count)};
        return {judge_socket(count)};
    }
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_read_ex(tls_.get(), room.data(), room.size(), &count);
    if (result == 1)
        return {Step::done, count};
    const Step step = judge(result);
    drained_ = step == Step::wants_to_read; // Half a record may lie in OpenSSL's buffer.
    return {step};
}

SocketChannel::Moved SocketChannel::write(std::span<const std::byte> bytes)
{
    if (!tls_) {
        const ssize_t count = ::send(descriptor_.native_handle(), bytes.data(), bytes.size(),
                                     MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count >= 0)
            return {Step::done, static_cast<std::size_t>(count)};
        const Step step = judge_socket(count);
        return {step == Step::wants_to_read ? Step::wants_to_write : step};
    }
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &count);
    return result == 1 ? Moved{Step::done, count} : Moved{judge(result)};
}

bool SocketChannel::has_more() const
{
    return !drained_ && (tls_ ? SSL_has_pending(tls_.get()) == 1 : filled_room_);
}

void SocketChannel::wait_to_read(std::shared_ptr<Waiter> waiter)
{
    descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                           [waiter = std::move(waiter)](const boost::system::error_code& error) {
                               if (!error)
                                   waiter->on_readable();
                           });
}

void SocketChannel::wait_to_write(std::shared_ptr<Waiter> waiter)
{
    descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_write,
                           [waiter = std::move(waiter)](const boost::system::error_code& error) {
                               if (!error)
                                   waiter->on_writable();
                           });
}

void SocketChannel::close_writing()
{
    if (tls_) {
        ERR_clear_error();
        SSL_shutdown(tls_.get()); // Its few bytes fit, or nobody reads them anyway.
    }
    ::shutdown(descriptor_.native_handle(), SHUT_WR);
}

void SocketChannel::give_up_writing()
{
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor_.native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void SocketChannel::close()
{
    boost::system::error_code ignored;
    descriptor_.close(ignored);
}

std::optional<ClientCertificate> SocketChannel::client_certificate() const
{
    return tls_ ? authority_->client_certificate(tls_.get()) : std::nullopt;
}

std::string SocketChannel::exporter() const
{
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    std::string bytes(32, '\0');
    if (!tls_)
        return {};
    if (SSL_export_keying_material(tls_.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                                   bytes.size(), label.data(), label.size(), nullptr, 0, 1) != 1)
        throw std::bad_alloc(); // The only way in which it fails after a handshake.
    return bytes;
}

SocketChannel::Step SocketChannel::first_byte()
{
    std::byte first{};
    const ssize_t count = ::recv(descriptor_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    return count > 0 ? Step::done : judge_socket(count);
}

SocketChannel::Step SocketChannel::judge(int result)
{
    const int system_error = errno;
    switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_NONE: return Step::done;
    case SSL_ERROR_WANT_READ: return Step::wants_to_read;
    case SSL_ERROR_WANT_WRITE: return Step::wants_to_write;
    case SSL_ERROR_ZERO_RETURN: return Step::ended;
    case SSL_ERROR_SYSCALL:
        fault_ = system_error == 0 ? "cut off" : std::generic_category().message(system_error);
        break;
    default: {
        const char* const reason = ERR_reason_error_string(ERR_peek_error());
        fault_ = reason == nullptr ? "tls error" : reason;
        break;
    }
    }
    ERR_clear_error();
    return Step::broken;
}

SocketChannel::Step SocketChannel::judge_socket(long result)
{
    if (result == 0)
        return Step::ended;
    if (errno == EAGAIN || errno == EINTR)
        return Step::wants_to_read;
    fault_ = std::generic_category().message(errno);
    return Step::broken;
}

} // namespace usher::server
