#include "daemon/journal/history.hpp"
#include "daemon/journal/inspection.hpp"
#include "tests/journal/forger.hpp"
#include "tests/journal/little_daemon.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace usher;
using namespace usher::journal;
using namespace usher::journal::test;

namespace {

std::string contents(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::map<std::string, std::string> all_files(const std::filesystem::path& directory)
{
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        files[entry.path().filename()] = contents(entry.path());
    return files;
}

/// The journal of a day, closed.
struct ADay {
    Scratch scratch;
    std::filesystem::path file = scratch.journal();
    Head head;

    explicit ADay(bool with_snapshot = false)
    {
        {
            LittleDaemon daemon(file);
            live_a_day(daemon);
            if (with_snapshot)
                daemon.take_snapshot();
            daemon.ask(checkout(31, "Server"));
        }
        head = inspect(file, std::nullopt).head;
    }

    void forge(const std::string& sql) const { Forger(file).run(sql); }
    [[nodiscard]] std::string found() const
    {
        return fault_of([&] { static_cast<void>(inspect(file, std::nullopt)); });
    }
    [[nodiscard]] std::string found(const Head& expected) const
    {
        return fault_of([&] { static_cast<void>(inspect(file, expected)); });
    }
    [[nodiscard]] std::string turn(std::uint64_t number) const
    {
        return "turn " + std::to_string(number) + " in " + file.string();
    }
    [[nodiscard]] std::string not_as_written(std::uint64_t number) const
    {
        return turn(number) + " is not what was written: it does not fit the chain";
    }
    [[nodiscard]] std::string missing(std::uint64_t number) const
    {
        return "turn " + std::to_string(number) + " is missing in " + file.string();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(inspection)

BOOST_AUTO_TEST_CASE(a_whole_journal_is_found_whole)
{
    const ADay day;
    BOOST_TEST(day.head.number >= 15U);
    const Inspection found = inspect(day.file, day.head);
    BOOST_TEST((found.head == day.head));
    BOOST_TEST(found.facts >= found.head.number);
    BOOST_TEST(found.reaches_remembered);
    BOOST_TEST(!found.snapshot);
    BOOST_TEST((found.last - found.first == std::chrono::seconds(30)));
}

BOOST_AUTO_TEST_CASE(an_empty_journal_is_found_whole)
{
    Scratch scratch;
    {
        SqliteJournal journal(scratch.journal());
    }
    BOOST_TEST(inspect(scratch.journal(), std::nullopt).head.number == 0U);
}

BOOST_AUTO_TEST_CASE(a_snapshot_is_what_the_turns_before_it_come_to)
{
    const ADay day(true);
    BOOST_TEST(inspect(day.file, day.head).snapshot.value() == day.head.number - 1);
}

BOOST_AUTO_TEST_CASE(a_ledger_from_a_snapshot_and_one_from_all_turns_are_byte_equal)
{
    Scratch scratch;
    std::vector<ledger::Fact> lived;
    {
        LittleDaemon daemon(scratch.journal());
        live_a_day(daemon);
        daemon.take_snapshot();
        daemon.ask(checkout(31, "Server"));
        lived = daemon.facts();
    }
    RecordWriter a;
    RecordWriter b;
    {
        const LittleDaemon from_snapshot(scratch.journal());
        BOOST_TEST(a.write(from_snapshot.facts()) == b.write(lived));
    }
    Forger(scratch.journal()).run("DELETE FROM snapshot");
    const LittleDaemon from_turns(scratch.journal());
    BOOST_TEST(a.write(from_turns.facts()) == b.write(lived));
}

BOOST_AUTO_TEST_CASE(an_edited_record_is_found_wherever_it_is)
{
    const ADay day;
    for (std::uint64_t number = 1; number <= day.head.number; ++number) {
        const std::string where = " WHERE number = " + std::to_string(number);
        day.forge("CREATE TABLE kept AS SELECT record FROM turn" + where);
        day.forge("UPDATE turn SET record = CAST(record || x'00' AS BLOB)" + where);
        BOOST_TEST(day.found() == day.not_as_written(number));
        day.forge("UPDATE turn SET record = (SELECT record FROM kept)" + where);
        day.forge("UPDATE turn SET at = at + 1" + where);
        BOOST_TEST(day.found() == day.not_as_written(number));
        day.forge("UPDATE turn SET at = at - 1" + where + "; DROP TABLE kept");
        BOOST_REQUIRE(day.found() == "");
    }
}

BOOST_AUTO_TEST_CASE(an_edited_link_of_the_chain_is_found)
{
    const ADay day;
    day.forge("UPDATE turn SET chain = zeroblob(32) WHERE number = 4");
    BOOST_TEST(day.found() == day.not_as_written(4));
    day.forge("UPDATE turn SET chain = x'' WHERE number = 4");
    BOOST_TEST(day.found() == day.not_as_written(4));
}

BOOST_AUTO_TEST_CASE(a_removed_record_is_found_at_the_beginning_in_the_middle_and_at_the_end)
{
    for (const std::uint64_t number : {1U, 7U}) {
        const ADay day;
        day.forge("DELETE FROM turn WHERE number = " + std::to_string(number));
        BOOST_TEST(day.found() == day.missing(number));
    }
    const ADay day;
    day.forge("DELETE FROM turn WHERE number = " + std::to_string(day.head.number));
    BOOST_TEST(day.found() == day.file.string() + " ends with turn " +
                                  std::to_string(day.head.number - 1) + ", but turn " +
                                  std::to_string(day.head.number) +
                                  " had been written to it: its end was cut off");
}

BOOST_AUTO_TEST_CASE(a_gap_that_was_closed_is_found)
{
    const ADay day;
    day.forge("DELETE FROM turn WHERE number = 7;"
              "UPDATE turn SET number = -number WHERE number > 7;"
              "UPDATE turn SET number = -number - 1 WHERE number < 0");
    BOOST_TEST(day.found() == day.not_as_written(7));
}

BOOST_AUTO_TEST_CASE(records_that_changed_places_are_found)
{
    const ADay day;
    day.forge("UPDATE turn SET number = -5 WHERE number = 5;"
              "UPDATE turn SET number = 5 WHERE number = 6;"
              "UPDATE turn SET number = 6 WHERE number = -5");
    BOOST_TEST(day.found() == day.not_as_written(5));
}

BOOST_AUTO_TEST_CASE(an_inserted_record_is_found)
{
    const ADay in_the_middle;
    in_the_middle.forge("UPDATE turn SET number = -number WHERE number > 5;"
                        "UPDATE turn SET number = -number + 1 WHERE number < 0;"
                        "INSERT INTO turn SELECT 6, at, record, chain FROM turn WHERE number = 5");
    BOOST_TEST(in_the_middle.found() == in_the_middle.not_as_written(6));
    const ADay at_the_end;
    at_the_end.forge("INSERT INTO turn SELECT max(number) + 1, at, record, chain FROM turn");
    BOOST_TEST(at_the_end.found() == at_the_end.not_as_written(at_the_end.head.number + 1));
    const ADay before_the_first;
    before_the_first.forge("INSERT INTO turn SELECT 0, at, record, chain FROM turn LIMIT 1");
    BOOST_TEST(before_the_first.found() == before_the_first.missing(1));
}

BOOST_AUTO_TEST_CASE(an_end_that_was_cut_off_with_its_memory_is_found_by_a_head_kept_elsewhere_only)
{
    const ADay day;
    day.forge("DELETE FROM turn WHERE number > 10");
    std::filesystem::remove(day.file.string() + "-head");
    BOOST_TEST(day.found() == "");
    BOOST_TEST(day.found(day.head).find("its end was cut off") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_journal_that_was_written_anew_is_found_by_a_head_kept_elsewhere)
{
    const ADay day;
    {
        Forger forger(day.file);
        forger.run("UPDATE turn SET at = at + 1 WHERE number = " + std::to_string(day.head.number));
        forger.mend_chain();
    }
    std::filesystem::remove(day.file.string() + "-head");
    BOOST_TEST(day.found() == "");
    BOOST_TEST(day.found(day.head) == day.turn(day.head.number) +
                                          " is not the one that was remembered: this is another "
                                          "journal");
}

BOOST_AUTO_TEST_CASE(facts_that_cannot_have_happened_are_found_in_a_chain_that_fits)
{
    const std::vector<std::vector<ledger::Fact>> impossible{
        {ledger::LeaseEnded{}},                                        // Fails an assertion.
        {ledger::Posted{.to = ledger::PoolId{"nowhere"}, .units = 1}}, // Throws.
        {ledger::PoolRemoved{{"1"}}},
    };
    for (const auto& facts : impossible) {
        const ADay day;
        {
            Forger forger(day.file);
            forger.replace(9, facts);
            forger.mend_chain();
        }
        std::filesystem::remove(day.file.string() + "-head");
        BOOST_TEST(day.found() ==
                   day.turn(9) + " says what cannot have happened after the turns before it");
    }
}

BOOST_AUTO_TEST_CASE(units_from_nowhere_break_an_invariant)
{
    const ADay day;
    {
        Forger forger(day.file);
        forger.replace(day.head.number,
                       {{ledger::Posted{.to = ledger::PoolId{"2"}, .units = 1000}}});
        forger.mend_chain();
    }
    std::filesystem::remove(day.file.string() + "-head");
    BOOST_TEST(day.found() == "what " + day.file.string() +
                                  " comes to breaks an invariant: I1 conservation: stock is what "
                                  "entitlements give: 2");
}

BOOST_AUTO_TEST_CASE(a_turn_older_than_the_one_before_it_is_found)
{
    const ADay day;
    {
        Forger forger(day.file);
        forger.run("UPDATE turn SET at = at - 1000000 WHERE number = 5");
        forger.mend_chain();
    }
    BOOST_TEST(day.found() == day.turn(5) + " is older than the one before it");
}

BOOST_AUTO_TEST_CASE(a_snapshot_that_was_changed_is_found)
{
    const ADay day(true);
    const std::string number = std::to_string(day.head.number - 1);
    day.forge("UPDATE snapshot SET record = CAST(record || x'00' AS BLOB)");
    BOOST_TEST(day.found() == "the snapshot after turn " + number + " in " + day.file.string() +
                                  " was changed, or the turn itself was");
}

BOOST_AUTO_TEST_CASE(a_snapshot_that_says_something_else_than_the_turns_is_found)
{
    const ADay day(true);
    Forger(day.file).replace_snapshot({});
    BOOST_TEST(day.found() == "the snapshot after " + day.turn(day.head.number - 1) +
                                  " is not what the turns before it come to");
}

BOOST_AUTO_TEST_CASE(a_record_of_a_newer_usherd_is_named_with_the_format_it_needs)
{
    const ADay day;
    {
        Forger forger(day.file);
        forger.write("UPDATE turn SET record = ?1 WHERE number = 3", "\x08\x63");
        forger.mend_chain();
    }
    BOOST_TEST(day.found() == day.turn(3) +
                                  " needs record format 99, and this usherd knows formats up to " +
                                  std::to_string(record_format));
}

BOOST_AUTO_TEST_CASE(a_journal_in_use_is_left_alone)
{
    Scratch scratch;
    const LittleDaemon daemon(scratch.journal());
    BOOST_TEST(fault_of([&] { static_cast<void>(inspect(scratch.journal(), std::nullopt)); }) ==
               "the journal " + scratch.journal().string() +
                   " is in use by usherd, which lets nobody in");
}

BOOST_AUTO_TEST_CASE(what_a_killed_daemon_left_is_read_and_not_changed)
{
    Scratch scratch;
    const pid_t child = ::fork();
    if (child == 0) {
        LittleDaemon daemon(scratch.journal());
        live_a_day(daemon);
        ::_exit(0); // Nothing is closed.
    }
    ::waitpid(child, nullptr, 0);
    const auto before = all_files(scratch.path());
    BOOST_TEST(before.at("journal.db-wal").size() > 4096U);
    const Inspection found = inspect(scratch.journal(), std::nullopt);
    BOOST_TEST(found.head.number >= 15U);
    BOOST_TEST(found.reaches_remembered);
    BOOST_TEST((all_files(scratch.path()) == before));
}

BOOST_AUTO_TEST_CASE(a_copy_that_may_only_be_read_is_read)
{
    const ADay day;
    std::filesystem::permissions(day.file, std::filesystem::perms::owner_read);
    std::filesystem::permissions(day.scratch.path(), std::filesystem::perms::owner_read |
                                                         std::filesystem::perms::owner_exec);
    BOOST_TEST(day.found() == "");
    std::filesystem::permissions(day.scratch.path(), std::filesystem::perms::owner_all);
}

BOOST_AUTO_TEST_CASE(a_journal_that_is_not_there_is_not_made)
{
    Scratch scratch;
    BOOST_TEST(fault_of([&] { static_cast<void>(inspect(scratch.journal(), std::nullopt)); }) ==
               "there is no journal " + scratch.journal().string());
    BOOST_TEST(std::filesystem::is_empty(scratch.path()));
}

BOOST_AUTO_TEST_CASE(a_head_is_read_as_it_is_written)
{
    Head head{.number = 1207, .link = {}};
    head.link[0] = 0xab;
    head.link[31] = 0x01;
    BOOST_TEST((head_from(to_text(head)) == head));
    const std::vector<std::string> bad_ones{"",
                                            ":",
                                            "1207",
                                            "1207:",
                                            "x:" + std::string(64, '0'),
                                            "1207:" + std::string(63, '0'),
                                            "1207:" + std::string(63, '0') + "g",
                                            "-1:" + std::string(64, '0'),
                                            "1207:" + std::string(65, '0'),
                                            " 1:" + std::string(64, '0')};
    for (const std::string& bad : bad_ones)
        BOOST_TEST(!head_from(bad));
}

BOOST_AUTO_TEST_SUITE_END()
