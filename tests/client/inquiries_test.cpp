#include "client/inquiries.hpp"

#include "tests/client/talk.hpp"

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;

namespace {

struct Asking {
    Inquiries inquiries;
    std::uint64_t request = 0;

    InquiryNumber add(Duration allowance = Duration(0))
    {
        v1::Request asked;
        asked.mutable_lease_list()->set_after(7);
        return inquiries.add(std::move(asked), allowance);
    }
    v1::Request ask()
    {
        const auto number = inquiries.next();
        BOOST_REQUIRE(number.has_value());
        v1::Request asked = inquiries.begin(*number, noon);
        inquiries.sent(*number, ++request);
        return asked;
    }
    bool hear(std::uint64_t id, const char* no = nullptr)
    {
        v1::Response response;
        response.set_id(id);
        if (no != nullptr)
            *response.mutable_refused() = refusal(no);
        else
            response.mutable_done();
        return inquiries.take(response);
    }
    bool is_answered(InquiryNumber number) { return inquiries.find(number)->answer.has_value(); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(asking, Asking)

BOOST_AUTO_TEST_CASE(a_question_is_asked_once_and_its_answer_is_its_own)
{
    const InquiryNumber first = add();
    const InquiryNumber second = add();
    BOOST_TEST(ask().lease_list().after() == 7U);
    ask();
    BOOST_TEST(!inquiries.next().has_value());
    BOOST_TEST(hear(2));
    BOOST_TEST(!is_answered(first));
    BOOST_TEST(is_answered(second));
    BOOST_TEST(!hear(2));
    BOOST_TEST(!hear(0));
}

BOOST_AUTO_TEST_CASE(what_is_not_answered_is_asked_again_on_a_fresh_connection)
{
    const InquiryNumber first = add();
    ask();
    inquiries.forget_questions();
    BOOST_TEST(!hear(1)); // It belonged to the other connection.
    inquiries.ask_anew();
    ask();
    BOOST_TEST(hear(2));
    BOOST_TEST(inquiries.find(first)->times_sent == 2U);
    inquiries.ask_anew();
    BOOST_TEST(!inquiries.next().has_value());
}

BOOST_AUTO_TEST_CASE(a_server_that_goes_has_not_answered)
{
    const InquiryNumber first = add();
    ask();
    BOOST_TEST(hear(1, "SERVER_ENDING"));
    BOOST_TEST(!is_answered(first));
    BOOST_TEST(!inquiries.next().has_value()); // Not of this one.
    inquiries.ask_anew();
    ask();
    BOOST_TEST(hear(2, "UNKNOWN_POOL"));
    BOOST_TEST(is_answered(first));
}

BOOST_AUTO_TEST_CASE(who_does_not_wait_any_more_asks_nothing)
{
    const InquiryNumber first = add();
    ask();
    inquiries.forget(first);
    BOOST_TEST(!hear(1));
    BOOST_TEST(!inquiries.needs().line);
    inquiries.sent(first, 9); // Forgotten while it was being sent.
}

BOOST_AUTO_TEST_CASE(a_question_needs_the_line_until_it_is_answered_and_may_be_allowed_more_time)
{
    BOOST_TEST(!inquiries.needs().line);
    add(10s);
    BOOST_TEST(inquiries.needs().line);
    BOOST_TEST(!inquiries.needs().unanswered.has_value());
    ask();
    BOOST_TEST((inquiries.needs().unanswered == noon + 10s));
    hear(1);
    BOOST_TEST(!inquiries.needs().line);
    BOOST_TEST(!inquiries.needs().unanswered.has_value());
}

BOOST_AUTO_TEST_CASE(sixteen_are_under_way_at_once)
{
    for (std::size_t i = 0; i <= Inquiries::unanswered_max; ++i)
        add();
    for (std::size_t i = 0; i < Inquiries::unanswered_max; ++i)
        ask();
    BOOST_TEST(!inquiries.next().has_value());
    hear(1);
    ask();
}

BOOST_AUTO_TEST_SUITE_END()
