#include "tests/client/stage.hpp"

#include "protocol/frame.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <openssl/err.h>
#include <span>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace usher::client::test {
namespace {

void require(bool done, const char* what)
{
    if (!done)
        throw std::runtime_error(std::string("the stage cannot be set: ") + what);
}

int choose(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
           unsigned offered_length, void* wanted)
{
    const auto& protocol = *static_cast<const std::string*>(wanted);
    for (unsigned at = 0; at < offered_length; at += 1U + offered[at])
        if (protocol ==
            std::string_view(reinterpret_cast<const char*>(offered) + at + 1, offered[at])) {
            *chosen = offered + at + 1;
            *length = offered[at];
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

} // namespace

std::string frame_of(const v1::Response& response)
{
    std::string frame;
    require(protocol::append_frame(frame, response), "a response that is too long");
    return frame;
}

Actor::Actor(int fd, SSL_CTX* context) : fd_(fd)
{
    const timeval patience{.tv_sec = 20, .tv_usec = 0}; // A test that hangs must end.
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (context == nullptr)
        return;
    ssl_ = SSL_new(context);
    SSL_set_fd(ssl_, fd_);
}

Actor::~Actor()
{
    SSL_free(ssl_);
    ERR_clear_error();
}

bool Actor::accept()
{
    return ssl_ == nullptr || SSL_accept(ssl_) == 1;
}

std::optional<v1::Request> Actor::read()
{
    for (;;) {
        const auto frame = protocol::first_frame(std::as_bytes(std::span(incoming_)));
        if (frame.message) {
            v1::Request request;
            request.ParseFromArray(frame.message->data(), static_cast<int>(frame.message->size()));
            incoming_.erase(0, frame.consumed);
            return request;
        }
        const std::string more = read_some();
        if (more.empty())
            return std::nullopt;
        incoming_ += more;
    }
}

std::string Actor::read_some()
{
    std::array<char, 4096> room{};
    const auto count = ssl_ != nullptr
                           ? static_cast<ssize_t>(SSL_read(ssl_, room.data(), room.size()))
                           : ::recv(fd_, room.data(), room.size(), 0);
    return count > 0 ? std::string(room.data(), static_cast<std::size_t>(count)) : std::string();
}

void Actor::say(const v1::Response& response)
{
    write(frame_of(response));
}

void Actor::write(std::string_view bytes)
{
    if (ssl_ != nullptr)
        SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
    else
        ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

std::string Actor::exporter() const
{
    std::string bytes(32, '\0');
    SSL_export_keying_material(ssl_, reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                               "EXPORTER-Channel-Binding", 24, nullptr, 0, 0);
    return bytes;
}

std::string Actor::client_name() const
{
    const X509* const shown = SSL_get0_peer_certificate(ssl_);
    return shown == nullptr ? std::string() : server::common_name_of(shown);
}

std::string Company::license() const
{
    trust::License license;
    license.vendor = "acme";
    license.number = "015.120.065.016";
    license.product = "PROSession";
    license.metric = "lease";
    license.quantity = 8;
    license.lock = trust::lock_from(node.text(), "machine", 2);
    return trust::sign_license(license, vendor);
}

v1::Response Company::welcome(const std::string& exporter) const
{
    v1::Response response;
    v1::Welcome& welcome = *response.mutable_welcome();
    welcome.set_version(1);
    welcome.set_server("stage");
    welcome.set_identity("anonymous");
    welcome.set_role("application");
    welcome.set_term_ms(25'000);
    welcome.set_grace_ms(2'000);
    welcome.set_mode("serving");
    const auto signature = node.prove(exporter);
    welcome.mutable_proof()->set_node_key(node.key().data(), node.key().size());
    welcome.mutable_proof()->set_signature(signature.data(), signature.size());
    welcome.mutable_proof()->add_licenses(license());
    return response;
}

Stage::Stage(const server::Credentials& certificate, Tls tls, Play play)
    : protocol_(std::move(tls.protocol)), play_(std::move(play))
{
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const context = context_.get();
    require(SSL_CTX_set_max_proto_version(context, tls.version) == 1, "version");
    require(SSL_CTX_use_certificate(context, certificate.certificate.get()) == 1, "certificate");
    require(SSL_CTX_use_PrivateKey(context, certificate.key.get()) == 1, "key");
    for (X509* const shown : tls.chain)
        require(SSL_CTX_add1_chain_cert(context, shown) == 1, "chain");
    if (!protocol_.empty())
        SSL_CTX_set_alpn_select_cb(context, choose, &protocol_);
    if (tls.client_ca != nullptr) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), tls.client_ca);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    const unsigned char same[] = "stage";
    SSL_CTX_set_session_id_context(context, same, sizeof(same));
    listen({});
}

Stage::Stage(Play play, const std::string& path) : play_(std::move(play))
{
    listen(path);
}

void Stage::listen(const std::string& path)
{
    ::signal(SIGPIPE, SIG_IGN); // Of the stage; tests of the client set it back.
    if (path.empty()) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        require(::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof(at)) == 0, "bind");
        socklen_t size = sizeof(at);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
    } else {
        listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        path.copy(at.sun_path, sizeof(at.sun_path) - 1);
        require(::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof(at)) == 0, "bind");
    }
    require(::listen(listener_, 16) == 0, "listen");
    thread_ = std::thread([this] { serve(); });
}

Stage::~Stage()
{
    is_over_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    {
        const std::lock_guard lock(guard_);
        for (const int fd : open_)
            ::shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& actor : actors_)
        actor.join();
}

void Stage::serve()
{
    for (;;) {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd == -1 || is_over_) {
            if (fd != -1)
                ::close(fd);
            return;
        }
        ++visitors_;
        const std::lock_guard lock(guard_);
        open_.push_back(fd);
        actors_.emplace_back([this, fd] {
            {
                Actor actor(fd, context_.get());
                if (actor.accept())
                    play_(actor);
            }
            const std::lock_guard done(guard_);
            std::erase(open_, fd);
            ::close(fd);
        });
    }
}

Address Stage::address(const X509* ca) const
{
    return TcpAddress{"127.0.0.1", port_, server::digest_of(ca)};
}

v1::Response House::answer(const v1::Request& request)
{
    v1::Response response;
    response.set_id(request.id());
    if (request.has_checkout()) {
        response.mutable_granted()->set_lease(request.checkout().lease());
        response.mutable_granted()->set_pool("pool");
        response.mutable_granted()->set_product("PROSession");
        response.mutable_granted()->set_term_ms(25'000);
        response.mutable_granted()->set_kind("floating");
    } else if (request.has_renew()) {
        response.mutable_renewed()->set_term_ms(25'000);
        for (const std::string& lease : request.renew().leases()) {
            response.mutable_renewed()->add_leases()->set_lease(lease);
            response.mutable_renewed()->mutable_leases()->rbegin()->set_state(v1::LeaseState::HELD);
        }
    } else {
        response.mutable_done();
    }
    return response;
}

v1::Request House::first_asked()
{
    std::unique_lock lock(guard);
    const bool came =
        asked_more.wait_for(lock, std::chrono::seconds(20), [this] { return !asked.empty(); });
    return came ? asked.front() : v1::Request();
}

Stage::Play House::genuine()
{
    return [this](Actor& actor) {
        const auto hello = actor.read();
        if (!hello)
            return;
        resumed = actor.is_resumed();
        v1::Response welcome = company.welcome(actor.exporter());
        welcome.set_id(hello->id());
        actor.say(welcome);
        while (const auto request = actor.read()) {
            {
                const std::lock_guard lock(guard);
                asked.push_back(*request);
            }
            asked_more.notify_all();
            actor.say(answer(*request));
        }
    };
}

} // namespace usher::client::test
