#include "daemon/server/requirement_answers.hpp"

#include "daemon/server/translate.hpp"
#include "protocol/frame.hpp"
#include "protocol/limits.hpp"
#include "tests/server/house.hpp"

#include <boost/test/unit_test.hpp>
#include <span>
#include <string>
#include <vector>

using namespace usher;
using namespace usher::server;
using ledger::Model;

namespace {

const std::string longest_name(protocol::name_bytes_max, 'n');

/// A name of the longest, and another one for each number.
std::string long_name(std::size_t number)
{
    std::string name = std::to_string(1'000'000 + number);
    return longest_name.substr(name.size()) + name;
}

/// As long as one can be, and longer than what is told of it.
ledger::RequirementView longest_view(std::size_t number)
{
    ledger::RequirementView view{
        .id = {{{longest_name}, {longest_name}}, {Model::device, long_name(number)}},
        .model = Model::user,
        .need = ledger::units_max,
        .has = ledger::units_max,
        .trigger = ledger::PoolId{longest_name},
        .behind =
            ledger::RequirementId{{{longest_name}, {longest_name}}, {Model::user, longest_name}},
        .because = "user",
        .note = "no eligible consumer",
        .members = 7};
    for (std::size_t i = 0; i < 1000; ++i) {
        view.covers.push_back(
            {{long_name(i)}, {{longest_name}, {longest_name}}, ledger::units_max, true});
        view.foundations.push_back({.of = view.id,
                                    .source = std::string(protocol::source_bytes_max, 's'),
                                    .number = ledger::units_max});
    }
    return view;
}

struct Answering : test::House {
    /// The responses of an answer; each frame is within its bound, or this fails.
    std::vector<v1::Operated> told(const ledger::Answer& answer)
    {
        std::string out;
        append_answer(out, 7, answer, operated(), premises);
        std::vector<v1::Operated> found;
        auto rest = std::as_bytes(std::span(out));
        while (!rest.empty()) {
            const protocol::FrameView frame = protocol::first_frame(rest);
            BOOST_REQUIRE(frame.message.has_value());
            v1::Response response;
            BOOST_REQUIRE(response.ParseFromArray(frame.message->data(),
                                                  static_cast<int>(frame.message->size())));
            BOOST_TEST(response.id() == 7U);
            found.push_back(response.operated());
            rest = rest.subspan(frame.consumed);
        }
        return found;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(requirement_answers, Answering)

BOOST_AUTO_TEST_CASE(a_requirement_is_told_with_what_covers_it_and_who_asks_for_it)
{
    ledger::RequirementView view{
        .id = {{{"acme"}, {"V16"}}, {Model::user, "ann"}},
        .status = ledger::RequirementStatus::partially_licensed,
        .model = Model::user,
        .need = 4,
        .has = 3,
        .covers = {{{"L19"}, {{"acme"}, {"V19"}}, 3, true}},
        .trigger = ledger::PoolId{"L19"},
        .foundations = {{.of = {}, .source = "group", .model = Model::user, .number = 4}},
        .members = 2};
    const auto all = told(ledger::RequirementList{{view}, {}});
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(!all[0].requirement_list().has_after());
    const v1::Requirement& one = all[0].requirement_list().requirements(0);
    BOOST_TEST(
        one.ShortDebugString() ==
        R"(name { product: "V16" vendor: "acme" kind: "user" consumer: "ann" } )"
        R"(status: "partially_licensed" model: "user" need: 4 has: 3 )"
        R"(covers { pool: "L19" product: "V19" vendor: "acme" units: 3 is_downgrade: true } )"
        R"(trigger: "L19" )"
        R"(foundations { source: "group" model: "user" units: 4 confirmed: true } )"
        R"(members: 2)");
}

BOOST_AUTO_TEST_CASE(of_very_long_lists_the_first_are_told_and_how_many_more_there_are)
{
    const auto all = told(ledger::RequirementList{{longest_view(0)}, {}});
    const v1::Requirement& one = all.at(0).requirement_list().requirements(0);
    BOOST_TEST(one.covers_size() == 100);
    BOOST_TEST(one.covers_left_out() == 900U);
    BOOST_TEST(one.foundations_size() == 100);
    BOOST_TEST(one.foundations_left_out() == 900U);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_asked_for_after_the_last_that_did)
{
    ledger::RequirementList list;
    for (std::size_t i = 0; i < 20; ++i)
        list.requirements.push_back(longest_view(i));
    list.after = ledger::RequirementId{{{"acme"}, {"later"}}, {Model::user, "ann"}};
    const auto all = told(list);
    BOOST_REQUIRE(all.size() == 1U);
    const v1::RequirementList& part = all[0].requirement_list();
    BOOST_REQUIRE(part.requirements_size() < 20);
    BOOST_TEST(part.after().consumer() ==
               part.requirements(part.requirements_size() - 1).name().consumer());

    list.requirements.resize(1);
    BOOST_TEST(told(list).at(0).requirement_list().after().product() == "later");
}

BOOST_AUTO_TEST_CASE(a_list_of_nothing_may_go_on)
{
    // All that was looked at is of another status.
    const auto all = told(ledger::RequirementList{
        {}, ledger::RequirementId{{{"acme"}, {"V16"}}, {Model::device, "D500"}}});
    BOOST_TEST(all.at(0).requirement_list().after().consumer() == "D500");
}

BOOST_AUTO_TEST_CASE(an_explanation_fits_whatever_there_is_to_say)
{
    ledger::Explanation explanation{.requirement = longest_view(0)};
    for (std::size_t i = 0; i < 5000; ++i) {
        explanation.because.push_back(long_name(i));
        explanation.obstacles.push_back(long_name(i));
        explanation.what_if.push_back(long_name(i));
    }
    const auto all = told(explanation);
    BOOST_REQUIRE(all.size() == 1U);
    const v1::RequirementExplained& one = all[0].requirement_explained();
    BOOST_TEST(one.because_size() > 900);
    BOOST_TEST(one.because(0) == long_name(0));
    BOOST_TEST(one.obstacles_size() > 900);
    BOOST_TEST(one.what_if_size() > 900);
}

BOOST_AUTO_TEST_CASE(a_report_comes_in_parts_and_all_but_the_last_say_so)
{
    ledger::Compliance report;
    for (std::size_t i = 0; i < 20'000; ++i)
        report.rows.push_back({.product = {{longest_name}, {long_name(i)}},
                               .owned = ledger::units_max,
                               .used = static_cast<ledger::Units>(i)});
    const auto all = told(report);
    BOOST_REQUIRE(all.size() > 1U);
    std::int64_t next = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const v1::Compliance& part = all[i].compliance();
        BOOST_TEST(part.more() == (i + 1 < all.size()));
        for (const v1::Compliance::Row& row : part.rows())
            BOOST_REQUIRE(row.used() == next++);
    }
    BOOST_TEST(next == 20'000);
}

BOOST_AUTO_TEST_CASE(a_report_of_nothing_is_one_part)
{
    const auto all = told(ledger::Compliance{});
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].has_compliance());
    BOOST_TEST(!all[0].compliance().more());
}

BOOST_AUTO_TEST_SUITE_END()
