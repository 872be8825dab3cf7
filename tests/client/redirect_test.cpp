#include "client/attendant.hpp"

#include "client/door.hpp"
#include "daemon/trust/redirect.hpp"
#include "tests/client/genuine.hpp"
#include "tests/client/listening.hpp"

#include <atomic>

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;

/// A server that has moved, the one that it has moved to, and an application that holds a seat.
namespace {

using Kind = Event::Kind;

struct Moving : Genuine {
    Genuine there;
    Listening heard;

    [[nodiscard]] std::string redirect_to(const Stage& stage, const trust::PublicKey& node,
                                          const trust::Node& signer) const
    {
        return trust::sign_redirect(
            {.node = node,
             .uri = to_text(stage.address(there.ca())),
             .made = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())},
            signer);
    }
    [[nodiscard]] std::string redirect_to(const Stage& stage) const
    {
        return redirect_to(stage, there.company.node.key(), company.node);
    }

    /// Greets, and answers each request as `House` does; says `notice` behind the first answer.
    Stage::Play departing(std::function<v1::Response()> notice)
    {
        return [this, notice = std::move(notice)](Actor& actor) {
            const auto hello = actor.read();
            if (!hello)
                return;
            v1::Response welcome = company.welcome(actor.exporter());
            welcome.set_id(hello->id());
            actor.say(welcome);
            if (const auto request = actor.read())
                actor.say(answer(*request));
            actor.say(notice());
            while (const auto request = actor.read())
                actor.say(answer(*request));
        };
    }

    std::unique_ptr<Attendant> open(const Stage& stage, Duration patience = 10s)
    {
        Attendant::Settings settings;
        settings.pause_max = pause_max;
        settings.listener = heard.listener();
        client::Credentials both = credentials();
        both.vendors.push_back(there.company.vendor_key());
        Route route = *Route::prepare(stage.address(ca()), std::move(both));
        return std::make_unique<Attendant>(std::make_unique<RouteDoor>(std::move(route), patience),
                                           settings);
    }
    static Wish wish() { return {.profile = "P", .user = "daisy", .device = "d", .party = {}}; }
};

v1::Response redirected(const std::string& document)
{
    v1::Response response;
    response.mutable_redirected()->set_document(document);
    return response;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(redirect, Moving)

BOOST_AUTO_TEST_CASE(a_seat_goes_along_with_its_id)
{
    const Stage target = there.stage(there.genuine());
    const Stage source = stage(departing([&] { return redirected(redirect_to(target)); }));
    const auto one = open(source);
    const auto given = one->checkout(wish(), false);
    BOOST_REQUIRE(given.has_value());
    const std::string id = bytes_of(*one->look(given->number));

    BOOST_TEST(heard.await(Kind::moved).value().reason ==
               "127.0.0.1:" + std::to_string(target.port()));
    BOOST_REQUIRE(heard.await(Kind::reconnected).has_value());
    const v1::Request asked_first = there.first_asked();
    BOOST_REQUIRE(asked_first.renew().leases_size() == 1);
    BOOST_TEST(asked_first.renew().leases(0) == id);
    BOOST_TEST((one->look(given->number)->state == Seat::State::held));
    BOOST_TEST(heard.count(Kind::lost) == 0U);
}

BOOST_AUTO_TEST_CASE(what_the_old_server_did_not_decide_is_asked_at_the_new_one)
{
    const Stage target = there.stage(there.genuine());
    const Stage source = stage([&](Actor& actor) {
        const auto hello = actor.read();
        v1::Response welcome = company.welcome(actor.exporter());
        welcome.set_id(hello->id());
        actor.say(welcome);
        const auto request = actor.read();
        v1::Response no;
        no.set_id(request->id());
        no.mutable_refused()->set_code("SERVER_DEPARTED");
        no.mutable_refused()->set_redirect(redirect_to(target));
        actor.say(no);
        (void)actor.read_some();
    });
    const auto given = open(source)->checkout(wish(), false);
    BOOST_TEST(given.has_value());
    BOOST_TEST(there.first_asked().has_checkout());
}

BOOST_AUTO_TEST_CASE(nobody_is_sent_away_by_a_strangers_signature)
{
    const Stage target = there.stage(there.genuine());
    const trust::Node& stranger = there.company.node;
    const Stage source = stage(
        departing([&] { return redirected(redirect_to(target, company.node.key(), stranger)); }));
    const auto one = open(source);
    BOOST_REQUIRE(one->checkout(wish(), false).has_value());
    // The answer comes behind the notice. Had it been believed, the seat would go back there.
    BOOST_TEST(!one->checkin(1).has_value());
    BOOST_TEST(heard.count(Kind::moved) == 0U);
    BOOST_TEST(target.visitors() == 0U);
}

BOOST_AUTO_TEST_CASE(at_the_new_address_the_node_must_be_the_one_that_was_named)
{
    const Stage target = there.stage(there.genuine());
    tests::Scratch scratch;
    const trust::Node other = trust::Node::open(
        scratch.path(), {{"machine_id", "m-2", ""}, {"mac", "02:00:00:00:00:02", ""}});
    std::atomic<unsigned> visit = 0;
    const auto play = genuine();
    const auto once =
        departing([&] { return redirected(redirect_to(target, other.key(), company.node)); });
    const Stage source = stage([&](Actor& actor) { visit++ == 0 ? once(actor) : play(actor); });
    const auto one = open(source);
    BOOST_REQUIRE(one->checkout(wish(), false).has_value());
    BOOST_TEST(heard.await(Kind::server_refused).value().why->code() == "NOT_GENUINE");
    BOOST_TEST(heard.await(Kind::reconnected).has_value()); // At the signpost.
    const std::lock_guard lock(there.guard);
    BOOST_TEST(there.asked.empty());
}

BOOST_AUTO_TEST_CASE(where_the_new_address_does_not_answer_the_old_one_is_asked_again)
{
    auto target = std::make_unique<Stage>(there.company.certificate, there.tls(), nothing);
    const std::string document = redirect_to(*target);
    target.reset();
    std::atomic<unsigned> visit = 0;
    const auto play = genuine();
    const auto once = departing([&] { return redirected(document); });
    const Stage source = stage([&](Actor& actor) { visit++ == 0 ? once(actor) : play(actor); });
    const auto one = open(source, 0s);
    const auto given = one->checkout(wish(), false);
    BOOST_REQUIRE(given.has_value());
    BOOST_TEST(heard.await(Kind::moved).has_value());
    BOOST_TEST(heard.await(Kind::reconnected).has_value());
    BOOST_TEST((one->look(given->number)->state == Seat::State::held));
}

BOOST_AUTO_TEST_CASE(a_server_that_still_arrives_is_tried_again_soon)
{
    std::atomic<unsigned> visit = 0;
    const auto play = genuine();
    const Stage server = stage([&](Actor& actor) {
        if (visit++ > 0)
            return play(actor);
        v1::Response no;
        no.set_id(actor.read()->id());
        no.mutable_refused()->set_code("SERVER_ARRIVING");
        actor.say(no);
        (void)actor.read_some();
    });
    BOOST_TEST(open(server)->checkout(wish(), false).has_value());
    BOOST_TEST(visit.load() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
