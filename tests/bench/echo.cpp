#include "protocol/frame.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/wire.hpp"

#include <arpa/inet.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <iostream>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

/// `bench-echo CERTIFICATE KEY THREADS`: what TLS itself costs on Asio. Every frame goes back as it
/// came; no state, no disk, no parsing, and as many threads as the daemon serves connections with.
/// Prints its port, and serves until it is killed.
namespace usher::bench {
namespace {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

/// One connection. It lives as long as it waits for something.
class Line : public std::enable_shared_from_this<Line> {
  public:
    Line(asio::io_context& context, int socket, Tls tls)
        : wire_(socket, std::move(tls)), descriptor_(context, socket)
    {}
    ~Line() { descriptor_.release(); } // The socket is the wire's.

    void wait_for(Descriptor::wait_type event)
    {
        descriptor_.async_wait(event, [self = shared_from_this()](const auto& error) {
            if (!error)
                self->go_on();
        });
    }

  private:
    void go_on()
    {
        bool lives = wire_.read();
        for (auto frame = protocol::first_frame(wire_.in()); frame.message;
             frame = protocol::first_frame(wire_.in())) {
            const auto bytes = wire_.in().first(frame.consumed);
            wire_.out().append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            wire_.consume(frame.consumed);
        }
        lives = lives && wire_.flush();
        if (lives) // Who takes nothing is not read on.
            wait_for(wire_.out().empty() ? Descriptor::wait_read : Descriptor::wait_write);
    }

    Wire wire_;
    Descriptor descriptor_;
};

/// One thread's connections.
class Hall {
  public:
    Hall(int listener, SSL_CTX* context) : tls_(context), listener_(context_, ::dup(listener)) {}

    void serve()
    {
        accept();
        context_.run();
    }

  private:
    void accept()
    {
        listener_.async_wait(Descriptor::wait_read, [this](const auto&) {
            const int peer = ::accept4(listener_.native_handle(), nullptr, nullptr,
                                       SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (peer >= 0) // Else another thread was faster.
                seat(peer);
            accept();
        });
    }

    void seat(int peer)
    {
        const int on = 1;
        ::setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        Tls tls(SSL_new(tls_));
        SSL_set_fd(tls.get(), peer);
        SSL_set_accept_state(tls.get());
        std::make_shared<Line>(context_, peer, std::move(tls))->wait_for(Descriptor::wait_read);
    }

    SSL_CTX* tls_;
    asio::io_context context_{1};
    Descriptor listener_;
};

int listen_at_any_port()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), bytes) != 0 ||
        ::listen(listener, 1024) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &bytes) != 0)
        give_up("cannot listen");
    std::cout << ntohs(address.sin_port) << std::endl;
    return listener;
}

} // namespace
} // namespace usher::bench

int main(int argc, char** argv)
{
    using namespace usher::bench;
    if (argc != 4)
        give_up("usage: bench-echo CERTIFICATE KEY THREADS");
    const Context context = serving_context(argv[1], argv[2]);
    const int listener = listen_at_any_port();
    std::vector<std::thread> threads;
    for (int i = 0; i < std::stoi(argv[3]); ++i)
        threads.emplace_back([&] { Hall(listener, context.get()).serve(); });
    for (std::thread& thread : threads)
        thread.join();
}
