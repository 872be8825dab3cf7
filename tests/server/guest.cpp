#include "tests/server/guest.hpp"

#include "protocol/frame.hpp"

#include <arpa/inet.h>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace usher::server::test {
namespace {

void require(bool done, const char* what)
{
    if (!done)
        throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

int open_socket(int family)
{
    const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(descriptor >= 0, "socket");
    const timeval limit{.tv_sec = Guest::patience.count(), .tv_usec = 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return descriptor;
}

sockaddr_in ipv4(const std::string& address, std::uint16_t port)
{
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    require(::inet_pton(AF_INET, address.c_str(), &at.sin_addr) == 1, "address");
    return at;
}

template <class Thing, class Read>
std::unique_ptr<Thing, void (*)(Thing*)> from_pem(const std::string& pem, Read read,
                                                  void (*release)(Thing*))
{
    BIO* const bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    std::unique_ptr<Thing, void (*)(Thing*)> thing(read(bio, nullptr, nullptr, nullptr), release);
    BIO_free(bio);
    require(thing != nullptr, "pem");
    return thing;
}

void show(SSL_CTX* context, const Guest::Manners& manners)
{
    if (manners.chain_pem.empty())
        return;
    const auto certificate = from_pem<X509>(manners.chain_pem, PEM_read_bio_X509, X509_free);
    const auto key = from_pem<EVP_PKEY>(manners.key_pem, PEM_read_bio_PrivateKey, EVP_PKEY_free);
    require(SSL_CTX_use_certificate(context, certificate.get()) == 1, "certificate");
    require(SSL_CTX_use_PrivateKey(context, key.get()) == 1, "key");
}

} // namespace

Guest Guest::at_port(std::uint16_t port, const std::string& from)
{
    Guest guest(open_socket(AF_INET));
    const sockaddr_in here = ipv4(from, 0);
    const sockaddr_in there = ipv4("127.0.0.1", port);
    const int yes = 1;
    ::setsockopt(guest.descriptor_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    ::setsockopt(guest.descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    require(::bind(guest.descriptor_, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0,
            "bind");
    require(::connect(guest.descriptor_, reinterpret_cast<const sockaddr*>(&there), sizeof there) ==
                0,
            "connect");
    return guest;
}

Guest Guest::over_tls(std::uint16_t port, const Manners& manners)
{
    Guest guest = at_port(port, manners.from);
    if (!guest.greet_tls(manners))
        throw std::runtime_error("the server refused TLS");
    return guest;
}

Guest Guest::at_socket(const std::filesystem::path& path)
{
    Guest guest(open_socket(AF_UNIX));
    sockaddr_un there{};
    there.sun_family = AF_UNIX;
    std::strncpy(there.sun_path, path.c_str(), sizeof there.sun_path - 1);
    require(::connect(guest.descriptor_, reinterpret_cast<const sockaddr*>(&there), sizeof there) ==
                0,
            "connect");
    return guest;
}

Guest::Guest(Guest&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), tls_(std::move(other.tls_))
{}

Guest::~Guest()
{
    vanish();
}

bool Guest::greet_tls(const Manners& manners)
{
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                               SSL_CTX_free);
    SSL_CTX_set_max_proto_version(context.get(), manners.version_max);
    show(context.get(), manners);
    tls_.reset(SSL_new(context.get()));
    SSL_set_fd(tls_.get(), descriptor_);
    if (!manners.alpn.empty()) {
        std::string wire(1, static_cast<char>(manners.alpn.size()));
        wire += manners.alpn;
        SSL_set_alpn_protos(tls_.get(), reinterpret_cast<const unsigned char*>(wire.data()),
                            static_cast<unsigned>(wire.size()));
    }
    ERR_clear_error();
    return SSL_connect(tls_.get()) == 1;
}

void Guest::send_bytes(std::string_view bytes)
{
    while (!bytes.empty()) {
        ERR_clear_error();
        const auto size = bytes.size();
        const ssize_t count = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(size))
                                   : ::send(descriptor_, bytes.data(), size, MSG_NOSIGNAL);
        if (count <= 0)
            return; // The server has gone; the test will notice by what it reads.
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void Guest::send(const v1::Request& request)
{
    send_bytes(frame_of(request));
}

bool Guest::receive_bytes(std::string& out, std::size_t count)
{
    out.resize(count);
    std::size_t filled = 0;
    while (filled < count) {
        ERR_clear_error();
        errno = 0;
        const ssize_t got =
            tls_ ? SSL_read(tls_.get(), out.data() + filled, static_cast<int>(count - filled))
                 : ::recv(descriptor_, out.data() + filled, count - filled, 0);
        if (got <= 0 && errno == EAGAIN)
            throw std::runtime_error("the server says nothing");
        if (got <= 0)
            return false;
        filled += static_cast<std::size_t>(got);
    }
    return true;
}

std::optional<v1::Response> Guest::receive()
{
    std::string bytes;
    if (!receive_bytes(bytes, protocol::frame_header_bytes))
        return std::nullopt;
    std::size_t length = 0;
    for (const char c : bytes)
        length = length << 8U | static_cast<unsigned char>(c);
    v1::Response response;
    if (!receive_bytes(bytes, length))
        return std::nullopt;
    BOOST_REQUIRE(response.ParseFromString(bytes));
    return response;
}

v1::Response Guest::ask(const v1::Request& request)
{
    send(request);
    auto response = receive();
    BOOST_REQUIRE(response.has_value());
    BOOST_REQUIRE(response->id() == request.id());
    return *std::move(response);
}

v1::Response Guest::hello(const std::string& key)
{
    return ask(greeting(1, key));
}

v1::Response Guest::last_words()
{
    v1::Response last;
    while (auto response = receive())
        last = *std::move(response);
    return last;
}

bool Guest::is_closed()
{
    std::string byte;
    try {
        while (receive_bytes(byte, 1)) {
        }
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

bool Guest::is_reset(std::string_view words, const std::function<void()>& when_full)
{
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < give_up) {
        pollfd source{.fd = descriptor_, .events = POLLOUT, .revents = 0};
        const bool is_full = ::poll(&source, 1, 20) == 0;
        if ((source.revents & (POLLERR | POLLHUP)) != 0)
            return true;
        is_full ? when_full() : send_bytes(words);
    }
    return false;
}

void Guest::vanish()
{
    tls_.reset(); // Without a close_notify, as a crash has none.
    if (descriptor_ >= 0)
        ::close(std::exchange(descriptor_, -1));
}

std::string Guest::exporter()
{
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    std::string bytes(32, '\0');
    SSL_export_keying_material(tls_.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                               bytes.size(), label.data(), label.size(), nullptr, 0, 1);
    return bytes;
}

bool Guest::shows_name(const std::string& name) const
{
    X509* const shown = SSL_get0_peer_certificate(tls_.get());
    return shown != nullptr && X509_check_host(shown, name.data(), name.size(), 0, nullptr) == 1;
}

v1::Request checkout(std::uint64_t request, const std::string& lease, std::uint32_t wait_ms)
{
    v1::Request asked;
    asked.set_id(request);
    asked.mutable_checkout()->set_lease(lease);
    asked.mutable_checkout()->set_profile("ProLicense");
    asked.mutable_checkout()->set_units(1);
    asked.mutable_checkout()->set_user("daisy");
    asked.mutable_checkout()->set_device("pond");
    asked.mutable_checkout()->set_wait_ms(wait_ms);
    return asked;
}

v1::Request greeting(std::uint64_t request, const std::string& key)
{
    v1::Request asked;
    asked.set_id(request);
    asked.mutable_hello()->set_version(1);
    asked.mutable_hello()->set_version_min(1);
    asked.mutable_hello()->set_client("guest 1");
    asked.mutable_hello()->set_key(key);
    return asked;
}

v1::Request checkin(std::uint64_t request, const std::string& lease)
{
    v1::Request asked;
    asked.set_id(request);
    asked.mutable_checkin()->set_lease(lease);
    return asked;
}

v1::Request look(std::uint64_t request)
{
    v1::Request asked;
    asked.set_id(request);
    asked.mutable_operate()->mutable_look();
    return asked;
}

std::string lease(const std::string& name)
{
    std::string id = name;
    id.resize(16, '.');
    return id;
}

std::string frame_of(const v1::Request& request)
{
    std::string frame;
    BOOST_REQUIRE(protocol::append_frame(frame, request));
    return frame;
}

} // namespace usher::server::test
