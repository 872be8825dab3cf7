#include "client/socket.hpp"

#include "client/forks.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <utility>

namespace usher::client {
namespace {

using Found = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Failure unreachable(const Address& address, const std::string& why)
{
    const bool is_local = std::holds_alternative<SocketAddress>(address);
    return {.step = Step::connect,
            .text = "cannot connect to " + place(address) + ": " + why,
            .cure = is_local ? "see that usherd runs on this host, and that you are root or a "
                               "member of the group of its socket"
                             : "see that usherd runs there, that the address is right, and that no "
                               "firewall is in between"};
}

std::string text_of(int error)
{
    std::string text = std::generic_category().message(error);
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return text;
}

/// Empty: it is connected.
std::string connect_within(int fd, const sockaddr* to, socklen_t length, const Patience& patience)
{
    if (fd == -1)
        return text_of(errno);
    if (::connect(fd, to, length) == 0)
        return {};
    if (errno != EINPROGRESS)
        return text_of(errno);
    switch (wait_for(fd, POLLOUT, patience)) {
    case Waited::late: return "no answer in time";
    case Waited::woken: return "given up";
    case Waited::ready: break;
    }
    int error = 0;
    socklen_t size = sizeof(error);
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 ? std::string() : text_of(error);
}

/// Who tries again and again to reach a port of this host that nobody listens at may one day meet
/// himself there (TCP opens from both ends at once), and would keep the server from its own port.
bool is_own_echo(int fd)
{
    sockaddr_storage here{};
    sockaddr_storage there{};
    socklen_t here_size = sizeof(here);
    socklen_t there_size = sizeof(there);
    return ::getsockname(fd, reinterpret_cast<sockaddr*>(&here), &here_size) == 0 &&
           ::getpeername(fd, reinterpret_cast<sockaddr*>(&there), &there_size) == 0 &&
           here_size == there_size && std::memcmp(&here, &there, here_size) == 0;
}

/// Lets go of the port at once, instead of keeping it for a minute as TCP does after a goodbye.
void abort_on_close(int fd)
{
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

Result<Found> resolve(const TcpAddress& address)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* list = nullptr;
    const int code =
        ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
    if (code != 0)
        return Failure{.step = Step::resolve,
                       .text = "cannot resolve the host name " + address.host + ": " +
                               (code == EAI_SYSTEM ? text_of(errno) : ::gai_strerror(code)),
                       .cure = "correct the host in the server's address, or make the name known "
                               "to this host"};
    return Found(list, &::freeaddrinfo);
}

/// The deadline of the next of `count` attempts: each has an equal share of what is left, so that
/// one address that swallows packets does not use up the time of the others.
Patience share(const Patience& patience, int count)
{
    const Instant now = Clock::now();
    return {now + std::max(Duration(0), patience.until - now) / count, patience.wake};
}

} // namespace

Waited wait_for(int fd, short events, const Patience& patience)
{
    using std::chrono::milliseconds;
    std::array<pollfd, 2> polled{pollfd{fd, events, 0}, pollfd{patience.wake, POLLIN, 0}};
    for (;;) {
        // Rounded up, or the last millisecond would be spent spinning.
        const auto left = std::chrono::ceil<milliseconds>(patience.until - Clock::now());
        constexpr milliseconds longest = std::chrono::hours(1);
        const auto timeout = std::clamp(left, milliseconds(0), longest).count();
        const int count = ::poll(polled.data(), polled.size(), static_cast<int>(timeout));
        if (count > 0)
            return polled[1].revents != 0 ? Waited::woken : Waited::ready;
        if (Clock::now() >= patience.until)
            return Waited::late;
    }
}

Socket::Socket(Socket&& from) noexcept : fd_(std::exchange(from.fd_, -1)) {}

Socket& Socket::operator=(Socket&& from) noexcept
{
    std::swap(fd_, from.fd_);
    return *this;
}

Socket::~Socket()
{
    if (fd_ != -1)
        close_socket(fd_);
}

Result<Socket> Socket::connect(const Address& address, const Patience& patience)
{
    if (const auto* tcp = std::get_if<TcpAddress>(&address))
        return connect(*tcp, patience);
    const std::string& path = std::get<SocketAddress>(address).path;
    sockaddr_un to{.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(to.sun_path, sizeof(to.sun_path) - 1);
    Socket socket(open_socket(AF_UNIX));
    const std::string why =
        connect_within(socket.fd(), reinterpret_cast<const sockaddr*>(&to), sizeof(to), patience);
    if (!why.empty())
        return unreachable(address, why);
    return socket;
}

Result<Socket> Socket::connect(const TcpAddress& address, const Patience& patience)
{
    const auto found = resolve(address);
    if (!found)
        return found.error();
    int left = 0;
    for (const addrinfo* next = found->get(); next != nullptr; next = next->ai_next)
        ++left;
    std::string why;
    for (const addrinfo* next = found->get(); next != nullptr; next = next->ai_next, --left) {
        Socket socket(open_socket(next->ai_family));
        why = connect_within(socket.fd(), next->ai_addr, next->ai_addrlen, share(patience, left));
        if (why.empty() && is_own_echo(socket.fd())) {
            abort_on_close(socket.fd());
            why = text_of(ECONNREFUSED);
        }
        if (!why.empty())
            continue;
        const int on = 1; // A request is one small packet: nothing is gained by holding it back.
        ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        return socket;
    }
    return unreachable(address, why);
}

} // namespace usher::client
