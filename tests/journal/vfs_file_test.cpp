#include "daemon/journal/vfs_file.hpp"

#include "daemon/journal/journal.hpp"
#include "tests/support/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <fstream>
#include <sqlite3.h>
#include <string>

namespace usher::journal {
namespace {

/// Of a database: SQLite looks at that for what may be done to a file beside it.
struct Directory {
    Directory() { std::ofstream(scratch.path() / "journal.db") << "a database"; }

    /// What a `VfsFile` says of what is there under the name; empty: nothing.
    [[nodiscard]] static std::string complaint(const std::filesystem::path& file)
    {
        try {
            const VfsFile opened(file);
            return {};
        } catch (const Fault& fault) {
            return fault.what();
        }
    }

    tests::Scratch scratch;
    const std::filesystem::path file = scratch.path() / "journal.db-head";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(vfs_file, Directory)

BOOST_AUTO_TEST_CASE(what_was_written_is_there)
{
    std::ofstream(file) << "before it";
    {
        VfsFile opened(file);
        opened.write("after", 4);
        opened.sync();
        BOOST_TEST(opened.size() == 9U);
        std::string text(9, ' ');
        opened.read(text, 0);
        BOOST_TEST(text == "befoafter");
    }
    std::string text;
    std::getline(std::ifstream(file), text);
    BOOST_TEST(text == "befoafter");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_opened_is_named_with_the_systems_reason)
{
    BOOST_TEST(complaint(file) == "cannot open " + file.string() + ": No such file or directory");
    std::filesystem::create_symlink("elsewhere", file);
    BOOST_TEST(complaint(file) ==
               "cannot open " + file.string() + ": Too many levels of symbolic links");
}

BOOST_AUTO_TEST_CASE(a_path_that_is_longer_than_sqlite_has_room_for_is_refused)
{
    std::filesystem::path deep = scratch.path();
    while (deep.string().size() <= 512)
        deep /= std::string(100, 'd');
    std::filesystem::create_directories(deep);
    const std::filesystem::path beside = deep / "journal.db-wal";
    std::ofstream(beside) << "turns";
    const std::string said = complaint(beside);
    BOOST_TEST(said.ends_with("its path has " + std::to_string(beside.string().size()) +
                              " bytes, and may have 512"),
               said);
    std::filesystem::remove_all(scratch.path() / std::string(100, 'd'));
}

BOOST_AUTO_TEST_CASE(a_quota_and_no_room_at_a_sync_are_a_full_disk)
{
    for (const int code : {SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC})
        for (const int system : {ENOSPC, EDQUOT}) {
            const SqliteError error{.code = code, .system = system};
            BOOST_TEST(reason_for(error) == "the disk is full");
            BOOST_TEST(hint_for(error).starts_with("make room on that disk"));
        }
    BOOST_TEST(reason_for({.code = SQLITE_IOERR_FSYNC, .system = EIO}) ==
               "a sync failed: Input/output error");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace usher::journal
