#include "daemon/server/sockets.hpp"

#include "daemon/server/fault.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace usher::server {
namespace {

constexpr int backlog = 4096; // The kernel takes what it allows.

/// An address of any family, as the kernel's calls want it.
union Address {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
    sockaddr_un local;
};

std::string reason()
{
    return std::generic_category().message(errno);
}

void set(const Socket& socket, int level, int option, int value)
{
    ::setsockopt(socket.get(), level, option, &value, sizeof value);
}

Socket open(int family)
{
    return Socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

/// The address in `out`, its length returned; 0: not an address.
socklen_t parse(const std::string& text, std::uint16_t port, Address& out)
{
    out = {};
    if (::inet_pton(AF_INET, text.c_str(), &out.v4.sin_addr) == 1) {
        out.v4.sin_family = AF_INET;
        out.v4.sin_port = htons(port);
        return sizeof out.v4;
    }
    if (::inet_pton(AF_INET6, text.c_str(), &out.v6.sin6_addr) == 1) {
        out.v6.sin6_family = AF_INET6;
        out.v6.sin6_port = htons(port);
        return sizeof out.v6;
    }
    return 0;
}

Address local_address(const std::filesystem::path& path)
{
    Address address{};
    address.local.sun_family = AF_UNIX;
    const std::string text = path.string();
    if (text.size() >= sizeof address.local.sun_path)
        throw Fault("the path of the local socket is too long: " + text,
                    "choose one of at most 107 bytes");
    std::memcpy(address.local.sun_path, text.data(), text.size());
    return address;
}

/// Takes away what a dead daemon left; throws where it is not dead, or nothing of ours.
void clear_the_way(const std::filesystem::path& path, const Address& address)
{
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0)
        return;
    if (!S_ISSOCK(found.st_mode))
        throw Fault(path.string() + " is in the way: it is not a socket",
                    "move it away, or set `socket` to another path");
    const Socket knock = open(AF_UNIX);
    if (::connect(knock.get(), &address.any, sizeof address.local) == 0 || errno == EAGAIN)
        throw Fault("another usherd serves at " + path.string(),
                    "stop it first, or set `socket` to another path");
    if (errno != ECONNREFUSED)
        throw Fault("cannot look who serves at " + path.string() + ": " + reason(),
                    "move it away, or set `socket` to another path");
    ::unlink(path.c_str());
}

Origin origin_of(const Address& address)
{
    Origin origin{};
    constexpr std::size_t v4_at = 12; // As in ::ffff:a.b.c.d.
    if (address.any.sa_family == AF_INET) {
        origin[10] = origin[11] = 0xff;
        std::memcpy(origin.data() + v4_at, &address.v4.sin_addr, 4);
        return origin;
    }
    const bool is_v4 = IN6_IS_ADDR_V4MAPPED(&address.v6.sin6_addr);
    constexpr std::size_t network_bytes = 8;
    std::memcpy(origin.data(), &address.v6.sin6_addr, is_v4 ? origin.size() : network_bytes);
    return origin;
}

std::string text_of(const Address& address)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.any.sa_family == AF_INET) {
        ::inet_ntop(AF_INET, &address.v4.sin_addr, text.data(), text.size());
        return std::string(text.data()) + ":" + std::to_string(ntohs(address.v4.sin_port));
    }
    ::inet_ntop(AF_INET6, &address.v6.sin6_addr, text.data(), text.size());
    return "[" + std::string(text.data()) + "]:" + std::to_string(ntohs(address.v6.sin6_port));
}

std::string user_name(uid_t user)
{
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> room(16 << 10);
    if (::getpwuid_r(user, &entry, room.data(), room.size(), &found) == 0 && found != nullptr)
        return found->pw_name;
    return std::to_string(user);
}

/// Groups that a process is in beside its first one.
bool is_in_group(const Socket& connection, gid_t group)
{
    std::vector<gid_t> groups(64);
    for (;;) {
        auto bytes = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
        if (::getsockopt(connection.get(), SOL_SOCKET, SO_PEERGROUPS, groups.data(), &bytes) == 0) {
            groups.resize(bytes / sizeof(gid_t));
            return std::ranges::find(groups, group) != groups.end();
        }
        if (errno != ERANGE || bytes / sizeof(gid_t) <= groups.size())
            return false;
        groups.resize(bytes / sizeof(gid_t));
    }
}

} // namespace

Socket& Socket::operator=(Socket&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

Socket::~Socket()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

Socket listen_at(const std::string& address, std::uint16_t port)
{
    const std::string place = address + " port " + std::to_string(port);
    Address at;
    const socklen_t length = parse(address, port, at);
    if (length == 0)
        throw Fault("cannot listen at " + place + ": not an address", "correct `listen`");
    Socket listener = open(at.any.sa_family);
    set(listener, SOL_SOCKET, SO_REUSEADDR, 1);
    if (at.any.sa_family == AF_INET6)
        set(listener, IPPROTO_IPV6, IPV6_V6ONLY, 1); // 0.0.0.0 may stand beside [::].
    if (!listener || ::bind(listener.get(), &at.any, length) != 0 ||
        ::listen(listener.get(), backlog) != 0)
        throw Fault("cannot listen at " + place + ": " + reason(),
                    "see who has the port with `ss -ltnp`, or change `listen`");
    return listener;
}

std::uint16_t port_of(const Socket& listener)
{
    Address address{};
    socklen_t length = sizeof address;
    ::getsockname(listener.get(), &address.any, &length);
    return ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
}

LocalListener::LocalListener(std::filesystem::path path)
    : path_(std::move(path)), socket_(open(AF_UNIX))
{
    const Address address = local_address(path_);
    clear_the_way(path_, address);
    if (::bind(socket_.get(), &address.any, sizeof address.local) != 0 ||
        ::chmod(path_.c_str(), 0660) != 0 || ::listen(socket_.get(), backlog) != 0)
        throw Fault("cannot listen at " + path_.string() + ": " + reason(),
                    "make its directory and let usherd write there, or change `socket`");
    struct stat ours {};
    if (::lstat(path_.c_str(), &ours) == 0)
        inode_ = ours.st_ino;
}

LocalListener::~LocalListener()
{
    struct stat found {};
    if (::lstat(path_.c_str(), &found) == 0 && found.st_ino == inode_)
        ::unlink(path_.c_str());
}

std::optional<Arrival> accept_from(int listener)
{
    Address from{};
    socklen_t length = sizeof from;
    Socket socket(::accept4(listener, &from.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket)
        return std::nullopt;
    if (from.any.sa_family != AF_INET && from.any.sa_family != AF_INET6)
        return Arrival{std::move(socket), {}, "local"};
    set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    // Who watches a pool may be silent for days. A host that is gone is found out after some four
    // minutes, or its place would be taken for ever.
    set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(socket, IPPROTO_TCP, TCP_KEEPIDLE, 120);
    set(socket, IPPROTO_TCP, TCP_KEEPINTVL, 30);
    set(socket, IPPROTO_TCP, TCP_KEEPCNT, 4);
    return Arrival{std::move(socket), origin_of(from), text_of(from)};
}

LocalPeer local_peer_of(const Socket& connection)
{
    ucred peer{};
    peer.uid = static_cast<uid_t>(-1);
    peer.gid = static_cast<gid_t>(-1);
    socklen_t length = sizeof peer;
    ::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length);
    const gid_t ours = ::getegid();
    return {user_name(peer.uid),
            peer.uid == 0 || peer.gid == ours || is_in_group(connection, ours)};
}

} // namespace usher::server
