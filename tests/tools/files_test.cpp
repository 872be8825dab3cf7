#include "tests/support/scratch.hpp"
#include "tools/fault.hpp"
#include "tools/files.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace usher::tools;

namespace {

struct Desk {
    usher::tests::Scratch scratch;
    std::filesystem::path file = scratch.path() / "file";

    void put(const std::string& text) const { std::ofstream(file, std::ios::binary) << text; }
};

/// Whether it throws a fault that names `part`.
template <class Act>
bool faults_with(Act act, const std::string& part)
{
    try {
        act();
        return false;
    } catch (const Fault& fault) {
        return std::string(fault.what()).find(part) != std::string::npos && !fault.hints().empty();
    }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(files_of_people, Desk)

BOOST_AUTO_TEST_CASE(a_file_is_read_whole)
{
    const std::string text = std::string(100'000, 'x') + '\0' + "end\n";
    put(text);

    BOOST_TEST((read_file(file) == text));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_named)
{
    BOOST_TEST(faults_with([&] { (void)read_file(file); }, file.string() + ": No such file"));
    BOOST_TEST(faults_with([&] { (void)read_file(scratch.path()); }, "Is a directory"));
}

BOOST_AUTO_TEST_CASE(a_file_is_read_up_to_a_mebibyte)
{
    put(std::string(1 << 20, 'x'));
    BOOST_TEST(read_file(file).size() == std::size_t{1} << 20U);

    put(std::string((1 << 20) + 1, 'x'));
    BOOST_TEST(faults_with([&] { (void)read_file(file); }, "longer than 1 MiB"));
}

BOOST_AUTO_TEST_CASE(a_new_file_is_its_owners_alone)
{
    write_new_file(file, "secret");

    BOOST_TEST(read_file(file) == "secret");
    using std::filesystem::perms;
    BOOST_TEST(
        (std::filesystem::status(file).permissions() == (perms::owner_read | perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_there_is_never_written_over)
{
    put("mine");

    BOOST_TEST(faults_with([&] { write_new_file(file, "yours"); }, "File exists"));
    BOOST_TEST(read_file(file) == "mine");
}

BOOST_AUTO_TEST_CASE(lines_that_hold_something_are_taken_without_their_blanks)
{
    BOOST_TEST(lines_of("daisy\n\n  donald\t\r\n \nZo\xc3\xab").size() == 3U);
    BOOST_TEST((lines_of("daisy\n\n  donald\t\r\nlast") ==
                std::vector<std::string>{"daisy", "donald", "last"}));
    BOOST_TEST(lines_of("").empty());
    BOOST_TEST(lines_of("\n \n").empty());
    BOOST_TEST(first_line("key\r\nmore") == "key");
    BOOST_TEST(first_line("key") == "key");
}

BOOST_AUTO_TEST_SUITE_END()
