#include "daemon/signals.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace usher::daemon {
namespace {

int required(int result)
{
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), "cannot wait for signals");
    return result;
}

} // namespace

Signals::Signals()
{
    sigset_t ours;
    sigemptyset(&ours);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&ours, signal);
    required(-::pthread_sigmask(SIG_BLOCK, &ours, nullptr));
    std::signal(SIGPIPE, SIG_IGN); // A peer that has gone is an error code, not our end.
    std::signal(SIGXFSZ, SIG_IGN); // So is a file that may not grow.
    signals_ = required(::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK));
    bell_ = required(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

Signals::~Signals()
{
    ::close(signals_);
    ::close(bell_);
}

Signals::Event Signals::wait(std::chrono::milliseconds at_most)
{
    std::array<pollfd, 2> sources{{{signals_, POLLIN, 0}, {bell_, POLLIN, 0}}};
    if (::poll(sources.data(), sources.size(), static_cast<int>(at_most.count())) <= 0)
        return Event::none;
    std::uint64_t rings = 0;
    if (::read(bell_, &rings, sizeof rings) == sizeof rings)
        return Event::bell;
    signalfd_siginfo signal{};
    if (::read(signals_, &signal, sizeof signal) != sizeof signal)
        return Event::none;
    return signal.ssi_signo == SIGHUP ? Event::reload : Event::stop;
}

void Signals::ring()
{
    const std::uint64_t once = 1;
    // It only fails where the bell is ringing already.
    [[maybe_unused]] const ssize_t written = ::write(bell_, &once, sizeof once);
}

} // namespace usher::daemon
