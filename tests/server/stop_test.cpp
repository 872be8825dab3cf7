#include "tests/server/open_house.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <thread>

using namespace usher;
using namespace usher::server;
using namespace usher::server::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(stop, OpenHouse)

BOOST_AUTO_TEST_CASE(who_is_there_is_answered_and_told_when_to_come_back)
{
    install(1000);
    Guest guest = application();
    std::string all;
    for (std::uint64_t i = 0; i < 100; ++i)
        all += frame_of(checkout(10 + i, lease(std::to_string(i))));
    guest.send_bytes(all);
    BOOST_TEST(guest.receive().value().has_granted()); // It is under way.

    std::thread stopping([this] { stop(); });
    std::size_t granted = 1;
    v1::Response last;
    while (auto response = guest.receive()) {
        granted += response->has_granted() ? 1U : 0U;
        last = *std::move(response);
    }
    guest.vanish();
    stopping.join();
    BOOST_TEST(last.ending().reason() == "stopping");
    BOOST_TEST(last.ending().retry_after_ms() == 1000U);
    BOOST_TEST(leases() == granted); // No yes is lost, and none was kept for itself.
}

BOOST_AUTO_TEST_CASE(leases_outlive_the_stop_although_their_connections_end)
{
    install(10);
    set_terms(1h, 0ms);
    Guest guest = application();
    BOOST_TEST(guest.ask(checkout(2, lease("held"))).has_granted());
    std::thread stopping([this] { stop(); });
    BOOST_TEST(guest.last_words().ending().reason() == "stopping");
    guest.vanish();
    stopping.join();
    BOOST_TEST(leases() == 1U);
}

BOOST_AUTO_TEST_CASE(what_comes_while_the_daemon_stops_is_refused_and_the_seat_kept)
{
    install(10);
    set_terms(1h, 0ms);
    Guest holder = application();
    BOOST_TEST(holder.ask(checkout(2, lease("held"))).has_granted());
    Guest newcomer = Guest::over_tls(port());
    BOOST_TEST(operator_().ask(look(2)).has_operated()); // Both have been heard by now.
    std::latch told(1);
    hold_up(told);
    holder.send_bytes(frame_of(checkout(3, lease("late"))) + frame_of(checkin(4, lease("held"))));
    newcomer.send(greeting(1));
    std::thread stopping([&] { stop([&] { told.count_down(); }); });

    for (const std::uint64_t request : {3U, 4U}) {
        const v1::Response response = holder.receive().value();
        BOOST_TEST(response.id() == request);
        BOOST_TEST(response.refused().code() == "SERVER_ENDING");
        BOOST_TEST(response.refused().cures_size() > 0);
    }
    BOOST_TEST(holder.receive().value().ending().reason() == "stopping");
    BOOST_TEST(newcomer.receive().value().refused().code() == "SERVER_ENDING");
    BOOST_TEST(newcomer.receive().value().ending().reason() == "stopping");
    holder.vanish();
    newcomer.vanish();
    stopping.join();
    BOOST_TEST(leases() == 1U);
}

BOOST_AUTO_TEST_CASE(nonsense_while_the_daemon_stops_ends_the_connection_like_any)
{
    Guest guest = application();
    std::latch told(1);
    hold_up(told);
    guest.send_bytes(frame_of(checkout(3, lease("late"))) + std::string(4, '\0'));
    std::thread stopping([&] { stop([&] { told.count_down(); }); });
    BOOST_TEST(guest.receive().value().refused().code() == "SERVER_ENDING");
    BOOST_TEST(guest.receive().value().ending().reason() == "protocol_error");
    guest.vanish();
    stopping.join();
}

BOOST_AUTO_TEST_CASE(who_is_not_let_in_yet_holds_nothing_up)
{
    Limits limits;
    limits.linger_time = 50ms;
    adopt(limits);
    const Guest silent = Guest::at_port(port());
    const Guest shy = Guest::over_tls(port());
    const Guest local = Guest::at_socket(socket());
    stop();
    BOOST_TEST(!std::filesystem::exists(socket()));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(reload, OpenHouse)

BOOST_AUTO_TEST_CASE(new_premises_count_for_the_next_request_and_disturb_nobody)
{
    Guest known = application();
    premises.anonymous = false;
    adopt({});
    BOOST_TEST(Guest::over_tls(port()).hello().refused().code() == "UNKNOWN_CREDENTIAL");
    BOOST_TEST(known.ask(look(2)).refused().code() == "NOT_ALLOWED"); // Still answered.
}

BOOST_AUTO_TEST_CASE(a_renewed_authority_serves_who_comes_next)
{
    Guest known = application();
    premises.authority =
        Authority::open({.directory = scratch.path() / "tls", .server_name = "renamed.test"},
                        std::chrono::system_clock::now());
    adopt({});
    Guest next = Guest::over_tls(port());
    BOOST_TEST(next.shows_name("renamed.test"));
    BOOST_TEST(known.ask(look(2)).has_refused());
}

BOOST_AUTO_TEST_CASE(new_limits_count_at_once)
{
    install(10);
    Guest guest = application();
    BOOST_TEST(guest.ask(checkout(2, lease("one"))).has_granted());
    Limits narrow;
    narrow.leases_per_connection_max = 1;
    adopt(narrow);
    BOOST_TEST(guest.ask(checkout(3, lease("two"))).refused().code() == "LIMIT_REACHED");
}

BOOST_AUTO_TEST_SUITE_END()
