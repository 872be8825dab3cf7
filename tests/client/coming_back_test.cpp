#include "client/attendant.hpp"

#include "client/door.hpp"
#include "tests/client/genuine.hpp"
#include "tests/client/listening.hpp"

#include <atomic>
#include <future>
#include <sys/wait.h>
#include <unistd.h>

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;

/// An attendant and real TLS: what a server can do to it.
namespace {

struct AtADoor : Genuine {
    Listening heard;

    std::unique_ptr<Attendant> open(const Stage& stage, Attendant::Settings settings = {})
    {
        settings.pause_max = pause_max;
        settings.listener = heard.listener();
        return std::make_unique<Attendant>(std::make_unique<RouteDoor>(route(stage)), settings);
    }
    static Wish wish() { return {.profile = "P", .user = "daisy", .device = "d", .party = {}}; }

    /// Greets like the genuine server, then acts.
    Stage::Play after_greeting(std::function<void(Actor&)> act)
    {
        return [this, act = std::move(act)](Actor& actor) {
            v1::Response welcome = company.welcome(actor.exporter());
            const auto hello = actor.read();
            if (!hello)
                return;
            welcome.set_id(hello->id());
            actor.say(welcome);
            act(actor);
        };
    }
};

using Kind = Event::Kind;

} // namespace

BOOST_FIXTURE_TEST_SUITE(coming_back, AtADoor)

BOOST_AUTO_TEST_CASE(after_a_lost_answer_the_same_id_is_asked_for_again)
{
    std::atomic<unsigned> visit = 0;
    std::string first;
    const auto play = genuine();
    const Stage server = stage([&](Actor& actor) {
        if (visit++ > 0)
            return play(actor);
        after_greeting([&](Actor& crashing) {
            const auto request = crashing.read();
            const std::lock_guard lock(guard);
            first = request->checkout().lease();
        })(actor);
    });
    const auto one = open(server);
    const auto given = one->checkout(wish(), false);
    BOOST_REQUIRE(given.has_value());
    const std::lock_guard lock(guard);
    BOOST_REQUIRE(!asked.empty());
    BOOST_TEST(first.size() == 16U);
    BOOST_TEST(asked.front().checkout().lease() == first);
}

BOOST_AUTO_TEST_CASE(a_broken_connection_is_taken_up_with_a_resumed_session_and_a_renewal)
{
    std::atomic<unsigned> visit = 0;
    const auto play = genuine();
    const Stage server = stage([&](Actor& actor) {
        if (visit++ > 0)
            return play(actor);
        after_greeting([](Actor& crashing) { crashing.say(answer(*crashing.read())); })(actor);
    });
    const auto one = open(server);
    const auto given = one->checkout(wish(), false);
    BOOST_REQUIRE(given.has_value());
    BOOST_TEST(heard.await(Kind::disconnected).value().why->code() == "CONNECTION_BROKEN");
    BOOST_TEST(heard.await(Kind::reconnected).has_value());
    BOOST_TEST(resumed.load());
    const std::lock_guard lock(guard);
    BOOST_REQUIRE(asked.size() == 1U);
    BOOST_TEST(asked.front().renew().leases_size() == 1);
}

BOOST_AUTO_TEST_CASE(a_silent_server_is_given_up_and_tried_again)
{
    std::atomic<unsigned> visit = 0;
    const auto play = genuine();
    const Stage server = stage([&](Actor& actor) {
        if (visit++ > 0)
            return play(actor);
        after_greeting([](Actor& hanging) {
            while (!hanging.read_some().empty())
                continue;
        })(actor);
    });
    const auto one = open(server, {.answer_max = 1s});
    // The first attempt is given up with its call; the second call finds the second connection.
    const auto first = one->checkout(wish(), false);
    const auto second = one->checkout(wish(), false);
    BOOST_TEST(!first.has_value());
    BOOST_TEST(second.has_value());
    BOOST_TEST(visit.load() >= 2U);
}

BOOST_AUTO_TEST_CASE(a_server_that_asks_to_stay_away_is_left_alone_for_so_long)
{
    std::atomic<unsigned> visit = 0;
    std::atomic<Instant> ended_at{};
    std::atomic<Instant> back_at{};
    const auto play = genuine();
    const Stage server = stage([&](Actor& actor) {
        if (visit++ > 0) {
            back_at = Clock::now();
            return play(actor);
        }
        after_greeting([&](Actor& stopping) {
            stopping.say(answer(*stopping.read()));
            v1::Response ending;
            ending.mutable_ending()->set_reason("stopping");
            ending.mutable_ending()->set_retry_after_ms(400);
            ended_at = Clock::now();
            stopping.say(ending);
        })(actor);
    });
    const auto one = open(server);
    BOOST_REQUIRE(one->checkout(wish(), false).has_value());
    BOOST_TEST(heard.await(Kind::disconnected).value().why->text().find("stopping") !=
               std::string::npos);
    BOOST_TEST(heard.await(Kind::reconnected).has_value());
    BOOST_TEST((back_at.load() - ended_at.load() >= 400ms));
}

BOOST_AUTO_TEST_CASE(an_emulated_server_gets_nothing_and_is_said_at_once)
{
    const Company other;
    std::atomic<unsigned> visit = 0;
    std::promise<bool> was_asked;
    const Stage server = stage([&](Actor& actor) {
        v1::Response response = other.welcome(actor.exporter());
        response.set_id(actor.read()->id());
        actor.say(response);
        const bool asks = actor.read().has_value();
        if (visit++ == 0)
            was_asked.set_value(asks);
    });
    const auto one = open(server);
    const Instant begun = Clock::now();
    const auto given = one->checkout(wish(), false);
    BOOST_REQUIRE(!given.has_value());
    BOOST_TEST((given.error().setback == Setback::wrong_server));
    BOOST_TEST(given.error().why.code() == "NOT_GENUINE");
    BOOST_TEST((Clock::now() - begun < 9s)); // Not after the whole patience of a call.
    BOOST_TEST(!was_asked.get_future().get());
}

BOOST_AUTO_TEST_CASE(a_server_that_is_replaced_by_another_is_called_back_once_and_seats_live_on)
{
    const Company other;
    std::atomic<unsigned> visit = 0;
    const auto play = genuine();
    const Stage server = stage([&](Actor& actor) {
        const unsigned number = visit++;
        if (number == 0)
            return after_greeting([](Actor& crashing) { crashing.say(answer(*crashing.read())); })(
                actor);
        if (number > 1)
            return play(actor);
        v1::Response response = other.welcome(actor.exporter());
        response.set_id(actor.read()->id());
        actor.say(response);
        (void)actor.read();
    });
    const auto one = open(server);
    const auto given = one->checkout(wish(), false);
    BOOST_REQUIRE(given.has_value());
    BOOST_TEST(heard.await(Kind::server_refused).value().why->code() == "NOT_GENUINE");
    BOOST_TEST((one->look(given->number)->state == Seat::State::held));
    BOOST_TEST(heard.await(Kind::reconnected).has_value());
    BOOST_TEST(heard.count(Kind::server_refused) == 0U);
}

BOOST_AUTO_TEST_CASE(a_credential_that_is_gone_turns_a_holder_away_with_the_servers_words)
{
    std::atomic<unsigned> visit = 0;
    const Stage server = stage([&](Actor& actor) {
        if (visit++ == 0)
            return after_greeting([](Actor& crashing) { crashing.say(answer(*crashing.read())); })(
                actor);
        v1::Response response;
        response.set_id(actor.read()->id());
        response.mutable_refused()->set_code("UNKNOWN_CREDENTIAL");
        response.mutable_refused()->set_text("this key was revoked");
        actor.say(response);
        (void)actor.read();
    });
    const auto one = open(server);
    BOOST_REQUIRE(one->checkout(wish(), false).has_value());
    BOOST_TEST(heard.await(Kind::turned_away).value().why->text() == "this key was revoked");
    const auto second = one->checkout(wish(), false);
    BOOST_REQUIRE(!second.has_value());
    BOOST_TEST((second.error().setback == Setback::turned_away));
    BOOST_TEST(second.error().why.code() == "UNKNOWN_CREDENTIAL");
}

BOOST_AUTO_TEST_CASE(a_child_of_a_fork_can_do_nothing_and_harms_nothing)
{
    const Stage server = stage(genuine());
    const auto one = open(server);
    const auto given = one->checkout(wish(), false);
    BOOST_REQUIRE(given.has_value());
    const pid_t child = ::fork();
    if (child == 0) {
        const bool is_inert = one->is_forked() && !one->look(given->number).has_value() &&
                              one->checkout(wish(), false).error().setback == Setback::forked &&
                              one->checkin(given->number)->setback == Setback::forked;
        ::_exit(is_inert ? 0 : 1);
    }
    int status = -1;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_TEST(status == 0);
    BOOST_TEST(!one->checkin(given->number).has_value());
    BOOST_TEST(heard.count(Kind::disconnected) == 0U);
    BOOST_TEST(server.visitors() == 1U);
}

BOOST_AUTO_TEST_CASE(a_child_that_lives_on_does_not_keep_its_parents_connection_open)
{
    std::atomic<bool> has_ended = false;
    const auto play = genuine();
    const Stage server = stage([&](Actor& actor) {
        play(actor);
        has_ended = true;
    });
    auto one = open(server);
    BOOST_REQUIRE(one->checkout(wish(), false).has_value());
    std::array<int, 2> pipe{};
    BOOST_REQUIRE(::pipe(pipe.data()) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        char byte = 0;
        ::close(pipe[1]);
        ::_exit(::read(pipe[0], &byte, 1) == 1 ? 0 : 1); // Until the parent has looked.
    }
    one.reset();
    const Instant until = Clock::now() + 10s;
    while (!has_ended && Clock::now() < until)
        std::this_thread::yield();
    BOOST_TEST(has_ended.load());
    BOOST_TEST(::write(pipe[1], "x", 1) == 1);
    int status = -1;
    ::waitpid(child, &status, 0);
    BOOST_TEST(status == 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
}

BOOST_AUTO_TEST_SUITE_END()
