#include "daemon/server/inbox.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace usher::server {

Bell::Bell() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (event_ < 0)
        throw std::system_error(errno, std::generic_category(), "cannot make an eventfd");
}

Bell::~Bell()
{
    ::close(event_);
}

void Bell::ring() const
{
    const std::uint64_t once = 1;
    // It only fails where it rings already.
    [[maybe_unused]] const ssize_t written = ::write(event_, &once, sizeof once);
}

void Bell::sleep(std::chrono::microseconds at_most) const
{
    if (at_most > std::chrono::microseconds::zero()) {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(at_most);
        const timespec limit{.tv_sec = seconds.count(),
                             .tv_nsec = std::chrono::nanoseconds(at_most - seconds).count()};
        pollfd source{.fd = event_, .events = POLLIN, .revents = 0};
        ::ppoll(&source, 1, &limit, nullptr);
    }
    std::uint64_t rings = 0;
    [[maybe_unused]] const ssize_t read = ::read(event_, &rings, sizeof rings);
}

} // namespace usher::server
