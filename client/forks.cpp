#include "client/forks.hpp"

#include <algorithm>
#include <mutex>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace usher::client {
namespace {

/// Never destroyed: a thread may still close its socket while the program ends.
struct Open {
    std::mutex guard; ///< Held over a fork, so that a child finds the list whole.
    std::vector<int> sockets;
};

Open& open_sockets()
{
    static Open& open = *[] {
        auto* made = new Open;
        ::pthread_atfork([] { open_sockets().guard.lock(); }, [] { open_sockets().guard.unlock(); },
                         [] {
                             for (const int fd : open_sockets().sockets)
                                 ::close(fd);
                             open_sockets().sockets.clear();
                             open_sockets().guard.unlock();
                         });
        return made;
    }();
    return open;
}

} // namespace

int open_socket(int family)
{
    Open& open = open_sockets();
    const std::lock_guard lock(open.guard);
    const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd != -1)
        open.sockets.push_back(fd);
    return fd;
}

void close_socket(int fd)
{
    Open& open = open_sockets();
    const std::lock_guard lock(open.guard);
    if (std::erase(open.sockets, fd) == 1)
        ::close(fd);
}

} // namespace usher::client
