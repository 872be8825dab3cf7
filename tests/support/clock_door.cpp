#include "tests/support/clock_door.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace usher::test {
namespace {

using namespace std::chrono_literals;

int listen_at(const std::filesystem::path& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.string().size() >= sizeof address.sun_path)
        throw std::runtime_error("the path of the clock's socket is too long");
    std::strcpy(address.sun_path, path.c_str());
    ::unlink(path.c_str());
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 ||
        ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, 16) != 0)
        throw std::runtime_error("cannot listen at " + path.string() + ": " + std::strerror(errno));
    return listener;
}

/// Whether somebody who never rests has begun and ended a round after this was called. The one that
/// was under way may still have seen the old time, so two must end.
template <class Somebody>
bool went_round(Somebody& somebody)
{
    const auto give_up = std::chrono::steady_clock::now() + 40s;
    for (int round = 0; round < 2; ++round) {
        const std::uint64_t before = somebody.pulse();
        somebody.wake();
        while (somebody.pulse() == before) {
            if (std::chrono::steady_clock::now() > give_up)
                return false;
            std::this_thread::sleep_for(200us);
        }
    }
    return true;
}

} // namespace

ClockDoor::ClockDoor(const std::filesystem::path& path, MovableClock& clock, server::Desk& desk,
                     daemon::Clerk& clerk)
    : path_(path), clock_(clock), desk_(desk), clerk_(clerk), listener_(listen_at(path)),
      closing_(::eventfd(0, EFD_CLOEXEC)), thread_([this] { serve(); })
{}

ClockDoor::~ClockDoor()
{
    const std::uint64_t once = 1;
    [[maybe_unused]] const ssize_t written = ::write(closing_, &once, sizeof once);
    thread_.join();
    ::close(listener_);
    ::close(closing_);
    ::unlink(path_.c_str());
}

void ClockDoor::serve()
{
    while (wait_readable(listener_)) {
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0)
            continue;
        converse(connection);
        ::close(connection);
    }
}

void ClockDoor::converse(int connection)
{
    std::string said;
    while (wait_readable(connection)) {
        std::array<char, 512> piece{};
        const ssize_t count = ::read(connection, piece.data(), piece.size());
        if (count <= 0)
            return;
        said.append(piece.data(), static_cast<std::size_t>(count));
        for (std::size_t end = said.find('\n'); end != std::string::npos; end = said.find('\n')) {
            const std::string reply = answer(std::string_view(said).substr(0, end)) + "\n";
            said.erase(0, end + 1);
            if (::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL) < 0)
                return;
        }
    }
}

/// False: the door closes.
bool ClockDoor::wait_readable(int source) const
{
    for (;;) {
        std::array<pollfd, 2> sources{{{closing_, POLLIN, 0}, {source, POLLIN, 0}}};
        if (::poll(sources.data(), sources.size(), -1) < 0 && errno == EINTR)
            continue;
        return sources[0].revents == 0;
    }
}

std::string ClockDoor::answer(std::string_view line)
{
    const std::string wrong = clock_.obey(line);
    if (!wrong.empty())
        return "error: " + wrong;
    if (!went_round(desk_))
        return "error: the desk serves no turn";
    return went_round(clerk_) ? "ok" : "error: the clerk does not come back";
}

} // namespace usher::test
