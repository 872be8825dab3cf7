#include "client/courier.hpp"

#include "tests/client/genuine.hpp"

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;

namespace {

/// An issuer that a test writes itself.
struct Post : Genuine {
    /// What comes of an errand to `stage`.
    static Errand errand(const Stage& stage, const X509* pinned, const Patience& patience)
    {
        return carry(to_text(stage.address(pinned)), "document", "courier 1", patience);
    }
    static Failure failure(const Errand& errand)
    {
        BOOST_REQUIRE(std::holds_alternative<Failure>(errand));
        BOOST_TEST(!std::get<Failure>(errand).cure.empty());
        return std::get<Failure>(errand);
    }

    /// Greets, and answers the errand as `reply` says.
    [[nodiscard]] Stage issuer(std::function<void(v1::Response&, const v1::Request&)> reply)
    {
        return stage([this, reply = std::move(reply)](Actor& actor) {
            const auto hello = actor.read();
            if (!hello)
                return;
            v1::Response welcome = company.welcome(actor.exporter());
            welcome.set_id(hello->id());
            actor.say(welcome);
            const auto question = actor.read();
            if (!question)
                return;
            v1::Response response;
            response.set_id(question->id());
            reply(response, *question);
            actor.say(response);
            (void)actor.read_some();
        });
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(courier, Post)

BOOST_AUTO_TEST_CASE(it_brings_a_document_and_comes_back_with_the_answer)
{
    const Stage there = issuer([](v1::Response& response, const v1::Request& question) {
        response.mutable_carried()->set_document("answer to " + question.carry().document());
    });
    const Errand come = errand(there, ca(), patience());
    BOOST_TEST(std::get<std::string>(come) == "answer to document");
}

BOOST_AUTO_TEST_CASE(a_no_comes_back_as_it_was_said)
{
    const Stage there = issuer([](v1::Response& response, const v1::Request&) {
        response.mutable_refused()->set_code("DOCUMENT_USED");
        response.mutable_refused()->set_text("it has ended");
    });
    const Errand come = errand(there, ca(), patience());
    BOOST_TEST(std::get<v1::Refused>(come).code() == "DOCUMENT_USED");
    BOOST_TEST(std::get<v1::Refused>(come).text() == "it has ended");
}

BOOST_AUTO_TEST_CASE(who_is_refused_at_the_greeting_has_not_arrived)
{
    const Stage there = stage([](Actor& actor) {
        const auto hello = actor.read();
        v1::Response response;
        response.set_id(hello ? hello->id() : 0);
        response.mutable_refused()->set_code("UNKNOWN_CREDENTIAL");
        response.mutable_refused()->add_cures("ask the operator");
        actor.say(response);
    });
    const Failure why = failure(errand(there, ca(), patience()));
    BOOST_TEST((why.step == Step::greeting));
    BOOST_TEST(why.refused.value().code() == "UNKNOWN_CREDENTIAL");
}

BOOST_AUTO_TEST_CASE(what_answers_otherwise_is_no_issuer)
{
    const Stage there =
        issuer([](v1::Response& response, const v1::Request&) { response.mutable_done(); });
    BOOST_TEST(
        says(failure(errand(there, ca(), patience())), Step::exchange, "but not as an issuer"));
}

BOOST_AUTO_TEST_CASE(nobody_at_the_port_fails_at_connect)
{
    std::string gone;
    {
        const Stage there(nothing);
        gone = to_text(there.address(ca()));
    }
    const Failure why = failure(carry(gone, "document", "courier 1", patience()));
    BOOST_TEST(says(why, Step::connect, "connection refused"));
}

BOOST_AUTO_TEST_CASE(another_authority_is_told_nothing)
{
    const Stage there = issuer([](v1::Response& response, const v1::Request&) {
        response.mutable_carried()->set_document("forged");
    });
    const auto other = server::make_ca("other", std::chrono::system_clock::now());
    const Errand come = errand(there, other.certificate.get(), patience());
    BOOST_TEST((failure(come).step == Step::pin));
}

BOOST_AUTO_TEST_CASE(garbage_is_no_answer)
{
    const Stage web([](Actor& actor) {
        (void)actor.read_some();
        actor.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    BOOST_TEST((failure(errand(web, ca(), patience())).step == Step::tls));
    const Stage babbler = stage([](Actor& actor) {
        (void)actor.read();
        actor.write("\xff\xff\xff\xff garbage");
        (void)actor.read_some();
    });
    BOOST_TEST((failure(errand(babbler, ca(), patience())).step == Step::greeting));
}

BOOST_AUTO_TEST_CASE(who_says_nothing_is_not_waited_for_longer_than_one_has_patience)
{
    const Stage silent = stage([](Actor& actor) {
        while (!actor.read_some().empty())
            continue;
    });
    const Failure why = failure(errand(silent, ca(), patience(100ms)));
    BOOST_TEST(says(why, Step::greeting, "did not answer in time"));
    const Stage hanging([](Actor& actor) {
        while (!actor.read_some().empty())
            continue;
    });
    BOOST_TEST((failure(errand(hanging, ca(), patience(100ms))).step == Step::tls));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_none_is_not_tried)
{
    BOOST_TEST((failure(carry("http://issuer", "document", "courier 1", patience())).step ==
                Step::address));
}

BOOST_AUTO_TEST_SUITE_END()
