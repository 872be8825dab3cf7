#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Sockets as the door uses them: opened to listen at, and judged by where a peer comes from.
/// All are nonblocking and closed on exec. Any thread.
namespace usher::server {

/// Owns a descriptor.
class Socket {
  public:
    Socket() = default;
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    Socket(Socket&& other) noexcept : descriptor_(other.release()) {}
    Socket& operator=(Socket&& other) noexcept;
    ~Socket();

    [[nodiscard]] int get() const { return descriptor_; }
    explicit operator bool() const { return descriptor_ >= 0; }
    [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

  private:
    int descriptor_ = -1;
};

/// A TCP listener; `port` 0: any that is free. Throws `Fault` where the address is taken or not
/// this host's.
[[nodiscard]] Socket listen_at(const std::string& address, std::uint16_t port);
[[nodiscard]] std::uint16_t port_of(const Socket& listener);

/// The local socket: a file (0660) that goes with this. One that a dead daemon left is replaced; if
/// a live one answers there, or something else lies there, throws `Fault`.
class LocalListener {
  public:
    explicit LocalListener(std::filesystem::path path);
    LocalListener(const LocalListener&) = delete;
    LocalListener& operator=(const LocalListener&) = delete;
    ~LocalListener();

    /// To listen with; the file stays this one's.
    [[nodiscard]] Socket take_socket() { return std::move(socket_); }

  private:
    std::filesystem::path path_;
    Socket socket_;
    std::uint64_t inode_ = 0; ///< Of our file, so that a successor's is not taken away.
};

/// Where a connection comes from, as far as one host or network can be told from another: an IPv4
/// address, or the /64 of an IPv6 address, which one host has for itself.
using Origin = std::array<std::uint8_t, 16>;

/// Who came to a listener; none: nobody, and `errno` says why.
struct Arrival {
    Socket socket;
    Origin origin{};
    std::string address; ///< `127.0.0.1:53412`, `[::1]:53412`
};
[[nodiscard]] std::optional<Arrival> accept_from(int listener);

/// The other end of a local connection, as the kernel says.
struct LocalPeer {
    std::string user;   ///< Its name; its number where it has none.
    bool admin = false; ///< Root, or in the group of our process.
};
[[nodiscard]] LocalPeer local_peer_of(const Socket& connection);

} // namespace usher::server
