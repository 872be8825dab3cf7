#include "daemon/journal/sqlite_journal.hpp"
#include "tests/journal/house.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

using namespace usher;
using namespace usher::journal;
using namespace usher::journal::test;

namespace {

/// A journal that was written, closed and can be opened again.
struct Written {
    Scratch scratch;
    std::vector<Turn> turns;

    Written()
    {
        SqliteJournal journal(scratch.journal());
        static_cast<void>(replayed(journal));
        for (int i = 1; i <= 5; ++i) {
            journal.append(day(i), {{numbered(i), numbered(10 * i)}});
            turns.push_back(
                {static_cast<std::uint64_t>(i), day(i), {numbered(i), numbered(10 * i)}});
        }
    }

    std::vector<Turn> read()
    {
        SqliteJournal journal(scratch.journal());
        return replayed(journal);
    }
};

mode_t mode_of(const std::filesystem::path& path)
{
    struct stat found {};
    BOOST_REQUIRE(::lstat(path.c_str(), &found) == 0);
    return found.st_mode & 07777;
}

std::set<std::string> files_in(const std::filesystem::path& directory)
{
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        names.insert(entry.path().filename());
    return names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_journal)

BOOST_AUTO_TEST_CASE(what_was_appended_is_replayed_after_a_restart)
{
    Written written;
    BOOST_TEST(is_same(written.read(), written.turns));
}

BOOST_AUTO_TEST_CASE(turns_of_any_facts_survive_restarts_in_between)
{
    const std::uint64_t seed = any_seed();
    BOOST_TEST_INFO_SCOPE("USHER_SEED=" << seed);
    AnyFact any(seed);
    Scratch scratch;
    std::vector<Turn> turns;
    for (int run = 0; run < 5; ++run) {
        SqliteJournal journal(scratch.journal());
        BOOST_REQUIRE(is_same(replayed(journal), turns));
        for (int i = 0; i < 20; ++i) {
            Turn turn{.number = turns.size() + 1, .at = day(i), .facts = {}};
            for (int j = 0; j < 1 + i * 5; ++j)
                if (auto fact = any.of_any_kind(); ledger::is_lasting(fact))
                    turn.facts.push_back(std::move(fact));
            if (turn.facts.empty())
                turn.facts.emplace_back(ledger::TimeSeen{});
            BOOST_TEST(journal.append(turn.at, turn.facts) == turn.number);
            turns.push_back(std::move(turn));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_turn_with_only_fleeting_facts_writes_nothing)
{
    Scratch scratch;
    SqliteJournal journal(scratch.journal());
    static_cast<void>(replayed(journal));
    journal.append(day(1), {{numbered(1)}});
    const auto wal = scratch.path() / "journal.db-wal";
    const auto size = std::filesystem::file_size(wal);
    BOOST_TEST(journal.append(day(2), fleeting()) == 1U);
    BOOST_TEST(journal.append(day(2), {}) == 1U);
    BOOST_TEST(std::filesystem::file_size(wal) == size);
}

BOOST_AUTO_TEST_CASE(a_snapshot_stands_for_the_turns_before_it)
{
    Written written;
    {
        SqliteJournal journal(written.scratch.journal());
        static_cast<void>(replayed(journal));
        BOOST_TEST(journal.turns_since_snapshot() == 5U);
        journal.snapshot(day(6), {{numbered(100)}});
        BOOST_TEST(journal.turns_since_snapshot() == 0U);
        journal.append(day(7), {{numbered(7)}});
        BOOST_TEST(journal.turns_since_snapshot() == 1U);
    }
    const std::vector<Turn> expected{{5, day(6), {numbered(100)}}, {6, day(7), {numbered(7)}}};
    BOOST_TEST(is_same(written.read(), expected));
}

BOOST_AUTO_TEST_CASE(a_snapshot_replaces_the_one_before_it_and_may_hold_nothing)
{
    Written written;
    {
        SqliteJournal journal(written.scratch.journal());
        static_cast<void>(replayed(journal));
        journal.snapshot(day(6), {{numbered(100)}});
        journal.append(day(7), {{numbered(7)}});
        journal.snapshot(day(8), {});
    }
    SqliteJournal journal(written.scratch.journal());
    const std::vector<Turn> expected{{6, day(8), {}}};
    BOOST_TEST(is_same(replayed(journal), expected));
    BOOST_TEST(journal.turns_since_snapshot() == 0U);
}

BOOST_AUTO_TEST_CASE(a_state_that_fits_into_no_record_is_left_out_and_nothing_is_lost)
{
    Scratch scratch;
    const std::vector<ledger::Fact> state(100, numbered(100));
    {
        SqliteJournal journal(scratch.journal(), 1000);
        static_cast<void>(replayed(journal));
        journal.append(day(1), {{numbered(1)}});
        journal.snapshot(day(1), {{numbered(1)}});
        journal.append(day(2), {{numbered(2)}});
        journal.snapshot(day(2), state);
        BOOST_TEST(journal.turns_since_snapshot() == 0U); // It is not tried again at each turn.
        journal.append(day(3), {{numbered(3)}});
    }
    SqliteJournal journal(scratch.journal());
    const std::vector<Turn> turns = replayed(journal);
    BOOST_TEST(is_same(
        turns,
        {{1, day(1), {numbered(1)}}, {2, day(2), {numbered(2)}}, {3, day(3), {numbered(3)}}}));
    BOOST_TEST(journal.turns_since_snapshot() == 2U);
}

BOOST_AUTO_TEST_CASE(a_turn_that_fits_into_no_record_is_a_fault_and_nothing_of_it_is_written)
{
    Scratch scratch;
    {
        SqliteJournal journal(scratch.journal(), 1000);
        static_cast<void>(replayed(journal));
        journal.append(day(1), {{numbered(1)}});
        const std::string fault =
            fault_of([&] { journal.append(day(2), std::vector<ledger::Fact>(100, numbered(2))); });
        BOOST_TEST(fault.find("is longer than the 1000 that the journal can keep") !=
                   std::string::npos);
    }
    SqliteJournal journal(scratch.journal());
    BOOST_TEST(is_same(replayed(journal), {{1, day(1), {numbered(1)}}}));
}

BOOST_AUTO_TEST_CASE(the_files_are_for_their_owner_only)
{
    const mode_t before = ::umask(0);
    Scratch scratch;
    {
        SqliteJournal journal(scratch.journal());
        static_cast<void>(replayed(journal));
        journal.append(day(1), {{numbered(1)}});
        BOOST_TEST((files_in(scratch.path()) ==
                    std::set<std::string>{"journal.db", "journal.db-head", "journal.db-wal"}));
        for (const auto& entry : std::filesystem::directory_iterator(scratch.path()))
            BOOST_TEST(mode_of(entry.path()) == 0600U);
    }
    ::umask(before);
}

BOOST_AUTO_TEST_CASE(the_memory_of_the_head_is_there_from_the_start_and_never_changes_its_length)
{
    Scratch scratch;
    SqliteJournal journal(scratch.journal());
    static_cast<void>(replayed(journal));
    const std::string head = scratch.journal().string() + "-head";
    for (int i = 1; i <= 11; ++i) {
        BOOST_TEST(HeadFile::read(scratch.journal()).value().number ==
                   static_cast<std::uint64_t>(i - 1));
        BOOST_TEST(std::filesystem::file_size(head) == 86U);
        journal.append(day(i), {{numbered(i)}});
    }
}

BOOST_AUTO_TEST_CASE(a_second_usherd_is_locked_out_until_the_first_one_ends)
{
    Scratch scratch;
    std::optional<SqliteJournal> first(scratch.journal());
    const auto open = [&] { SqliteJournal second(scratch.journal()); };
    const std::string in_use =
        "the journal " + scratch.journal().string() + " is in use by another usherd";
    BOOST_TEST(fault_of(open) == in_use);
    static_cast<void>(replayed(*first));
    first->append(day(1), {{numbered(1)}});
    BOOST_TEST(fault_of(open) == in_use);
    first.reset();
    BOOST_TEST(fault_of(open) == "");
}

BOOST_AUTO_TEST_SUITE_END()
