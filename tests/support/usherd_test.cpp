#include "daemon/command_line.hpp"
#include "tests/support/clock_door.hpp"

#include <iostream>
#include <string_view>

/// `usherd-test --clock-socket PATH …`: the daemon as it is released, with a clock that a test may
/// move. The rest of the command line is `usherd`'s.
int main(int argc, char** argv)
{
    if (argc < 3 || std::string_view(argv[1]) != "--clock-socket") {
        std::cerr << "usage: usherd-test --clock-socket PATH --config FILE …\n";
        return 2;
    }
    const std::filesystem::path path = argv[2];
    argv[2] = argv[0];

    usher::test::MovableClock clock;
    usher::server::Desk::Limits desk;
    // A clock that jumps ahead is not a daemon that was away: nobody gets a new term for it.
    desk.absence_max = std::chrono::hours(24 * 365 * 100);
    const auto open_door = [&](usher::server::Desk& opened) -> std::shared_ptr<void> {
        return std::make_shared<usher::test::ClockDoor>(path, clock, opened);
    };
    return usher::daemon::usherd(argc - 2, argv + 2,
                                 {.clock = clock, .desk = desk, .visit = open_door});
}
