#pragma once

#include <chrono>
#include <cstdint>

namespace usher::daemon {

/// What the main thread waits for: SIGTERM, SIGINT and SIGHUP, which nobody else receives, and a
/// bell that any thread may ring. Make it before the first thread, which inherits the mask.
class Signals {
  public:
    enum class Event : std::uint8_t { none, stop, reload, bell };

    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    /// The next event; `none` after `at_most`.
    [[nodiscard]] Event wait(std::chrono::milliseconds at_most);

    /// Any thread: something happened that the main thread must look at.
    void ring();

  private:
    int signals_ = -1;
    int bell_ = -1;
};

} // namespace usher::daemon
