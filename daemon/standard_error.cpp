#include "daemon/standard_error.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <unistd.h>

namespace usher::daemon {

bool say(std::string_view text, std::chrono::milliseconds time_max)
{
    while (!text.empty()) {
        pollfd reader{STDERR_FILENO, POLLOUT, 0};
        if (::poll(&reader, 1, static_cast<int>(time_max.count())) == 0)
            return false;
        // A pipe that has room at all takes so much without a wait.
        const ssize_t count =
            ::write(STDERR_FILENO, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count == 0 || errno != EAGAIN;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

} // namespace usher::daemon
