#include "daemon/journal/memory_journal.hpp"
#include "tests/journal/house.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher::journal;
using namespace usher::journal::test;
using Failure = MemoryDisk::Failure;

BOOST_AUTO_TEST_SUITE(memory_journal)

BOOST_AUTO_TEST_CASE(what_was_appended_is_replayed_by_the_next_journal_on_the_disk)
{
    MemoryDisk disk;
    {
        MemoryJournal journal(disk);
        BOOST_TEST(replayed(journal).empty());
        BOOST_TEST(journal.append(day(1), {{numbered(1), numbered(2)}}) == 1U);
        BOOST_TEST(journal.append(day(2), fleeting()) == 1U);
        BOOST_TEST(journal.append(day(3), {{numbered(3)}}) == 2U);
        BOOST_TEST(journal.turns_since_snapshot() == 2U);
    }
    MemoryJournal journal(disk);
    const std::vector<Turn> expected{{1, day(1), {numbered(1), numbered(2)}},
                                     {2, day(3), {numbered(3)}}};
    BOOST_TEST(is_same(replayed(journal), expected));
}

BOOST_AUTO_TEST_CASE(a_snapshot_stands_for_the_turns_before_it)
{
    MemoryDisk disk;
    MemoryJournal journal(disk);
    static_cast<void>(replayed(journal));
    journal.append(day(1), {{numbered(1)}});
    journal.append(day(2), {{numbered(2)}});
    journal.snapshot(day(2), {{numbered(20)}});
    BOOST_TEST(journal.turns_since_snapshot() == 0U);
    journal.append(day(3), {{numbered(3)}});
    BOOST_TEST(journal.turns_since_snapshot() == 1U);

    MemoryJournal next(disk);
    const std::vector<Turn> expected{{2, day(2), {numbered(20)}}, {3, day(3), {numbered(3)}}};
    BOOST_TEST(is_same(replayed(next), expected));
    BOOST_TEST(disk.turns.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_disk_that_fails_before_it_writes_loses_the_turn)
{
    MemoryDisk disk;
    disk.failure = Failure::before_writing;
    disk.works_for = 1;
    MemoryJournal journal(disk);
    static_cast<void>(replayed(journal));
    journal.append(day(1), {{numbered(1)}});
    BOOST_TEST(!fault_of([&] { journal.append(day(2), {{numbered(2)}}); }).empty());
    MemoryJournal next(disk);
    BOOST_TEST(replayed(next).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_disk_that_fails_after_it_wrote_keeps_the_turn)
{
    MemoryDisk disk;
    disk.failure = Failure::after_writing;
    MemoryJournal journal(disk);
    static_cast<void>(replayed(journal));
    BOOST_TEST(!fault_of([&] { journal.append(day(1), {{numbered(1)}}); }).empty());
    MemoryJournal next(disk);
    BOOST_TEST(replayed(next).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
