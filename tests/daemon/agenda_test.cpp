#include "daemon/agenda.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>

namespace {

using namespace usher;
using namespace std::chrono_literals;
using daemon::Agenda;
using ledger::Concern;
using Outcome = Agenda::Outcome;

const ledger::CalendarInstant noon{std::chrono::sys_days{std::chrono::year{2030} / 6 / 1} + 12h};

/// A host, and what goes by after noon.
struct Desk {
    Agenda agenda{noon};
    ledger::Duration passed{};

    [[nodiscard]] ledger::Now now() const
    {
        return {noon + passed, ledger::SteadyInstant(1h + passed)};
    }
    static Concern active(const std::string& license, std::uint64_t number = 1)
    {
        return {.license = {license},
                .issuer = "usher://issuer",
                .number = number,
                .due = {},
                .has_lapsed = false,
                .shown = {},
                .receipt = nullptr};
    }
    static Concern receipt(const std::string& license)
    {
        Concern concern = active(license);
        concern.receipt = std::make_shared<const std::string>("receipt");
        return concern;
    }
    /// The licenses that are due, in their order.
    std::string due(const ledger::Concerns& concerns)
    {
        std::string names;
        for (const Concern& concern : agenda.due(concerns, now()))
            names += concern.license.text + (concern.receipt ? "'" : "");
        return names;
    }
    void note(const Concern& concern, Outcome outcome) { agenda.note(concern, outcome, now()); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(agenda, Desk)

BOOST_AUTO_TEST_CASE(what_is_active_is_shown_once_in_each_run)
{
    BOOST_TEST(due({active("A"), active("B")}) == "AB");
    note(active("A"), Outcome::said_yes);
    BOOST_TEST(due({active("A"), active("B")}) == "B");
    passed = 24h * 365;
    BOOST_TEST(due({active("A")}).empty());
}

BOOST_AUTO_TEST_CASE(what_was_activated_anew_is_shown_at_once)
{
    note(active("A", 1), Outcome::said_no);
    BOOST_TEST(due({active("A", 1)}).empty());
    BOOST_TEST(due({active("A", 2)}) == "A");
}

BOOST_AUTO_TEST_CASE(what_is_due_is_shown_when_it_is)
{
    Concern one = active("A");
    one.due = noon + 48h;
    note(one, Outcome::said_yes);
    passed = 48h - 1us;
    BOOST_TEST(due({one}).empty());
    passed = 48h;
    BOOST_TEST(due({one}) == "A");
    note(one, Outcome::said_yes);
    one.due = noon + 96h;
    BOOST_TEST(due({one}).empty());
}

BOOST_AUTO_TEST_CASE(who_does_not_answer_is_tried_each_minute)
{
    BOOST_TEST(due({active("A")}) == "A");
    note(active("A"), Outcome::missed);
    passed = 1min - 1us;
    BOOST_TEST(due({active("A")}).empty());
    passed = 1min;
    BOOST_TEST(due({active("A")}) == "A");
}

BOOST_AUTO_TEST_CASE(a_no_is_asked_about_each_hour_until_it_heals)
{
    Concern one = active("A");
    note(one, Outcome::said_no);
    one.has_lapsed = true;
    passed = 1h - 1us;
    BOOST_TEST(due({one}).empty());
    passed = 1h;
    BOOST_TEST(due({one}) == "A");
    note(one, Outcome::said_yes);
    one.has_lapsed = false;
    passed = 2h;
    BOOST_TEST(due({one}).empty());
}

BOOST_AUTO_TEST_CASE(an_issuer_that_will_not_say_is_asked_each_hour)
{
    note(active("A"), Outcome::refused);
    passed = 1h - 1us;
    BOOST_TEST(due({active("A")}).empty());
    passed = 1h;
    BOOST_TEST(due({active("A")}) == "A");
}

BOOST_AUTO_TEST_CASE(a_showing_that_an_operator_has_in_hand_is_left_alone_for_a_moment)
{
    passed = 1h;
    Concern one = active("A");
    one.shown = noon + passed;
    BOOST_TEST(due({one}).empty());
    passed += Agenda::in_hand;
    BOOST_TEST(due({one}) == "A");
    one.shown = noon - 1us; // Of the run before, which has died.
    passed = 0s;
    BOOST_TEST(due({one}) == "A");
}

BOOST_AUTO_TEST_CASE(a_receipt_is_brought_until_it_is_no_concern_any_more)
{
    BOOST_TEST(due({active("A"), receipt("A")}) == "AA'");
    note(active("A"), Outcome::said_yes);
    note(receipt("A"), Outcome::missed);
    passed = 1min;
    BOOST_TEST(due({active("A"), receipt("A")}) == "A'");
    BOOST_TEST(due({active("A")}).empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_concern_any_more_is_forgotten)
{
    note(active("A"), Outcome::said_yes);
    BOOST_TEST(due({}).empty());
    BOOST_TEST(due({active("A")}) == "A");
}

BOOST_AUTO_TEST_CASE(one_issuer_is_told_all_at_once)
{
    Concern other = active("B");
    other.issuer = "usher://another";
    BOOST_TEST(due({active("A"), other, active("C")}) == "BAC");
}

BOOST_AUTO_TEST_SUITE_END()
