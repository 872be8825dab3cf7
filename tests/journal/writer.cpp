#include "daemon/journal/sqlite_journal.hpp"
#include "tests/journal/house.hpp"

#include <csignal>
#include <iostream>
#include <unistd.h>

/// A process that can be killed, starved and injured: appends numbered turns to a journal.
///
///     journal_writer FILE LAST
///
/// First looks that every turn before is what it wrote. Prints the number of each turn once it is
/// durable, and takes a snapshot after every fifth. A fault is printed to standard error as
/// `sentence\nhint`, and the exit code is 3.
int main(int, char** words)
{
    using namespace usher::journal;
    using namespace usher::journal::test;
    std::signal(SIGXFSZ, SIG_IGN); // As the daemon does.
    try {
        SqliteJournal journal(words[1]);
        std::uint64_t number = last_of_written(journal);
        for (const std::uint64_t last = std::stoull(words[2]); number < last;) {
            const auto next = static_cast<int>(number + 1);
            number = journal.append(day(next), {{numbered(next), padding(next)}});
            std::cout << number << std::endl;
            if (number % 5 == 0)
                journal.snapshot(day(next), sum(next));
        }
    } catch (const Fault& fault) {
        std::cerr << fault.what() << '\n' << fault.hint() << std::endl;
        return 3;
    }
    return 0;
}
