#include "daemon/server/sockets.hpp"

#include "daemon/server/fault.hpp"
#include "tests/server/open_house.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <functional>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace usher;
using namespace usher::server;
using namespace usher::server::test;

namespace {

std::string fault_of(const std::function<void()>& act)
{
    try {
        act();
    } catch (const Fault& fault) {
        BOOST_TEST(!fault.hint().empty());
        return fault.what();
    }
    return "";
}

struct AtAPath {
    Scratch scratch;
    std::filesystem::path path = scratch.path() / "usherd.sock";

    std::string fault()
    {
        return fault_of([&] { const LocalListener listener(path); });
    }
};

/// Runs `act` as another user in another process; its exit code.
int as_user(uid_t user, gid_t group, const std::vector<gid_t>& groups,
            const std::function<bool()>& act)
{
    const pid_t child = ::fork();
    if (child == 0) {
        const bool changed = ::setgroups(groups.size(), groups.data()) == 0 &&
                             ::setgid(group) == 0 && ::setuid(user) == 0;
        ::_exit(changed && act() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(local_socket, AtAPath)

BOOST_AUTO_TEST_CASE(it_is_for_its_owner_and_group_and_goes_with_the_listener)
{
    {
        const LocalListener listener(path);
        struct stat found {};
        BOOST_REQUIRE(::stat(path.c_str(), &found) == 0);
        BOOST_TEST((found.st_mode & 0777U) == 0660U);
    }
    BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(what_a_dead_daemon_left_is_replaced)
{
    {
        LocalListener dead(path);
        static_cast<void>(dead.take_socket()); // Closed.
        std::filesystem::rename(path, path.string() + ".left");
    }
    std::filesystem::rename(path.string() + ".left", path);
    BOOST_TEST(fault() == "");
}

BOOST_AUTO_TEST_CASE(a_live_one_is_left_alone)
{
    const LocalListener live(path);
    BOOST_TEST(fault() == "another usherd serves at " + path.string());
    BOOST_TEST(std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(what_is_no_socket_is_left_alone)
{
    std::ofstream(path) << "precious";
    BOOST_TEST(fault() == path.string() + " is in the way: it is not a socket");
    BOOST_TEST(std::filesystem::file_size(path) == 8U);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_there_is_a_sentence)
{
    path = scratch.path() / "none" / "usherd.sock";
    BOOST_TEST(fault() == "cannot listen at " + path.string() + ": No such file or directory");
}

BOOST_AUTO_TEST_CASE(a_successors_file_is_not_taken_away)
{
    const LocalListener* first = new LocalListener(path);
    std::filesystem::remove(path);
    const LocalListener second(path);
    delete first;
    BOOST_TEST(std::filesystem::exists(path));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tcp_listener)

BOOST_AUTO_TEST_CASE(a_taken_port_and_a_foreign_address_are_sentences)
{
    const Socket taken = listen_at("127.0.0.1", 0);
    const std::string port = std::to_string(port_of(taken));
    BOOST_TEST(fault_of([&] { (void)listen_at("127.0.0.1", port_of(taken)); }) ==
               "cannot listen at 127.0.0.1 port " + port + ": Address already in use");
    BOOST_TEST(fault_of([] { (void)listen_at("192.0.2.1", 0); }) ==
               "cannot listen at 192.0.2.1 port 0: Cannot assign requested address");
}

BOOST_AUTO_TEST_CASE(both_families_may_have_the_same_port)
{
    const Socket v6 = listen_at("::1", 0);
    const Socket v4 = listen_at("127.0.0.1", port_of(v6));
    BOOST_TEST(port_of(v4) == port_of(v6));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(local_roles, OpenHouse)

BOOST_AUTO_TEST_CASE(our_own_group_is_an_operator)
{
    const v1::Welcome welcome = Guest::at_socket(socket()).hello().welcome();
    BOOST_TEST(welcome.role() == "admin");
    BOOST_TEST(welcome.identity().starts_with("local:"));
}

BOOST_AUTO_TEST_CASE(a_member_of_the_group_is_an_operator_and_others_are_applications)
{
    if (::geteuid() != 0) {
        BOOST_TEST_MESSAGE("only root can become somebody else");
        return;
    }
    // Let everybody reach the socket: it is the peer's group that counts, not the file's mode.
    std::filesystem::permissions(scratch.path(), std::filesystem::perms::all);
    std::filesystem::permissions(socket(), std::filesystem::perms::all);
    const auto role_is = [this](const std::string& role) {
        return [this, role] { return Guest::at_socket(socket()).hello().welcome().role() == role; };
    };
    constexpr uid_t somebody = 54321;
    const gid_t ours = ::getegid();
    BOOST_TEST(as_user(somebody, somebody, {}, role_is("application")) == 0);
    BOOST_TEST(as_user(somebody, ours, {}, role_is("admin")) == 0);
    BOOST_TEST(as_user(somebody, somebody, {1, 2, 3, ours}, role_is("admin")) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
