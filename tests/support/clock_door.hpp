#pragma once

#include "daemon/clerk.hpp"
#include "daemon/server/desk.hpp"
#include "tests/support/movable_clock.hpp"

#include <filesystem>
#include <thread>

namespace usher::test {

/// The door through which a test moves the clock of a running daemon: a Unix stream socket that
/// takes lines (`MovableClock::obey`) and answers `ok` once the desk has served a turn at the new
/// time and the clerk has told what was due then, or `error: …`. It is linked into `usherd-test`
/// only.
class ClockDoor {
  public:
    ClockDoor(const std::filesystem::path& path, MovableClock& clock, server::Desk& desk,
              daemon::Clerk& clerk);
    ~ClockDoor();
    ClockDoor(const ClockDoor&) = delete;
    ClockDoor& operator=(const ClockDoor&) = delete;

  private:
    void serve();
    void converse(int connection);
    [[nodiscard]] bool wait_readable(int source) const;
    [[nodiscard]] std::string answer(std::string_view line);

    std::filesystem::path path_;
    MovableClock& clock_;
    server::Desk& desk_;
    daemon::Clerk& clerk_;
    int listener_ = -1;
    int closing_ = -1; ///< An eventfd: readable when the door closes.
    std::thread thread_;
};

} // namespace usher::test
