#pragma once

#include "client/address.hpp"
#include "client/clock.hpp"
#include "client/failure.hpp"

#include <cstdint>

/// A connected socket with deadlines. One thread.
namespace usher::client {

/// What ended a wait.
enum class Waited : std::uint8_t { ready, late, woken };

/// Waits until `fd` shows one of `events` (as poll(2) knows them) or its end.
[[nodiscard]] Waited wait_for(int fd, short events, const Patience& patience);

/// Owns a descriptor: nonblocking, closed at exec and in the child of a fork, so that nobody but
/// this program keeps the connection alive and the server sees at once when it dies.
class Socket {
  public:
    /// Resolves, tries each address in turn, and connects. Steps: resolve, connect.
    /// Resolving alone does not heed `patience`: the system's resolver has a deadline of its own.
    static Result<Socket> connect(const Address& address, const Patience& patience);

    Socket(Socket&& from) noexcept;
    Socket& operator=(Socket&& from) noexcept;
    ~Socket();

    [[nodiscard]] int fd() const { return fd_; }

  private:
    static Result<Socket> connect(const TcpAddress& address, const Patience& patience);
    explicit Socket(int fd) : fd_(fd) {}
    int fd_ = -1; ///< -1: none.
};

} // namespace usher::client
