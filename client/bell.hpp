#pragma once

#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace usher::client {

/// A descriptor that can be read once it was rung, so that a wait for a socket can be ended from
/// another thread. Any thread.
class Bell {
  public:
    /// Throws std::system_error where the system has no descriptors left.
    Bell() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    {
        if (fd_ == -1)
            throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    ~Bell() { ::close(fd_); }
    Bell(const Bell&) = delete;
    Bell& operator=(const Bell&) = delete;

    [[nodiscard]] int fd() const { return fd_; }

    void ring()
    {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof(one)); // Full: it rings.
    }

    void silence()
    {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto taken = ::read(fd_, &count, sizeof(count)); // Empty: silent.
    }

  private:
    int fd_;
};

} // namespace usher::client
