#include "daemon/standard_error.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <unistd.h>

namespace usher::daemon {

bool say(std::string_view text, std::chrono::milliseconds time_max)
{
    const auto give_up = std::chrono::steady_clock::now() + time_max;
    while (!text.empty()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            give_up - std::chrono::steady_clock::now());
        pollfd reader{STDERR_FILENO, POLLOUT, 0};
        const int ready = ::poll(&reader, 1, std::max(0, static_cast<int>(left.count())));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false; // A write might wait for its reader.
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
