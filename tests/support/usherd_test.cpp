#include "daemon/command_line.hpp"
#include "daemon/journal/sqlite_journal.hpp"
#include "tests/support/clock_door.hpp"
#include "tests/support/dying_journal.hpp"

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

namespace {

/// What of the command line is the test's own, before `usherd`'s begins.
struct Door {
    std::filesystem::path clock_socket;
    std::filesystem::path host_root = "/";
    usher::test::Death death;
    std::chrono::milliseconds refresh_interval = std::chrono::minutes(15);
    std::chrono::seconds certificates_ahead{0};
    usher::ledger::Rules rules;
    int words = 1; ///< Of the command line, with the name of the program.
    std::string wrong;
};

Door open_door(int argc, char** argv, usher::test::MovableClock& clock)
{
    Door door;
    for (; door.wrong.empty() && door.words + 1 < argc; door.words += 2) {
        const std::string_view option = argv[door.words];
        const char* const value = argv[door.words + 1];
        if (option == "--clock-socket")
            door.clock_socket = value;
        else if (option == "--clock")
            door.wrong = clock.obey(value);
        else if (option == "--host-root")
            door.host_root = value;
        else if (option == "--die")
            door.wrong = door.death.obey(value) ? "" : "--die takes before:N or after:N";
        else if (option == "--refresh-ms")
            door.refresh_interval = std::chrono::milliseconds(std::stol(value));
        else if (option == "--certificates-ahead")
            door.certificates_ahead = std::chrono::seconds(std::stol(value));
        else if (option == "--without-rule")
            door.rules = usher::ledger::Rules::without(static_cast<unsigned>(std::stoul(value)));
        else
            break;
    }
    if (door.wrong.empty() && door.clock_socket.empty())
        door.wrong = "the first words are --clock-socket PATH";
    return door;
}

} // namespace

/// `usherd-test --clock-socket PATH [--clock LINE]… [--die before:N|after:N] [--host-root DIR] …`:
/// the daemon as it is released, with a clock that a test may move. The clock obeys each LINE
/// before the daemon starts; the process ends as by kill -9 just before or after the N-th turn of
/// this run is durable; the identifiers of the host are those below DIR; `--without-rule N` leaves
/// out rule M-RN of requirements. The rest of the command
/// line is `usherd`'s.
int main(int argc, char** argv)
{
    usher::test::MovableClock clock;
    const Door door = open_door(argc, argv, clock);
    if (!door.wrong.empty()) {
        std::cerr << "usherd-test: error: " << door.wrong << "\n";
        return 2;
    }
    const int skipped = door.words - 1;
    argv[skipped] = argv[0];

    usher::server::Desk::Limits desk;
    // A clock that jumps ahead is not a daemon that was away: nobody gets a new term for it.
    desk.absence_max = std::chrono::hours(24 * 365 * 100);
    const auto visit = [&](usher::server::Desk& opened,
                           usher::daemon::Clerk& clerk) -> std::shared_ptr<void> {
        return std::make_shared<usher::test::ClockDoor>(door.clock_socket, clock, opened, clerk);
    };
    const auto open_journal = [&](const std::filesystem::path& file) {
        return std::make_unique<usher::test::DyingJournal>(
            std::make_unique<usher::journal::SqliteJournal>(file), door.death);
    };
    return usher::daemon::usherd(argc - skipped, argv + skipped,
                                 {.clock = clock,
                                  .desk = desk,
                                  .visit = visit,
                                  .open_journal = open_journal,
                                  .host_root = door.host_root,
                                  .rules = door.rules,
                                  .refresh_interval = door.refresh_interval,
                                  .certificates_ahead = door.certificates_ahead});
}
