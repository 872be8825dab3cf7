#include "daemon/journal/sqlite_journal.hpp"
#include "tests/journal/forger.hpp"
#include "tests/journal/house.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/// Files that are not as usherd left them.

using namespace usher::journal;
using namespace usher::journal::test;

namespace {

using Files = std::map<std::string, std::string>;

Files files_in(const std::filesystem::path& directory)
{
    Files files;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        std::ifstream in(entry.path(), std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        files[entry.path().filename()] = text.str();
    }
    return files;
}

/// Makes the directory hold these files and no others.
void put(const Files& files, const std::filesystem::path& directory)
{
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        std::filesystem::remove_all(entry.path());
    for (const auto& [name, bytes] : files) {
        std::ofstream(directory / name, std::ios::binary) << bytes;
        ::chmod((directory / name).c_str(), 0600);
    }
}

constexpr std::uint64_t last = 13;

void write_turns(SqliteJournal& journal)
{
    static_cast<void>(last_of_written(journal));
    for (int number = 1; number <= static_cast<int>(last); ++number) {
        journal.append(day(number), {{numbered(number), padding(number)}});
        if (number == 5)
            journal.snapshot(day(number), sum(number));
    }
}

/// A journal as a daemon leaves it when it ends, or when it is killed.
struct Left {
    Scratch scratch;
    Files files;

    explicit Left(bool by_a_kill)
    {
        const pid_t child = ::fork();
        if (child == 0) {
            {
                SqliteJournal journal(scratch.journal());
                write_turns(journal);
                if (by_a_kill)
                    ::_exit(0);
            }
            ::_exit(0);
        }
        ::waitpid(child, nullptr, 0);
        files = files_in(scratch.path());
        BOOST_REQUIRE(files.contains("journal.db-wal") == by_a_kill);
    }

    /// What opening says of `changed`; empty: it has all turns as they were written.
    std::string opened(const Files& changed) const
    {
        put(changed, scratch.path());
        return fault_of([&] {
            SqliteJournal journal(scratch.journal());
            BOOST_TEST(last_of_written(journal) == last);
        });
    }

    /// Changes bytes of a file all over it. Returns how many changes were faults.
    int corrupt(const std::string& name) const
    {
        const std::string& good = files.at(name);
        int faults = 0;
        for (std::size_t at = 0; at < good.size(); at += at < 128 ? 3 : 1 + good.size() / 97) {
            BOOST_TEST_INFO_SCOPE(name << " at " << at);
            Files changed = files;
            changed[name][at] = static_cast<char>(good[at] ^ 0x41);
            faults += opened(changed).empty() ? 0 : 1;
        }
        return faults;
    }

    /// Cuts a file off all over it. Returns how many cuts were no fault.
    int cut_off(const std::string& name) const
    {
        const std::string& good = files.at(name);
        int whole = 0;
        for (std::size_t size = 0; size < good.size();
             size += size < 128 ? 9 : 1 + good.size() / 41) {
            BOOST_TEST_INFO_SCOPE(name << " of size " << size);
            Files changed = files;
            changed[name].resize(size);
            whole += opened(changed).empty() ? 1 : 0;
        }
        return whole;
    }

    [[nodiscard]] std::string path(const std::string& name) const
    {
        return (scratch.path() / name).string();
    }
};

std::string opening(const Scratch& scratch)
{
    return fault_of([&] { SqliteJournal journal(scratch.journal()); });
}

boost::test_tools::assertion_result is_root(boost::unit_test::test_unit_id)
{
    boost::test_tools::assertion_result is = ::geteuid() == 0;
    is.message() << "only root can give a file away";
    return is;
}

} // namespace

BOOST_AUTO_TEST_SUITE(damage)

BOOST_AUTO_TEST_CASE(what_was_left_is_whole_before_it_is_damaged)
{
    const Left ended(false);
    BOOST_TEST(ended.opened(ended.files) == "");
    const Left killed(true);
    BOOST_TEST(killed.opened(killed.files) == "");
}

BOOST_AUTO_TEST_CASE(a_changed_byte_is_a_fault_or_does_not_matter)
{
    const Left ended(false);
    BOOST_TEST(ended.corrupt("journal.db") > 30);
    const Left killed(true);
    BOOST_TEST(killed.corrupt("journal.db-wal") > 30);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_off_is_a_fault)
{
    const Left ended(false);
    BOOST_TEST(ended.cut_off("journal.db") == 0);
    const Left killed(true);
    BOOST_TEST(killed.cut_off("journal.db-wal") == 0);
}

BOOST_AUTO_TEST_CASE(a_lost_wal_is_a_fault_that_says_how_many_turns_are_missing)
{
    const Left left(true);
    Files changed = left.files;
    changed.erase("journal.db-wal");
    BOOST_TEST(left.opened(changed) == left.path("journal.db") +
                                           " ends with turn 5, but turn 13 had been written to "
                                           "it: its end was cut off");
}

BOOST_AUTO_TEST_CASE(a_lost_end_is_accepted_once_its_memory_is_removed)
{
    const Left left(true);
    Files changed = left.files;
    changed.erase("journal.db-wal");
    changed.erase("journal.db-head");
    put(changed, left.scratch.path());
    SqliteJournal journal(left.scratch.journal());
    BOOST_TEST(last_of_written(journal) == 5U);
}

BOOST_AUTO_TEST_CASE(a_lost_journal_is_a_fault_and_no_new_beginning)
{
    const Left left(true);
    for (const std::string kept : {"journal.db-wal", "journal.db-head"})
        BOOST_TEST(left.opened({{kept, left.files.at(kept)}}) ==
                   left.path("journal.db") + " is missing, but its " + kept + " is there");
}

BOOST_AUTO_TEST_CASE(another_journal_in_its_place_is_a_fault)
{
    const Left left(false);
    Files other;
    {
        Scratch scratch;
        {
            SqliteJournal journal(scratch.journal());
            static_cast<void>(replayed(journal));
            for (std::uint64_t number = 1; number <= last + 1; ++number)
                journal.append(day(1), {{usher::ledger::TimeSeen{}}});
        }
        other = files_in(scratch.path());
    }
    other["journal.db-head"] = left.files.at("journal.db-head");
    put(other, left.scratch.path());
    BOOST_TEST(fault_of([&] {
                   SqliteJournal journal(left.scratch.journal());
                   static_cast<void>(replayed(journal));
               }) == "turn 13 in " + left.path("journal.db") +
                         " is not the one that was remembered: this is another journal");
}

BOOST_AUTO_TEST_CASE(a_damaged_memory_of_the_head_is_named)
{
    const Left left(false);
    for (const std::string bad : {"", "13", "hello\n"}) {
        Files changed = left.files;
        changed["journal.db-head"] = bad;
        BOOST_TEST(left.opened(changed) == left.path("journal.db-head") + " is damaged");
    }
}

BOOST_AUTO_TEST_CASE(garbage_in_its_place_is_not_taken_for_a_journal)
{
    const Left left(false);
    const std::string no_journal =
        left.path("journal.db") + " is not a journal of usherd, or its beginning is damaged";
    BOOST_TEST(left.opened({{"journal.db", std::string(100'000, 'x')}}) == no_journal);
    BOOST_TEST(left.opened({{"journal.db", std::string(100'000, '\0')}}) == no_journal);
    BOOST_TEST(left.opened({{"journal.db", ""}}) ==
               left.path("journal.db") + " was cut off: only 0 bytes are left");
    std::string headless = left.files.at("journal.db");
    headless.replace(100, headless.size() - 100, headless.size() - 100, 'x');
    BOOST_TEST(left.opened({{"journal.db", headless}}) ==
               "cannot open " + left.path("journal.db") + ": it is damaged");
}

BOOST_AUTO_TEST_CASE(another_programs_database_is_not_taken_for_a_journal)
{
    Scratch scratch;
    {
        Forger(scratch.journal()).run("CREATE TABLE turn (number INTEGER PRIMARY KEY)");
    }
    ::chmod(scratch.journal().c_str(), 0600);
    BOOST_TEST(opening(scratch) == scratch.journal().string() +
                                       " is not a journal of usherd, or its beginning is damaged");
}

BOOST_AUTO_TEST_CASE(a_file_of_a_newer_usherd_is_named_with_its_format)
{
    Scratch scratch;
    BOOST_REQUIRE(opening(scratch) == "");
    Forger(scratch.journal()).run("PRAGMA user_version = 2");
    BOOST_TEST(opening(scratch) ==
               scratch.journal().string() + " has format 2, and this usherd knows formats up to 1");
}

BOOST_AUTO_TEST_CASE(a_turn_of_a_newer_usherd_is_named_with_its_format)
{
    Scratch scratch;
    {
        SqliteJournal journal(scratch.journal());
        static_cast<void>(replayed(journal));
        journal.append(day(1), {{numbered(1)}});
    }
    {
        Forger forger(scratch.journal());
        forger.write("UPDATE turn SET record = ?1", "\x08\x63");
        forger.mend_chain();
    }
    std::filesystem::remove(scratch.journal().string() + "-head");
    BOOST_TEST(fault_of([&] {
                   SqliteJournal journal(scratch.journal());
                   static_cast<void>(replayed(journal));
               }) == "turn 1 in " + scratch.journal().string() +
                         " needs record format 99, and this usherd knows formats up to " +
                         std::to_string(record_format));
}

BOOST_AUTO_TEST_CASE(a_link_in_its_place_is_refused)
{
    Scratch scratch;
    BOOST_REQUIRE(opening(scratch) == "");
    std::filesystem::rename(scratch.journal(), scratch.path() / "elsewhere");
    std::filesystem::create_symlink(scratch.path() / "elsewhere", scratch.journal());
    BOOST_TEST(opening(scratch) == scratch.journal().string() + " is a link");
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file_is_refused)
{
    Scratch scratch;
    std::filesystem::create_directory(scratch.journal());
    BOOST_TEST(opening(scratch) == scratch.journal().string() + " is not a regular file");
    std::filesystem::remove(scratch.journal());
    BOOST_REQUIRE(::mkfifo(scratch.journal().c_str(), 0600) == 0);
    BOOST_TEST(opening(scratch) == scratch.journal().string() + " is not a regular file");
}

BOOST_AUTO_TEST_CASE(what_is_open_to_others_is_refused)
{
    Scratch scratch;
    BOOST_REQUIRE(opening(scratch) == "");
    const std::string open_to_others = " is open to others, and lease ids are secrets";
    for (const mode_t mode : {0640U, 0604U, 0620U, 0601U}) {
        ::chmod(scratch.journal().c_str(), mode);
        BOOST_TEST(opening(scratch) == scratch.journal().string() + open_to_others);
    }
    ::chmod(scratch.journal().c_str(), 0600);
    ::chmod(scratch.path().c_str(), 0750);
    BOOST_TEST(opening(scratch) == scratch.path().string() + open_to_others);
}

BOOST_AUTO_TEST_CASE(what_belongs_to_another_user_is_refused,
                     *boost::unit_test::precondition(is_root))
{
    Scratch scratch;
    BOOST_REQUIRE(opening(scratch) == "");
    BOOST_REQUIRE(::chown(scratch.journal().c_str(), 65534, 65534) == 0);
    BOOST_TEST(opening(scratch) == scratch.journal().string() + " belongs to another user");
    BOOST_REQUIRE(::chown(scratch.path().c_str(), 65534, 65534) == 0);
    BOOST_TEST(opening(scratch) == scratch.path().string() + " belongs to another user");
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_there_is_named)
{
    Scratch scratch;
    BOOST_TEST(fault_of([&] { SqliteJournal journal(scratch.path() / "no" / "journal.db"); }) ==
               "cannot open the directory " + (scratch.path() / "no").string() +
                   ": No such file or directory");
}

BOOST_AUTO_TEST_CASE(names_that_mean_something_to_sqlite_are_names_all_the_same)
{
    Scratch scratch;
    const auto file = scratch.path() / "a?mode=memory#%41.db";
    {
        SqliteJournal journal(file);
        static_cast<void>(replayed(journal));
        journal.append(day(1), {{numbered(1)}});
    }
    BOOST_TEST(std::filesystem::exists(file));
    SqliteJournal journal(file);
    BOOST_TEST(replayed(journal).size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_cut_off_first_start_left_is_cleared_away)
{
    Scratch scratch;
    std::ofstream(scratch.journal().string() + ".new") << "half a journal";
    std::ofstream(scratch.journal().string() + "-head.new") << "half a head";
    {
        SqliteJournal journal(scratch.journal());
        BOOST_TEST(replayed(journal).empty());
    }
    BOOST_TEST(!std::filesystem::exists(scratch.journal().string() + ".new"));
    BOOST_TEST(!std::filesystem::exists(scratch.journal().string() + "-head.new"));
}

BOOST_AUTO_TEST_SUITE_END()
