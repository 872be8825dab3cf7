#include "protocol/frame.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/wire.hpp"

#include <arpa/inet.h>
#include <array>
#include <fcntl.h>
#include <iostream>
#include <map>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>
#include <vector>

/// `bench-echo CERTIFICATE KEY THREADS`: what TLS itself costs. Every frame goes back as it came;
/// no state, no disk, no parsing, and as many threads as the daemon serves connections with. Prints
/// its port, and serves until it is killed.
namespace usher::bench {
namespace {

/// One thread's connections.
void serve(int listener, SSL_CTX* context)
{
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    const auto watch = [poll](int socket, std::uint32_t events) {
        epoll_event event{.events = events, .data = {.fd = socket}};
        ::epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
    };
    watch(listener, EPOLLIN | EPOLLEXCLUSIVE);
    std::map<int, Wire> wires;
    std::array<epoll_event, 256> events{};
    for (;;) {
        const int count = ::epoll_wait(poll, events.data(), events.size(), -1);
        for (int i = 0; i < count; ++i) {
            const int socket = events[static_cast<std::size_t>(i)].data.fd;
            if (socket == listener) {
                const int peer =
                    ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (peer < 0)
                    continue; // Another thread was faster.
                const int on = 1;
                ::setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                Tls tls(SSL_new(context));
                SSL_set_fd(tls.get(), peer);
                SSL_set_accept_state(tls.get());
                wires.emplace(peer, Wire(peer, std::move(tls)));
                watch(peer, EPOLLIN | EPOLLOUT | EPOLLET);
                continue;
            }
            Wire& wire = wires.at(socket);
            bool lives = wire.read();
            for (auto frame = protocol::first_frame(wire.in()); frame.message;
                 frame = protocol::first_frame(wire.in())) {
                const auto bytes = wire.in().first(frame.consumed);
                wire.out().append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                wire.consume(frame.consumed);
            }
            lives = lives && wire.flush();
            if (!lives)
                wires.erase(socket);
        }
    }
}

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
        threads.emplace_back(serve, listener, context.get());
    for (std::thread& thread : threads)
        thread.join();
}
