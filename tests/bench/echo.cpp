#include "protocol/frame.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/wire.hpp"

#include <arpa/inet.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <deque>
#include <iostream>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <thread>
#include <utility>
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
        bool lives = wire_.read_once();
        for (auto frame = protocol::first_frame(wire_.in()); frame.message;
             frame = protocol::first_frame(wire_.in())) {
            const auto bytes = wire_.in().first(frame.consumed);
            wire_.out().append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            wire_.consume(frame.consumed);
        }
        lives = lives && wire_.flush();
        if (lives) // Who takes nothing is not waited for to say more.
            wait_for(wire_.out().empty() ? Descriptor::wait_read : Descriptor::wait_write);
    }

    Wire wire_;
    Descriptor descriptor_;
};

/// Shows newcomers to the threads in turn, as usherd does.
class Door {
  public:
    Door(std::deque<asio::io_context>& loops, int listener, SSL_CTX* tls)
        : loops_(loops), tls_(tls), listener_(loops.front(), listener)
    {}

    void open()
    {
        listener_.async_wait(Descriptor::wait_read, [this](const auto& error) {
            const int peer = ::accept4(listener_.native_handle(), nullptr, nullptr,
                                       SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (error || (peer < 0 && errno != EAGAIN && errno != ECONNABORTED))
                give_up("cannot accept");
            asio::io_context& loop = loops_[++accepted_ % loops_.size()];
            if (peer >= 0)
                asio::post(loop, [this, &loop, peer] { seat(loop, peer); });
            open();
        });
    }

  private:
    void seat(asio::io_context& loop, int peer) const
    {
        const int on = 1;
        ::setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        Tls tls(SSL_new(tls_));
        SSL_set_fd(tls.get(), peer);
        SSL_set_accept_state(tls.get());
        std::make_shared<Line>(loop, peer, std::move(tls))->wait_for(Descriptor::wait_read);
    }

    std::deque<asio::io_context>& loops_;
    SSL_CTX* tls_;
    Descriptor listener_;
    std::size_t accepted_ = 0;
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
    namespace asio = boost::asio;
    if (argc != 4)
        give_up("usage: bench-echo CERTIFICATE KEY THREADS");
    const Context context = serving_context(argv[1], argv[2]);
    const int listener = listen_at_any_port();
    std::deque<asio::io_context> loops;
    for (int i = 0; i < std::stoi(argv[3]); ++i)
        loops.emplace_back(1); // For one thread each.
    Door door(loops, listener, context.get());
    door.open();
    std::vector<std::thread> threads;
    for (asio::io_context& loop : loops)
        threads.emplace_back([&loop] {
            const auto always = asio::make_work_guard(loop);
            loop.run();
        });
    for (std::thread& thread : threads)
        thread.join();
}
