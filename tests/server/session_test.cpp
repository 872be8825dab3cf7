#include "daemon/server/session.hpp"

#include "protocol/limits.hpp"
#include "tests/server/open_house.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

using namespace usher;
using namespace usher::server;
using namespace usher::server::test;
using namespace std::chrono_literals;

namespace {

struct TenSeats : OpenHouse {
    TenSeats() { install(10); }

    [[nodiscard]] std::int64_t held() const { return status().pools(0).held(); }
};

struct OneSeat : OpenHouse {
    OneSeat() { install(1); }
};

v1::Request with_id(std::uint64_t id)
{
    v1::Request request;
    request.set_id(id);
    return request;
}

v1::Request hello(std::uint64_t id)
{
    v1::Request request = with_id(id);
    request.mutable_hello()->set_version(1);
    request.mutable_hello()->set_version_min(1);
    return request;
}

/// A hello and what is left of its length up to `bytes`, as a field that nobody knows.
std::string long_hello(std::size_t bytes)
{
    v1::Request request = hello(1);
    google::protobuf::UnknownFieldSet& unknown =
        *request.GetReflection()->MutableUnknownFields(&request);
    unknown.AddLengthDelimited(1000, std::string(bytes - request.ByteSizeLong() - 4, 'x'));
    BOOST_REQUIRE(request.ByteSizeLong() == bytes);
    return frame_of(request);
}

} // namespace

BOOST_AUTO_TEST_SUITE(session)

BOOST_FIXTURE_TEST_CASE(one_connection_asks_many_things_at_once_and_each_is_answered_once, TenSeats)
{
    Guest guest = application();
    std::string all;
    for (std::uint64_t i = 0; i < 200; ++i)
        all += frame_of(checkout(10 + i, lease(std::to_string(i))));
    guest.send_bytes(all);

    std::set<std::uint64_t> answered;
    int granted = 0;
    for (int i = 0; i < 200; ++i) {
        const auto response = guest.receive();
        BOOST_REQUIRE(response.has_value());
        answered.insert(response->id());
        granted += response->has_granted() ? 1 : 0;
        BOOST_TEST((response->has_granted() || response->refused().code() == "NO_FREE_SEAT"));
    }
    BOOST_TEST(answered.size() == 200U);
    BOOST_TEST(granted == 10);
}

BOOST_FIXTURE_TEST_CASE(a_message_may_come_byte_by_byte, TenSeats)
{
    Guest guest = application();
    for (const char byte : frame_of(checkout(2, lease("slow"))))
        guest.send_bytes({&byte, 1});
    const auto response = guest.receive();
    BOOST_REQUIRE(response.has_value());
    BOOST_TEST(response->has_granted());
}

BOOST_FIXTURE_TEST_CASE(who_waits_is_told_when_the_seat_is_his, OneSeat)
{
    Guest holder = application();
    Guest waiter = application();
    BOOST_TEST(holder.ask(checkout(2, lease("held"))).has_granted());
    BOOST_TEST(waiter.ask(checkout(2, lease("wished"), 60'000)).waiting().position() == 1U);

    BOOST_TEST(holder.ask(checkin(3, lease("held"))).has_done());
    const auto notice = waiter.receive();
    BOOST_REQUIRE(notice.has_value());
    BOOST_TEST(notice->id() == 0U);
    BOOST_TEST(notice->granted().lease() == lease("wished"));
}

BOOST_FIXTURE_TEST_CASE(who_vanishes_keeps_its_seat_for_the_grace_only, OneSeat)
{
    set_terms(1h, 0ms);
    Guest waiter = application();
    {
        Guest holder = application();
        BOOST_TEST(holder.ask(checkout(2, lease("held"))).has_granted());
        BOOST_TEST(waiter.ask(checkout(2, lease("wished"), 60'000)).has_waiting());
    }
    const auto notice = waiter.receive();
    BOOST_REQUIRE(notice.has_value());
    BOOST_TEST(notice->has_granted());
}

BOOST_FIXTURE_TEST_CASE(who_vanishes_with_a_checkout_in_flight_loses_that_seat_too, OneSeat)
{
    set_terms(1h, 0ms);
    Guest waiter = application();
    {
        Guest holder = application();
        holder.send(checkout(2, lease("held")));
    }
    // Whether it is asked before or after the other's end.
    if (waiter.ask(checkout(2, lease("wished"), 60'000)).has_waiting())
        BOOST_TEST(waiter.receive().value().has_granted());
}

BOOST_FIXTURE_TEST_CASE(who_vanishes_after_asking_for_two_leases_in_a_breath_loses_the_second,
                        OneSeat)
{
    set_terms(1h, 0ms);
    Guest waiter = application();
    {
        Guest holder = application();
        holder.send_bytes(frame_of(checkout(2, lease("held"))) +
                          frame_of(checkin(3, lease("held"))) +
                          frame_of(checkout(4, lease("held again"))));
        BOOST_TEST(holder.receive().value().has_granted());
        BOOST_TEST(holder.receive().value().has_done());
        BOOST_TEST(holder.receive().value().has_granted());
        BOOST_TEST(waiter.ask(checkout(2, lease("wished"), 60'000)).has_waiting());
    }
    const auto notice = waiter.receive();
    BOOST_REQUIRE(notice.has_value());
    BOOST_TEST(notice->has_granted());
}

BOOST_FIXTURE_TEST_CASE(who_says_that_it_leaves_keeps_its_seat_for_the_term, OneSeat)
{
    set_terms(1h, 0ms);
    Guest guest = application();
    BOOST_TEST(guest.ask(checkout(2, lease("held"))).has_granted());
    v1::Request leave = with_id(3);
    leave.mutable_leave();
    BOOST_TEST(status().leases(0).connected());
    BOOST_TEST(guest.ask(leave).has_done());
    BOOST_TEST(!status().leases(0).connected());
    BOOST_TEST(guest.is_closed());

    Guest other = application();
    BOOST_TEST(other.ask(checkout(2, lease("wished"))).refused().code() == "NO_FREE_SEAT");
}

BOOST_FIXTURE_TEST_CASE(nobody_expires_while_somebody_waits_to_be_let_in_after_a_start, TenSeats)
{
    Guest holder = application();
    BOOST_TEST(holder.ask(checkout(2, lease("held"))).has_granted());
    const auto deadline = [&] { return status().leases(0).deadline_us(); };
    const std::int64_t first = deadline();
    advance(20s); // Of a term of 25.
    const Guest returning = Guest::at_port(port());
    const auto give_up = std::chrono::steady_clock::now() + Guest::patience;
    while (deadline() < first + 5'000'000) // The door asks every second.
        BOOST_REQUIRE((std::chrono::steady_clock::now() < give_up));
    advance(10s);
    BOOST_TEST(holder.ask(checkin(3, lease("held"))).has_done());
}

BOOST_FIXTURE_TEST_CASE(a_hello_is_answered_with_a_proof_over_tls_and_without_locally, OpenHouse)
{
    Guest guest = Guest::over_tls(port());
    const v1::Welcome welcome = guest.hello().welcome();
    trust::PublicKey key{};
    trust::Signature signature{};
    BOOST_REQUIRE(welcome.proof().node_key().size() == key.size());
    BOOST_REQUIRE(welcome.proof().signature().size() == signature.size());
    std::ranges::copy(welcome.proof().node_key(), key.begin());
    std::ranges::copy(welcome.proof().signature(), signature.begin());
    BOOST_TEST(trust::proves(key, guest.exporter(), signature));
    BOOST_TEST(!Guest::at_socket(socket()).hello().welcome().has_proof());
}

BOOST_FIXTURE_TEST_CASE(what_comes_before_hello_is_refused_and_closed, TenSeats)
{
    Guest guest = Guest::over_tls(port());
    BOOST_TEST(guest.ask(checkout(7, lease("early"))).refused().code() == "BAD_REQUEST");
    BOOST_TEST(guest.is_closed());
    BOOST_TEST(held() == 0);
}

BOOST_FIXTURE_TEST_CASE(what_comes_behind_hello_waits_until_it_is_answered, TenSeats)
{
    Guest guest = Guest::over_tls(port());
    guest.send_bytes(frame_of(hello(1)) + frame_of(checkout(2, lease("next"))));
    BOOST_TEST(guest.receive().value().has_welcome());
    BOOST_TEST(guest.receive().value().has_granted());
}

BOOST_FIXTURE_TEST_CASE(a_second_hello_is_refused_and_closed, OpenHouse)
{
    Guest guest = application();
    BOOST_TEST(guest.ask(hello(2)).refused().code() == "BAD_REQUEST");
    BOOST_TEST(guest.last_words().ending().reason() == "protocol_error");
}

BOOST_FIXTURE_TEST_CASE(who_is_not_known_is_told_so_and_what_comes_behind_is_not_read, TenSeats)
{
    Guest guest = Guest::over_tls(port());
    v1::Request request = hello(1);
    request.mutable_hello()->set_key("usher-key-nobody-made-this");
    guest.send_bytes(frame_of(request) + frame_of(checkout(2, lease("next"))));
    BOOST_TEST(guest.receive().value().refused().code() == "UNKNOWN_CREDENTIAL");
    BOOST_TEST(!guest.receive().has_value());
    BOOST_TEST(held() == 0);
}

BOOST_FIXTURE_TEST_CASE(an_unknown_message_is_refused_and_the_connection_lives, TenSeats)
{
    Guest guest = application();
    BOOST_TEST(guest.ask(with_id(2)).refused().code() == "UNSUPPORTED");
    BOOST_TEST(guest.ask(checkout(3, lease("after"))).has_granted());
}

BOOST_FIXTURE_TEST_CASE(bytes_that_are_no_message_end_the_connection_with_a_reason, OpenHouse)
{
    const std::string too_long("\x00\x10\x00\x01", 4); // One more than a mebibyte.
    const std::string empty(4, '\0');
    const std::string garbage("\x00\x00\x00\x03\xff\xff\xff", 7);
    const std::string nested = [] {
        std::string depth(300, '\x3a'); // Field 7 in field 7 in …, none of which ends.
        return std::string("\x00\x00\x01\x2c", 4) + depth;
    }();
    const std::string no_id("\x00\x00\x00\x02\x32\x00", 6);
    for (const std::string& bytes : {too_long, empty, garbage, nested, no_id}) {
        Guest guest = application();
        guest.send_bytes(bytes);
        BOOST_TEST(guest.last_words().ending().reason() == "protocol_error");
    }
    BOOST_TEST(application().ask(with_id(2)).has_refused());
}

BOOST_FIXTURE_TEST_CASE(a_message_that_is_cut_off_does_not_happen, TenSeats)
{
    {
        Guest guest = application();
        const std::string frame = frame_of(checkout(2, lease("half")));
        guest.send_bytes(frame.substr(0, frame.size() - 1));
    }
    BOOST_TEST(held() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_stranger_may_send_less_at_once_than_who_is_let_in, OpenHouse)
{
    Guest modest = Guest::over_tls(port());
    modest.send_bytes(long_hello(protocol::greeting_bytes_max));
    BOOST_TEST(modest.receive().value().has_welcome());

    Guest greedy = Guest::over_tls(port());
    greedy.send_bytes(long_hello(protocol::greeting_bytes_max + 1));
    BOOST_TEST(greedy.last_words().ending().reason() == "protocol_error");

    Guest known = application();
    v1::Request huge = with_id(2);
    huge.mutable_checkout()->set_user(std::string(protocol::frame_bytes_max - 100, 'u'));
    BOOST_TEST(known.ask(huge).refused().code() == "BAD_REQUEST");
}

BOOST_FIXTURE_TEST_CASE(a_revoked_key_ends_its_connections_and_no_other, OpenHouse)
{
    Guest admin = operator_();
    v1::Request make = with_id(2);
    make.mutable_operate()->mutable_key_create()->set_name("solver");
    const std::string key = admin.ask(make).operated().key_created().key();
    Guest known = Guest::over_tls(port());
    BOOST_TEST(known.hello(key).welcome().identity() == "key:solver");
    Guest anonymous = application();

    v1::Request revoke = with_id(3);
    revoke.mutable_operate()->mutable_credential_revoke()->set_name("solver");
    BOOST_TEST(admin.ask(revoke).has_operated());
    BOOST_TEST(known.last_words().ending().reason() == "credential_revoked");
    BOOST_TEST(anonymous.ask(with_id(2)).has_refused());
    BOOST_TEST(Guest::over_tls(port()).hello(key).refused().code() == "UNKNOWN_CREDENTIAL");
}

BOOST_FIXTURE_TEST_CASE(a_change_of_mode_is_told_to_everybody_who_is_in, OpenHouse)
{
    Guest one = application();
    Guest other = application();
    v1::Request request = with_id(2);
    request.mutable_operate()->mutable_maintenance()->set_on(true);
    Guest admin = operator_();
    admin.send(request);
    for (Guest* guest : {&one, &other, &admin}) {
        auto told = guest->receive();
        if (told && told->id() == 2)
            told = guest->receive(); // The admin's own answer.
        BOOST_TEST(told.value().mode_changed().mode() == "maintenance");
    }
}

BOOST_FIXTURE_TEST_CASE(an_application_may_not_do_an_operators_work, OpenHouse)
{
    BOOST_TEST(application().ask(look(2)).refused().code() == "NOT_ALLOWED");
}

BOOST_AUTO_TEST_SUITE_END()
