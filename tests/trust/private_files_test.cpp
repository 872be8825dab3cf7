#include "daemon/trust/private_files.hpp"

#include "daemon/trust/fault.hpp"
#include "tests/support/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

using namespace usher;
using namespace usher::trust;

namespace {

struct Directory {
    tests::Scratch scratch;
    std::filesystem::path file = scratch.path() / "secret";

    [[nodiscard]] auto entries() const
    {
        return std::distance(std::filesystem::directory_iterator(scratch.path()), {});
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(private_files, Directory)

BOOST_AUTO_TEST_CASE(a_file_is_created_for_its_owner_alone)
{
    BOOST_TEST(create_private_file(file, "first"));
    BOOST_TEST(read_private_file(file).value() == "first");
    struct stat found {};
    BOOST_TEST(::stat(file.c_str(), &found) == 0);
    BOOST_TEST((found.st_mode & 07777U) == 0600U);
    BOOST_TEST(entries() == 1);
}

BOOST_AUTO_TEST_CASE(a_file_is_never_created_in_the_place_of_another)
{
    BOOST_TEST(create_private_file(file, "first"));
    BOOST_TEST(!create_private_file(file, "second"));
    BOOST_TEST(read_private_file(file).value() == "first");
    BOOST_TEST(entries() == 1);
    std::filesystem::remove(file);
    std::filesystem::create_symlink("nowhere", file);
    BOOST_TEST(!create_private_file(file, "second"));
    BOOST_TEST(!std::filesystem::exists(scratch.path() / "nowhere"));
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_to_is_named)
{
    const auto nowhere = scratch.path() / "missing" / "secret";
    BOOST_CHECK_EXCEPTION((void)create_private_file(nowhere, "x"), Fault, [&](const Fault& fault) {
        return std::string(fault.what()).find(nowhere.string()) != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(a_file_is_replaced_as_a_whole)
{
    BOOST_TEST(!read_private_file(file).has_value());
    write_private_file(file, "a long first text");
    write_private_file(file, "short");
    BOOST_TEST(read_private_file(file).value() == "short");
    BOOST_TEST(entries() == 1);
}

BOOST_AUTO_TEST_CASE(what_belongs_to_another_user_is_refused)
{
    write_private_file(file, "put here by somebody");
    if (::geteuid() != 0 || ::chown(file.c_str(), 65534, 65534) != 0)
        return; // Only root can give a file away.
    const auto names_the_owner = [](const Fault& fault) {
        return std::string(fault.what()).ends_with("belongs to another user");
    };
    BOOST_CHECK_EXCEPTION((void)read_private_file(file), Fault, names_the_owner);
    BOOST_CHECK_EXCEPTION(expect_private_file(file), Fault, names_the_owner);
}

BOOST_AUTO_TEST_CASE(what_others_can_change_or_replace_does_not_say_what_we_do)
{
    write_private_file(file, "threads = 2");
    expect_guarded(file);
    const auto is_about = [](const std::filesystem::path& path) {
        return [path](const Fault& fault) {
            return std::string(fault.what()).starts_with(path.string() + " can be changed");
        };
    };
    ::chmod(file.c_str(), 0602);
    BOOST_CHECK_EXCEPTION(expect_guarded(file), Fault, is_about(file));
    ::chmod(file.c_str(), 0600);
    ::chmod(scratch.path().c_str(), 0703);
    BOOST_CHECK_EXCEPTION(expect_guarded(file), Fault, is_about(scratch.path()));
    ::chmod(scratch.path().c_str(), 01703); // As /tmp: others cannot replace what is ours.
    expect_guarded(file);
    ::chmod(scratch.path().c_str(), 0700);
    BOOST_CHECK_THROW(expect_guarded(scratch.path() / "missing"), Fault);
}

BOOST_AUTO_TEST_SUITE_END()
