#include "daemon/trust/private_files.hpp"

#include "daemon/trust/fault.hpp"
#include "tests/support/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <iterator>
#include <sys/stat.h>

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

BOOST_AUTO_TEST_SUITE_END()
