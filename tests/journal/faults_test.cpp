#include "daemon/journal/sqlite_journal.hpp"
#include "tests/journal/house.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

/// Real faults: calls that fail, disks that are full, processes that are killed.

using namespace usher::journal;
using namespace usher::journal::test;
namespace unit_test = boost::unit_test;

namespace {

std::string contents(const std::filesystem::path& file)
{
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// What a shell command came to.
struct Ran {
    int status = 0;
    std::uint64_t last = 0; ///< The last number that it printed; 0: none.
    std::string fault;      ///< The last two lines of its standard error, where it failed.
    std::string hint;
};

class Workshop {
  public:
    Workshop()
    {
        std::filesystem::create_directory(state());
        std::filesystem::permissions(state(), std::filesystem::perms::owner_all);
    }
    // Private to the daemon, as the scratch directory is; what the test itself needs is beside it.
    [[nodiscard]] std::filesystem::path state() const { return scratch_.path() / "state"; }
    [[nodiscard]] std::filesystem::path journal() const { return state() / "journal.db"; }
    [[nodiscard]] std::filesystem::path trace() const { return scratch_.path() / "trace"; }

    [[nodiscard]] std::string writer(int last) const
    {
        return std::string(JOURNAL_WRITER) + " " + journal().string() + " " + std::to_string(last);
    }

    [[nodiscard]] Ran run(const std::string& command) const
    {
        const auto errors = scratch_.path() / "errors";
        // LeakSanitizer cannot work in a process that is traced.
        const std::string line =
            "exec 2>" + errors.string() + "; export ASAN_OPTIONS=detect_leaks=0; " + command;
        Ran ran;
        std::FILE* const out = ::popen(line.c_str(), "r");
        BOOST_REQUIRE(out != nullptr);
        std::array<char, 64> text{};
        while (std::fgets(text.data(), text.size(), out) != nullptr)
            ran.last = std::stoull(text.data());
        const int status = ::pclose(out);
        ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        std::istringstream lines(contents(errors));
        std::getline(lines, ran.fault);
        std::getline(lines, ran.hint);
        return ran;
    }

    /// The last turn on disk, having looked at all of them.
    [[nodiscard]] std::uint64_t last_on_disk() const
    {
        SqliteJournal opened(journal());
        return last_of_written(opened);
    }

  private:
    Scratch scratch_;
};

boost::test_tools::assertion_result may_trace(unit_test::test_unit_id)
{
    boost::test_tools::assertion_result may = std::system("strace -o /dev/null true") == 0;
    may.message() << "strace may not be used here";
    return may;
}

boost::test_tools::assertion_result may_mount(unit_test::test_unit_id)
{
    boost::test_tools::assertion_result may =
        std::system("unshare -m mount -t tmpfs tmpfs /mnt 2>/dev/null") == 0;
    may.message() << "only root may mount a small disk";
    return may;
}

/// Lets the Nth call fail as `injury` says, for the first N, the `step`th after it and so on, until
/// the writer makes no such call any more. Whatever happens, what was answered must be there.
void injure(const std::string& call, const std::string& injury, int step, const std::string& reason)
{
    int injured = 0;
    for (int when = 1;; when += step) {
        const Workshop shop;
        const Ran ran = shop.run("strace -f -o " + shop.trace().string() + " -e trace=" + call +
                                 " -e inject=" + call + ":" + injury +
                                 ":when=" + std::to_string(when) + " " + shop.writer(7));
        BOOST_TEST_INFO_SCOPE(call << " " << injury << " when " << when << ", last answered "
                                   << ran.last << ", fault: " << ran.fault);
        const std::string trace = contents(shop.trace());
        if (trace.find("INJECTED") == std::string::npos &&
            trace.find("SIGKILL") == std::string::npos)
            break;
        ++injured;
        const bool was_killed = injury.starts_with("signal");
        if (!was_killed)
            BOOST_TEST((ran.status == 0 || ran.status == 3));
        if (ran.status == 3) {
            BOOST_TEST(ran.fault.find(shop.state().string()) != std::string::npos);
            BOOST_TEST(ran.fault.find(reason) != std::string::npos);
            BOOST_TEST(!ran.hint.empty());
        }
        // All of an unanswered turn, or nothing of it.
        const std::uint64_t kept = shop.last_on_disk();
        BOOST_TEST(kept >= ran.last);
        BOOST_TEST(kept <= ran.last + 1);
        BOOST_TEST(shop.run(shop.writer(8)).last == 8U);
    }
    BOOST_TEST(injured >= 3);
}

} // namespace

BOOST_AUTO_TEST_SUITE(faults)

BOOST_AUTO_TEST_CASE(an_append_is_one_sync_and_it_comes_before_the_answer,
                     *unit_test::precondition(may_trace))
{
    const Workshop shop;
    const Ran ran = shop.run("strace -o " + shop.trace().string() + " -e trace=fdatasync,write " +
                             shop.writer(4));
    BOOST_TEST(ran.last == 4U);
    std::istringstream calls(contents(shop.trace()));
    std::vector<int> syncs_before_answer{0};
    for (std::string call; std::getline(calls, call);) {
        if (call.starts_with("fdatasync("))
            ++syncs_before_answer.back();
        else if (call.starts_with("write(1,"))
            syncs_before_answer.push_back(0);
    }
    // The first turn begins the -wal, whose head is synced as well.
    BOOST_REQUIRE(syncs_before_answer.size() == 5U);
    for (std::size_t turn = 1; turn < 4; ++turn)
        BOOST_TEST(syncs_before_answer[turn] == 1);
}

BOOST_AUTO_TEST_CASE(a_sync_that_fails_loses_nothing_that_was_answered,
                     *unit_test::precondition(may_trace))
{
    injure("fdatasync", "error=EIO", 1, "a sync failed: Input/output error");
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_loses_nothing_that_was_answered,
                     *unit_test::precondition(may_trace))
{
    injure("pwrite64", "error=EIO", 7, ": Input/output error");
}

BOOST_AUTO_TEST_CASE(a_write_without_room_loses_nothing_that_was_answered,
                     *unit_test::precondition(may_trace))
{
    injure("pwrite64", "error=ENOSPC", 11, "the disk is full");
}

BOOST_AUTO_TEST_CASE(a_kill_before_any_write_loses_nothing_that_was_answered,
                     *unit_test::precondition(may_trace))
{
    injure("pwrite64", "signal=SIGKILL", 7, "");
}

BOOST_AUTO_TEST_CASE(a_kill_before_any_sync_loses_nothing_that_was_answered,
                     *unit_test::precondition(may_trace))
{
    injure("fdatasync", "signal=SIGKILL", 1, "");
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_called_so_and_what_was_answered_stays,
                     *unit_test::precondition(may_mount))
{
    const Workshop shop;
    const std::string disk = shop.state().string();
    const Ran full = shop.run("unshare -m sh -c '"
                              "mount -t tmpfs -o size=1m,mode=0700 tmpfs " +
                              disk +
                              " && "
                              "head -c 300000 /dev/zero >" +
                              disk + "/ballast && " + shop.writer(1000) + " >" + disk +
                              "/../answered; test $? = 3 || exit 9; "
                              "rm " +
                              disk +
                              "/ballast; "
                              "tail -n 1 " +
                              disk + "/../answered; " + shop.writer(0) + " && exit 0; exit 8'");
    BOOST_TEST_INFO_SCOPE(full.fault << "; " << full.hint);
    BOOST_TEST(full.status == 0);
    BOOST_TEST(full.last > 10U);
    // In the write itself, or in moving earlier turns into the file.
    BOOST_TEST(full.fault.ends_with(shop.journal().string() + ": the disk is full"));
    BOOST_TEST(full.hint == "make room on that disk; what was answered is safe");
}

BOOST_AUTO_TEST_CASE(a_disk_too_small_for_a_journal_leaves_none,
                     *unit_test::precondition(may_mount))
{
    const Workshop shop;
    const std::string disk = shop.state().string();
    const Ran full = shop.run("unshare -m sh -c '"
                              "mount -t tmpfs -o size=4k,mode=0700 tmpfs " +
                              disk + " && " + shop.writer(1) + "; test $? = 3 && test ! -e " +
                              shop.journal().string() + "'");
    BOOST_TEST(full.status == 0);
    BOOST_TEST(full.fault.find("the disk is full") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_mounted_read_only_is_called_so,
                     *unit_test::precondition(may_mount))
{
    const Workshop shop;
    const std::string disk = shop.state().string();
    const auto read_only = [&] {
        return shop.run("unshare -m sh -c 'mount --bind " + disk + " " + disk +
                        " && mount -o remount,ro,bind " + disk + " && exec " + shop.writer(3) +
                        "'");
    };
    const Ran empty = read_only();
    BOOST_TEST(empty.status == 3);
    BOOST_TEST(empty.fault ==
               "cannot make " + shop.journal().string() + ".new: Read-only file system");
    BOOST_TEST(shop.run(shop.writer(2)).last == 2U);
    const Ran there = read_only();
    BOOST_TEST(there.status == 3);
    BOOST_TEST(there.fault == "cannot write " + shop.journal().string() + ": it is read-only");
    BOOST_TEST(shop.last_on_disk() == 2U);
}

BOOST_AUTO_TEST_CASE(a_file_at_the_limit_of_its_size_is_a_fault_and_not_the_end_by_a_signal)
{
    const Workshop shop;
    const Ran ran = shop.run("prlimit --fsize=200000 " + shop.writer(1000));
    BOOST_TEST_INFO_SCOPE(ran.fault);
    BOOST_TEST(ran.status == 3);
    BOOST_TEST(ran.last > 5U);
    BOOST_TEST(ran.fault.find(shop.journal().string()) != std::string::npos);
    BOOST_TEST(ran.fault.find("File too large") != std::string::npos);
    BOOST_TEST(shop.last_on_disk() >= ran.last);
    BOOST_TEST(shop.last_on_disk() <= ran.last + 1);
}

BOOST_AUTO_TEST_CASE(a_second_process_is_locked_out)
{
    const Workshop shop;
    const SqliteJournal first(shop.journal());
    const Ran second = shop.run(shop.writer(1));
    BOOST_TEST(second.status == 3);
    BOOST_TEST(second.fault ==
               "the journal " + shop.journal().string() + " is in use by another usherd");
}

BOOST_AUTO_TEST_SUITE_END()
