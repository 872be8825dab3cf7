#pragma once

#include "daemon/server/desk.hpp"
#include "daemon/server/hall.hpp"
#include "daemon/server/sockets.hpp"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <span>
#include <vector>

namespace usher::server {

/// What the door listens at. Opened before anything is promised, so that a port that is taken stops
/// the start.
struct Listeners {
    std::vector<Socket> tcp;
    std::unique_ptr<LocalListener> local; ///< None: no local socket.
};

/// Accepts connections, bounds how many there are, and shows each to a hall in turn. The handshake
/// is the session's business: nobody waits at the door for somebody else's.
///
/// Works on the thread of the first hall. Where the process has no descriptor left, or all places
/// are taken by others' connections, nobody is answered wrongly: who comes waits in the kernel's
/// queue, or is closed before it has cost anything.
class Door {
  public:
    /// Opens at once, as soon as the first hall runs.
    Door(std::span<const std::unique_ptr<Hall>> halls, Desk& desk, Listeners listeners);
    /// Call it when no hall runs any more.
    ~Door();
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    /// Any thread: nobody comes in any more; the listeners are closed.
    void close();

  private:
    struct Inside;
    std::shared_ptr<Inside> inside_;
};

} // namespace usher::server
