#include "daemon/journal/journal.hpp"
#include "daemon/trust/fault.hpp"
#include "tests/issuer/office.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

using namespace usher;
using namespace usher::issuer;
using namespace usher::issuer::test;

BOOST_FIXTURE_TEST_SUITE(record, Office)

BOOST_AUTO_TEST_CASE(its_files_are_for_their_owner_alone)
{
    for (const auto& entry : std::filesystem::directory_iterator(scratch.path() / "vendor")) {
        struct stat found {};
        BOOST_REQUIRE(::stat(entry.path().c_str(), &found) == 0);
        BOOST_TEST((found.st_mode & 07777) == 0600, entry.path());
    }
}

BOOST_AUTO_TEST_CASE(one_that_others_may_read_is_refused)
{
    const auto file = scratch.path() / "vendor" / "issuer.db";
    Office::record = nullptr;
    BOOST_REQUIRE(::chmod(file.c_str(), 0640) == 0);
    BOOST_CHECK_THROW(Record(scratch.path() / "vendor"), trust::Fault);
    BOOST_REQUIRE(::chmod(file.c_str(), 0600) == 0);
    Office::record = std::make_unique<Record>(scratch.path() / "vendor");
}

BOOST_AUTO_TEST_CASE(a_link_in_its_place_is_refused)
{
    const auto directory = scratch.path() / "linked";
    std::filesystem::create_directory(directory);
    std::filesystem::create_symlink(scratch.path() / "vendor" / "issuer.db",
                                    directory / "issuer.db");
    BOOST_CHECK_THROW(Record{directory}, trust::Fault);
}

BOOST_AUTO_TEST_CASE(a_decision_that_throws_never_happened)
{
    const auto broken = [&] {
        Office::record->add(
            {.at = day(0), .who = "x", .license = number, .what = "nothing", .host = {}});
        throw std::runtime_error("no");
    };
    BOOST_CHECK_THROW(Office::record->decide(broken), std::runtime_error);
    BOOST_TEST(audit().size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_audit_cannot_be_changed_even_by_another_program)
{
    Office::record = nullptr;
    const std::string file = (scratch.path() / "vendor" / "issuer.db").string();
    sqlite3* database = nullptr;
    BOOST_REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    BOOST_TEST(sqlite3_exec(database, "DELETE FROM audit", nullptr, nullptr, nullptr) ==
               SQLITE_CONSTRAINT);
    BOOST_TEST(sqlite3_exec(database, "UPDATE audit SET who = x''", nullptr, nullptr, nullptr) ==
               SQLITE_CONSTRAINT);
    sqlite3_close(database);
    Office::record = std::make_unique<Record>(scratch.path() / "vendor");
    BOOST_TEST(audit().size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_of_a_newer_program_is_left_alone)
{
    Office::record = nullptr;
    const std::string file = (scratch.path() / "vendor" / "issuer.db").string();
    sqlite3* database = nullptr;
    BOOST_REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    sqlite3_exec(database, "PRAGMA user_version = 2", nullptr, nullptr, nullptr);
    sqlite3_close(database);
    BOOST_CHECK_THROW(Record(scratch.path() / "vendor"), journal::Fault);
}

BOOST_AUTO_TEST_SUITE_END()
