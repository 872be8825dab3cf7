#include "tests/support/scratch.hpp"
#include "tests/world/disk.hpp"

#include <boost/test/unit_test.hpp>
#include <sqlite3.h>
#include <string>

namespace usher::world {
namespace {

/// A table of numbers, in the way the journal keeps its turns.
class Numbers {
  public:
    explicit Numbers(const std::filesystem::path& file)
    {
        BOOST_REQUIRE(sqlite3_open(file.c_str(), &database_) == SQLITE_OK);
        BOOST_REQUIRE(run("PRAGMA locking_mode = EXCLUSIVE"));
        BOOST_REQUIRE(run("PRAGMA journal_mode = WAL"));
        BOOST_REQUIRE(run("PRAGMA synchronous = FULL"));
        sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        run("CREATE TABLE number (value INTEGER)");
    }
    ~Numbers() { sqlite3_close(database_); }
    Numbers(const Numbers&) = delete;
    Numbers& operator=(const Numbers&) = delete;

    bool run(const std::string& sql)
    {
        return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    }
    bool add(int number)
    {
        return run("INSERT INTO number VALUES (" + std::to_string(number) + ")");
    }
    int count()
    {
        int count = -1;
        sqlite3_exec(
            database_, "SELECT count(*) FROM number",
            [](void* to, int, char** values, char**) {
                *static_cast<int*>(to) = std::stoi(values[0]);
                return 0;
            },
            &count, nullptr);
        return count;
    }

  private:
    sqlite3* database_ = nullptr;
};

struct OneDisk {
    tests::Scratch scratch;
    Disk disk{Chance(3)};
    const std::filesystem::path file = scratch.path() / "numbers.db";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk, OneDisk)

BOOST_AUTO_TEST_CASE(what_was_synced_survives_a_power_cut)
{
    {
        Numbers numbers(file);
        for (int i = 0; i < 20; ++i)
            BOOST_REQUIRE(numbers.add(i));
        disk.die();
    }
    disk.cut_power();
    disk.revive();
    BOOST_TEST(Numbers(file).count() == 20);
}

BOOST_AUTO_TEST_CASE(what_was_not_synced_does_not)
{
    {
        Numbers numbers(file);
        BOOST_REQUIRE(numbers.add(1));
        BOOST_REQUIRE(numbers.run("PRAGMA synchronous = OFF"));
        for (int i = 0; i < 20; ++i)
            BOOST_REQUIRE(numbers.add(i));
        disk.die();
    }
    disk.cut_power();
    disk.revive();
    BOOST_TEST(disk.figures().sectors_lost > 0U);
    BOOST_TEST(Numbers(file).count() < 21);
}

BOOST_AUTO_TEST_CASE(a_process_that_dies_in_a_write_does_nothing_after_it)
{
    Numbers numbers(file);
    disk.arm(Disk::Fault::dies, 1);
    BOOST_TEST(!numbers.add(1));
    BOOST_TEST(disk.is_dead());
    BOOST_TEST(!numbers.add(2));
    disk.revive();
}

BOOST_AUTO_TEST_CASE(faults_are_errors_until_the_disk_is_well_again)
{
    Numbers numbers(file);
    for (const auto fault :
         {Disk::Fault::write_fails, Disk::Fault::full, Disk::Fault::sync_fails}) {
        disk.arm(fault, 1);
        BOOST_TEST(!numbers.add(1));
        disk.revive();
        BOOST_TEST(numbers.add(2));
    }
}

/// As a kernel does it: pages that could not be written count as clean from then on.
BOOST_AUTO_TEST_CASE(what_a_failed_sync_has_lost_no_later_sync_brings_back)
{
    {
        Numbers numbers(file);
        BOOST_REQUIRE(numbers.add(1));
        disk.arm(Disk::Fault::sync_fails, 1);
        BOOST_TEST(!numbers.add(2));
        disk.die();
    }
    disk.revive();
    {
        Numbers numbers(file); // The system still shows it; nothing is written anew.
        disk.die();
    }
    disk.cut_power();
    disk.revive();
    BOOST_TEST(Numbers(file).count() == 1);
}

BOOST_AUTO_TEST_CASE(a_slow_sync_takes_time_and_is_none_the_worse)
{
    Duration taken{};
    disk.when_slow = [&](Duration time) { taken += time; };
    Numbers numbers(file);
    disk.arm(Disk::Fault::slow_sync, 1);
    BOOST_TEST(numbers.add(1));
    BOOST_TEST((taken > Duration(0)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace usher::world
