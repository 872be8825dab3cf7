#include "tests/client/genuine.hpp"

#include "protocol/limits.hpp"

#include <csignal>
#include <future>
#include <sys/eventfd.h>
#include <unistd.h>

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(line, Genuine)

BOOST_AUTO_TEST_CASE(a_genuine_server_is_believed_and_answers)
{
    const Stage server = stage(genuine());
    Route to = route(server);
    auto line = Line::open(to, patience());
    BOOST_REQUIRE(line.has_value());
    BOOST_TEST(line->welcome().identity() == "anonymous");
    BOOST_TEST(line->welcome().term_ms() == 25'000U);
    BOOST_TEST(!line->welcome().has_proof()); // It has served.
    v1::Request request;
    request.mutable_checkout()->set_lease(std::string(16, 'a'));
    const auto response = line->ask(request, patience());
    BOOST_REQUIRE(response.has_value());
    BOOST_TEST(response->granted().pool() == "pool");
}

BOOST_AUTO_TEST_CASE(the_greeting_says_who_comes)
{
    std::promise<v1::Hello> told;
    const Stage server = stage([&](Actor& actor) {
        if (const auto hello = actor.read())
            told.set_value(hello->hello());
    });
    (void)failure_at(server, ca(), credentials());
    const v1::Hello heard = told.get_future().get();
    BOOST_TEST(heard.client() == "test 1");
    BOOST_TEST(heard.key() == "usher-key-x");
    BOOST_TEST(heard.version() == 1U);
    BOOST_TEST(heard.version_min() == 1U);
}

BOOST_AUTO_TEST_CASE(the_next_connection_resumes_and_is_proven_again)
{
    const Stage server = stage(genuine());
    Route to = route(server);
    {
        auto first = Line::open(to, patience());
        BOOST_REQUIRE(first.has_value());
        BOOST_TEST(!first->is_resumed());
    }
    const auto second = Line::open(to, patience());
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST(second->is_resumed());
    BOOST_TEST(resumed.load());
}

BOOST_AUTO_TEST_CASE(who_names_no_vendor_asks_for_no_proof)
{
    const Stage server = stage([&](Actor& actor) {
        const auto hello = actor.read();
        v1::Response response;
        response.set_id(hello->id());
        response.mutable_welcome()->set_version(1);
        actor.say(response);
        (void)actor.read_some();
    });
    Route to = *Route::prepare(server.address(ca()), {});
    BOOST_TEST(Line::open(to, patience()).has_value());
}

BOOST_AUTO_TEST_CASE(a_local_socket_is_spoken_to_without_tls)
{
    const std::string path = (company.scratch.path() / "usherd.sock").string();
    const Stage server(
        [&](Actor& actor) {
            v1::Response response;
            response.set_id(actor.read()->id());
            response.mutable_welcome()->set_version(1);
            actor.say(response);
            (void)actor.read_some();
        },
        path);
    Route to = *Route::prepare(SocketAddress{path}, {});
    BOOST_TEST(Line::open(to, patience()).has_value());
    Route strict = *Route::prepare(SocketAddress{path}, credentials());
    const auto line = Line::open(strict, patience());
    BOOST_REQUIRE(!line.has_value());
    BOOST_TEST(says(line.error(), Step::proof, "over a local socket a server cannot prove"));
}

BOOST_AUTO_TEST_CASE(messages_in_crumbs_and_messages_in_one_lump_are_the_same)
{
    const Stage server = stage([&](Actor& actor) {
        v1::Response response = company.welcome(actor.exporter());
        response.set_id(actor.read()->id());
        std::string bytes = frame_of(response);
        for (std::size_t at = 0; at < bytes.size(); at += 7)
            actor.write(std::string_view(bytes).substr(at, 7));
        bytes.clear();
        for (const char* mode : {"maintenance", "serving"}) {
            v1::Response notice;
            notice.mutable_mode_changed()->set_mode(mode);
            bytes += frame_of(notice);
        }
        actor.write(bytes);
        (void)actor.read_some();
    });
    Route to = route(server);
    auto line = Line::open(to, patience());
    BOOST_REQUIRE(line.has_value());
    for (const char* mode : {"maintenance", "serving"}) {
        const auto notice = line->receive(patience());
        BOOST_REQUIRE((notice.has_value() && *notice));
        BOOST_TEST((*notice)->mode_changed().mode() == mode);
    }
}

BOOST_AUTO_TEST_CASE(what_comes_while_an_answer_is_waited_for_is_kept)
{
    const Stage server = stage([&](Actor& actor) {
        v1::Response response = company.welcome(actor.exporter());
        response.set_id(actor.read()->id());
        actor.say(response);
        const auto request = actor.read();
        v1::Response notice;
        notice.mutable_mode_changed()->set_mode("maintenance");
        actor.say(notice);
        actor.say(answer(*request));
        (void)actor.read_some();
    });
    Route to = route(server);
    auto line = Line::open(to, patience());
    BOOST_REQUIRE(line.has_value());
    v1::Request request;
    request.mutable_checkin()->set_lease(std::string(16, 'a'));
    const auto response = line->ask(request, patience());
    BOOST_REQUIRE(response.has_value());
    BOOST_TEST(response->has_done());
    const auto notice = line->receive(patience());
    BOOST_REQUIRE((notice.has_value() && *notice));
    BOOST_TEST((*notice)->has_mode_changed());
}

BOOST_AUTO_TEST_CASE(a_status_in_parts_is_put_together)
{
    const Stage server = stage([&](Actor& actor) {
        v1::Response response = company.welcome(actor.exporter());
        response.set_id(actor.read()->id());
        actor.say(response);
        const auto request = actor.read();
        for (int part = 0; part < 3; ++part) {
            v1::Response piece;
            piece.set_id(request->id());
            v1::StatusPart& status = *piece.mutable_operated()->mutable_status();
            status.set_more(part < 2);
            if (part == 0)
                status.set_mode("serving");
            status.add_leases()->set_id(std::to_string(part));
            actor.say(piece);
        }
        (void)actor.read_some();
    });
    Route to = route(server);
    auto line = Line::open(to, patience());
    BOOST_REQUIRE(line.has_value());
    v1::Request request;
    request.mutable_operate()->mutable_look();
    const auto response = line->ask(request, patience());
    BOOST_REQUIRE(response.has_value());
    const v1::StatusPart& status = response->operated().status();
    BOOST_TEST(status.mode() == "serving");
    BOOST_TEST(!status.more());
    BOOST_REQUIRE(status.leases_size() == 3);
    BOOST_TEST(status.leases(2).id() == "2");
}

BOOST_AUTO_TEST_CASE(a_server_that_ends_the_connection_instead_of_answering_is_quoted)
{
    const Stage server = stage([&](Actor& actor) {
        v1::Response response = company.welcome(actor.exporter());
        response.set_id(actor.read()->id());
        actor.say(response);
        (void)actor.read();
        v1::Response ending;
        ending.mutable_ending()->set_reason("stopping");
        actor.say(ending);
    });
    Route to = route(server);
    auto line = Line::open(to, patience());
    BOOST_REQUIRE(line.has_value());
    v1::Request request;
    request.mutable_leave();
    const auto response = line->ask(request, patience());
    BOOST_REQUIRE(!response.has_value());
    BOOST_TEST(says(response.error(), Step::exchange, "stopping"));
}

BOOST_AUTO_TEST_CASE(a_server_that_goes_away_is_a_failure_and_no_signal)
{
    const Stage server = stage([&](Actor& actor) {
        v1::Response response = company.welcome(actor.exporter());
        response.set_id(actor.read()->id());
        actor.say(response);
    });
    const auto before = ::signal(SIGPIPE, SIG_DFL); // The signal would end this very test.
    Route to = route(server);
    auto line = Line::open(to, patience());
    BOOST_REQUIRE(line.has_value());
    const auto received = line->receive(patience());
    BOOST_REQUIRE(!received.has_value());
    BOOST_TEST(says(received.error(), Step::exchange, "the other end has closed it"));
    v1::Request request;
    request.mutable_leave();
    bool failed = false;
    for (int attempt = 0; attempt < 100 && !failed; ++attempt)
        failed = !line->send(request, patience()).has_value();
    BOOST_TEST(failed);
    ::signal(SIGPIPE, before);
}

BOOST_AUTO_TEST_CASE(a_wait_ends_when_it_is_woken_and_when_its_time_is_over)
{
    const Stage server = stage(genuine());
    Route to = route(server);
    auto line = Line::open(to, patience());
    BOOST_REQUIRE(line.has_value());
    const auto late = line->receive(patience(1ms));
    BOOST_TEST((late.has_value() && !*late));
    const int bell = ::eventfd(1, EFD_CLOEXEC);
    const auto woken = line->receive({Clock::now() + 1h, bell});
    BOOST_TEST((woken.has_value() && !*woken));
    ::close(bell);
}

BOOST_AUTO_TEST_CASE(a_request_that_no_message_holds_is_not_sent)
{
    const Stage server = stage(genuine());
    Route to = route(server);
    auto line = Line::open(to, patience());
    BOOST_REQUIRE(line.has_value());
    v1::Request request;
    request.mutable_checkout()->set_profile(std::string(protocol::frame_bytes_max, 'p'));
    const auto response = line->ask(request, patience());
    BOOST_REQUIRE(!response.has_value());
    BOOST_TEST(says(response.error(), Step::exchange, "too long"));
}

BOOST_AUTO_TEST_SUITE_END()
