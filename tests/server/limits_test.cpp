#include "daemon/server/limits.hpp"

#include "tests/server/open_house.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace usher;
using namespace usher::server;
using namespace usher::server::test;
using namespace std::chrono_literals;

namespace {

template <class Change>
Limits limits(Change change)
{
    Limits limits;
    change(limits);
    return limits;
}

/// Of TLS: the head of a record of 512 bytes, and the first of them.
constexpr std::string_view half_a_greeting("\x16\x03\x01\x02\x00\x01", 6);

/// Whether somebody who comes now is let in.
bool is_open(const OpenHouse& house, const std::string& from = "127.0.0.1")
{
    Guest::Manners manners;
    manners.from = from;
    Guest guest = Guest::at_port(house.port(), from);
    return guest.greet_tls(manners) && guest.hello().has_welcome();
}

/// The places of those who went are free after they were seen to go.
bool opens_again(
    const OpenHouse& house, const std::function<void()>& meanwhile = [] {})
{
    const auto give_up = std::chrono::steady_clock::now() + Guest::patience;
    while (!is_open(house)) {
        if (std::chrono::steady_clock::now() > give_up)
            return false;
        meanwhile();
    }
    return true;
}

v1::Request renewal(std::uint64_t request, std::size_t leases)
{
    v1::Request asked;
    asked.set_id(request);
    for (std::size_t i = 0; i < leases; ++i)
        asked.mutable_renew()->add_leases(lease("r" + std::to_string(i)));
    return asked;
}

/// A small question with a large answer. It is no more than the kernel takes at once where it takes
/// anything, so that who asks again and again is never held up itself.
std::string question()
{
    return frame_of(renewal(100, 100));
}

/// Each of `count` places in the queue ends a minute after the one before, and says so.
void wait_in_queue(Guest& guest, std::uint32_t count)
{
    for (std::uint32_t i = 1; i <= count; ++i) {
        const std::string id = lease("w" + std::to_string(i));
        BOOST_REQUIRE(guest.ask(checkout(10 + i, id, (5 + i) * 60'000)).has_waiting());
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits_of_connections)

BOOST_AUTO_TEST_CASE(one_connection_more_than_there_may_be_is_closed)
{
    OpenHouse house(limits([](Limits& l) { l.sessions_max = 3; }));
    std::vector<Guest> guests;
    for (int i = 0; i < 3; ++i)
        guests.push_back(house.application());
    BOOST_TEST(!is_open(house));
    BOOST_TEST(!is_open(house, "127.0.0.2"));
    BOOST_TEST(house.operator_().ask(look(2)).has_operated()); // The local socket is apart.
    guests.pop_back();
    BOOST_TEST(opens_again(house));
}

BOOST_AUTO_TEST_CASE(one_address_cannot_take_the_places_of_others)
{
    OpenHouse house(limits([](Limits& l) { l.sessions_per_address_max = 2; }));
    std::vector<Guest> guests;
    for (int i = 0; i < 2; ++i)
        guests.push_back(house.application());
    BOOST_TEST(!is_open(house));
    BOOST_TEST(is_open(house, "127.0.0.2"));
    guests.pop_back();
    BOOST_TEST(opens_again(house));
}

BOOST_AUTO_TEST_CASE(one_identity_cannot_take_the_places_of_others)
{
    // Who brings nothing is one with all others from that address.
    OpenHouse house(limits([](Limits& l) { l.sessions_per_identity_max = 2; }), 1);
    std::vector<Guest> guests;
    for (int i = 0; i < 2; ++i)
        guests.push_back(house.application());
    Guest late = Guest::over_tls(house.port());
    BOOST_TEST(late.hello().refused().code() == "LIMIT_REACHED");
    BOOST_TEST(is_open(house, "127.0.0.2"));
    BOOST_TEST(house.operator_().ask(look(2)).has_operated());
    guests.pop_back();
    BOOST_TEST(opens_again(house));
}

BOOST_AUTO_TEST_CASE(the_local_socket_has_its_own_bound)
{
    OpenHouse house(limits([](Limits& l) { l.local_sessions_max = 2; }));
    Guest one = house.operator_();
    Guest two = house.operator_();
    BOOST_TEST(Guest::at_socket(house.socket()).is_closed());
    BOOST_TEST(is_open(house));
}

BOOST_AUTO_TEST_CASE(a_thousand_ports_that_are_only_held_open_do_not_stop_an_honest_client)
{
    OpenHouse house(limits([](Limits& l) { l.handshakes_per_address_max = 1'000; }));
    std::vector<Guest> silent;
    for (int i = 0; i < 1000; ++i)
        silent.push_back(Guest::at_port(house.port()));
    BOOST_TEST(is_open(house));
}

BOOST_AUTO_TEST_CASE(a_thousand_half_open_handshakes_do_not_stop_an_honest_client)
{
    OpenHouse house(limits([](Limits& l) {
        l.handshakes_per_address_max = 1'000;
        l.handshake_time = 1h;
        l.handshake_step_time = 100ms;
    }));
    std::vector<Guest> begun;
    for (int i = 0; i < 1000; ++i) {
        begun.push_back(Guest::at_port(house.port()));
        begun.back().send_bytes(half_a_greeting);
    }
    BOOST_TEST(opens_again(house, [&] {
        for (Guest& guest : begun)
            guest.send_bytes("\x01"); // One more byte of it is no step.
    }));
}

BOOST_AUTO_TEST_CASE(who_keeps_us_waiting_makes_room_the_longest_first)
{
    OpenHouse house(limits([](Limits& l) {
                        l.handshakes_max = 2;
                        l.handshake_step_time = 100ms;
                    }),
                    1);
    Guest first = Guest::over_tls(house.port()); // And says no hello.
    Guest second = Guest::over_tls(house.port());
    BOOST_TEST(opens_again(house));
    BOOST_TEST(first.is_closed());
    BOOST_TEST(second.hello().has_welcome());
}

BOOST_AUTO_TEST_CASE(who_says_nothing_makes_room_for_who_comes_and_the_first_goes_first)
{
    OpenHouse house(limits([](Limits& l) { l.handshakes_max = 2; }), 1);
    Guest first = Guest::at_port(house.port());
    Guest second = Guest::at_port(house.port());
    BOOST_TEST(is_open(house));
    BOOST_TEST(first.is_closed());
    BOOST_TEST(second.greet_tls({}));
}

BOOST_AUTO_TEST_CASE(one_address_makes_room_only_for_itself)
{
    OpenHouse house(limits([](Limits& l) { l.handshakes_per_address_max = 1; }), 1);
    Guest other = Guest::at_port(house.port(), "127.0.0.2");
    Guest own = Guest::at_port(house.port());
    BOOST_TEST(is_open(house));
    BOOST_TEST(own.is_closed());
    BOOST_TEST(other.greet_tls({}));
}

BOOST_AUTO_TEST_CASE(who_goes_on_is_not_sent_away_for_a_newcomer)
{
    OpenHouse house(limits([](Limits& l) {
                        l.handshakes_max = 1;
                        l.handshake_step_time = 1h;
                    }),
                    1);
    Guest begun = Guest::over_tls(house.port()); // Let in it is only after its hello.
    BOOST_TEST(!is_open(house));
    BOOST_TEST(begun.hello().has_welcome());
    BOOST_TEST(opens_again(house));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(limits_of_time)

BOOST_AUTO_TEST_CASE(a_handshake_has_a_deadline)
{
    OpenHouse house(limits([](Limits& l) { l.handshake_time = 50ms; }));
    Guest silent = Guest::at_port(house.port());
    Guest begun = Guest::at_port(house.port());
    begun.send_bytes(half_a_greeting);
    BOOST_TEST(silent.is_closed());
    BOOST_TEST(begun.is_closed());
}

BOOST_AUTO_TEST_CASE(the_first_message_has_a_deadline)
{
    OpenHouse house(limits([](Limits& l) { l.hello_time = 50ms; }));
    BOOST_TEST(Guest::over_tls(house.port()).last_words().ending().reason() == "too_slow");
    BOOST_TEST(Guest::at_socket(house.socket()).last_words().ending().reason() == "too_slow");
}

BOOST_AUTO_TEST_CASE(a_message_that_has_begun_has_a_deadline)
{
    OpenHouse house(limits([](Limits& l) { l.frame_time = 50ms; }));
    Guest guest = house.application();
    guest.send_bytes(frame_of(checkout(2, lease("half"))).substr(0, 20));
    BOOST_TEST(guest.last_words().ending().reason() == "too_slow");
}

BOOST_AUTO_TEST_CASE(who_speaks_for_nothing_is_closed_when_idle_and_who_holds_a_seat_is_not)
{
    OpenHouse house;
    house.install(10);
    Guest holder = house.application();
    BOOST_TEST(holder.ask(checkout(2, lease("held"))).has_granted());
    house.adopt(limits([](Limits& l) { l.idle_time = 50ms; }));
    Guest idle = house.application();
    BOOST_TEST(idle.last_words().ending().reason() == "idle");

    // It was silent for longer than the other, and is still served.
    BOOST_TEST(holder.ask(checkin(3, lease("held"))).has_done());
    BOOST_TEST(holder.last_words().ending().reason() == "idle");
}

BOOST_AUTO_TEST_CASE(last_words_wait_only_so_long_for_the_peer_to_go)
{
    OpenHouse house(limits([](Limits& l) { l.linger_time = 50ms; }));
    Guest guest = house.application();
    guest.send_bytes(std::string(4, '\0'));
    BOOST_TEST(guest.receive().value().ending().reason() == "protocol_error");
    BOOST_TEST(!guest.receive().has_value());
    // Our side is closed. Now the other's end goes, too, though the peer does nothing.
    BOOST_TEST(guest.is_reset("x"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(limits_of_requests)

BOOST_AUTO_TEST_CASE(no_more_is_read_than_may_lie_unanswered_and_all_is_answered_in_the_end)
{
    const std::vector<Limits> narrow{
        limits([](Limits& l) { l.in_flight_max = 1; }),
        limits([](Limits& l) { l.unanswered_bytes_max = 1; }),
        limits([](Limits& l) { l.questions_max = 1; }),
        limits([](Limits& l) { l.questions_per_identity_max = 1; }),
        limits([](Limits& l) { l.buffered_bytes_max = 1; }),
    };
    constexpr std::uint64_t requests = 300;
    for (const Limits& each : narrow) {
        OpenHouse house(each, 1);
        house.install(requests);
        {
            Guest guest = house.application();
            std::string all;
            for (std::uint64_t i = 0; i < requests; ++i)
                all += frame_of(checkout(10 + i, lease(std::to_string(i))));
            guest.send_bytes(all);
            for (std::uint64_t i = 0; i < requests; ++i)
                BOOST_REQUIRE(guest.receive().value().id() == 10 + i);
        }
        house.stop();
        BOOST_TEST(house.turns() >= requests); // Nothing lay beside it, so each had its own.
    }
}

BOOST_AUTO_TEST_CASE(a_connection_speaks_for_so_many_leases)
{
    OpenHouse house(limits([](Limits& l) { l.leases_per_connection_max = 2; }));
    house.install(10);
    Guest guest = house.application();
    BOOST_TEST(guest.ask(checkout(2, lease("one"))).has_granted());
    BOOST_TEST(guest.ask(checkout(3, lease("two"))).has_granted());
    BOOST_TEST(guest.ask(checkout(4, lease("three"))).refused().code() == "LIMIT_REACHED");
    BOOST_TEST(guest.ask(checkout(5, lease("two"))).has_granted()); // Again, the same.
    BOOST_TEST(guest.ask(renewal(6, 1)).refused().code() == "LIMIT_REACHED");
    BOOST_TEST(guest.ask(checkin(7, lease("one"))).has_done());
    BOOST_TEST(guest.ask(checkout(8, lease("three"))).has_granted());
    BOOST_TEST(house.status().pools(0).held() == 2);
}

BOOST_AUTO_TEST_CASE(a_reader_that_lets_too_much_wait_is_cut_and_its_lease_runs_on)
{
    // Hardly more than what the kernel does not take, and nothing else can end this connection.
    OpenHouse house(limits([](Limits& l) {
                        l.in_flight_max = 1;
                        l.unsent_bytes_max = 1 << 10;
                        l.send_time = 1h;
                    }),
                    1);
    house.install(1);
    house.set_terms(24h, 0ms);
    Guest guest = house.application();
    BOOST_TEST(guest.ask(checkout(2, lease("held"))).has_granted());
    wait_in_queue(guest, 500);
    // Its own questions are not read any more once much waits for it; notices still come.
    BOOST_TEST(guest.is_reset(question(), [&] { house.advance(1min); }));

    BOOST_TEST(house.application().ask(checkout(2, lease("other"))).refused().code() ==
               "NO_FREE_SEAT");
}

BOOST_AUTO_TEST_CASE(a_reader_that_takes_nothing_for_long_is_cut_and_its_lease_runs_on)
{
    OpenHouse house(limits([](Limits& l) {
                        l.send_time = 300ms;
                        l.unsent_bytes_max = 1 << 30;
                    }),
                    1);
    house.install(1);
    house.set_terms(1h, 0ms);
    Guest guest = house.application();
    BOOST_TEST(guest.ask(checkout(2, lease("held"))).has_granted());
    BOOST_TEST(guest.is_reset(question()));

    BOOST_TEST(house.application().ask(checkout(2, lease("other"))).refused().code() ==
               "NO_FREE_SEAT");
}

BOOST_AUTO_TEST_CASE(who_lets_most_lie_is_cut_when_all_together_let_too_much_lie)
{
    OpenHouse house(limits([](Limits& l) {
                        l.buffered_bytes_max = 256 << 10;
                        l.unsent_bytes_max = 1 << 30;
                        l.send_time = 1h;
                    }),
                    1);
    house.install(1);
    house.set_terms(1h, 0ms);
    Guest modest = house.application();
    const std::string renewal_of_many = frame_of(renewal(3, 500));
    modest.send_bytes(renewal_of_many.substr(0, 100)); // A little of it lies here as well.
    Guest greedy = house.application();
    BOOST_TEST(greedy.ask(checkout(2, lease("held"))).has_granted());
    BOOST_TEST(greedy.is_reset(question()));

    modest.send_bytes(renewal_of_many.substr(100));
    BOOST_TEST(modest.receive().value().has_renewed());
    BOOST_TEST(modest.ask(checkout(4, lease("other"))).refused().code() == "NO_FREE_SEAT");
}

BOOST_AUTO_TEST_CASE(half_a_message_counts_as_what_lies_here)
{
    OpenHouse house(limits([](Limits& l) {
                        l.buffered_bytes_max = 64 << 10;
                        l.frame_time = 1h;
                    }),
                    1);
    const std::string whole = frame_of(renewal(3, 4000)); // 72 KB
    Guest one = house.application();
    one.send_bytes(whole.substr(0, 20'000));
    Guest other = house.application();
    other.send_bytes(whole.substr(0, 60'000));
    BOOST_TEST(other.is_closed());
    BOOST_TEST(house.application().ask(renewal(2, 1)).has_renewed());
}

BOOST_AUTO_TEST_SUITE_END()
