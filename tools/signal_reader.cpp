#include "tools/signal_reader.hpp"

#include <cerrno>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace usher::tools {

SignalReader::SignalReader(std::initializer_list<int> signals)
{
    sigset_t mask{};
    ::sigemptyset(&mask);
    for (const int signal : signals)
        ::sigaddset(&mask, signal);
    ::pthread_sigmask(SIG_BLOCK, &mask, &mask_before_);
    fd_ = ::signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd_ < 0)
        throw std::system_error(errno, std::system_category(), "signalfd");
}

SignalReader::~SignalReader()
{
    while (next()) {
    }
    ::close(fd_);
    ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

std::optional<SignalReader::Caught> SignalReader::next() const
{
    signalfd_siginfo caught{};
    if (::read(fd_, &caught, sizeof caught) != sizeof caught)
        return std::nullopt;
    return Caught{static_cast<int>(caught.ssi_signo), caught.ssi_code == SI_KERNEL};
}

} // namespace usher::tools
