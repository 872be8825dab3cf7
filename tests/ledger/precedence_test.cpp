#include "tests/ledger/answer_text.hpp"
#include "tests/ledger/scene.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>

/// Where two reasons to say no meet, the one that a checkout looks at first is told (A-Q14).
namespace {

using namespace usher::ledger;
using namespace usher::ledger::test;

/// A house in which one checkout would be served, until it is spoilt.
struct Spoilt {
    Scene scene{1};
    Entitlement license{.id = {"L"}, .root = {"L"}, .product = {{"acme"}, {"Pro"}}};
    Checkout checkout{.asker = {{"key:app"}, {1}},
                      .id = lease_id("a"),
                      .tag = lease_tag(lease_id("a")),
                      .profile = {"P"},
                      .party = {},
                      .user = {"ann"},
                      .device = {"d"}};
    std::optional<ProductName> foundation;
    std::vector<std::function<void(Spoilt&)>> later; ///< What is spoilt once the license is there.

    Answer answer()
    {
        license.quantity = license.quantity.value_or(1);
        license.document = std::make_shared<const std::string>("license");
        scene.ask(Install{{"root"}, license, Metric::lease, foundation, {"P"}});
        for (const auto& spoil : later)
            spoil(*this);
        return scene.ask(checkout);
    }

    void hold(const std::string& name)
    {
        Checkout other = checkout;
        other.id = lease_id(name);
        other.tag = lease_tag(other.id);
        other.user = {"bob"};
        other.units = 1;
        other.profile = {"P"};
        scene.ask(other);
    }

    void in_maintenance(const std::function<void()>& work, bool stays)
    {
        const bool was_on = scene.picture().mode == Mode::maintenance;
        if (!was_on)
            scene.ask(SetMode{{"root"}, Mode::maintenance});
        work();
        if (!was_on && !stays)
            scene.ask(SetMode{{"root"}, Mode::serving});
    }
};

struct Reason {
    Code code;
    std::function<void(Spoilt&)> spoil;
};

/// In the order in which a checkout looks at them. Each spoils the house in one way; two of the
/// same license's end and beginning cannot meet, and a lock cannot come before what it locks.
const std::vector<Reason> reasons{
    {Code::bad_quantity, [](Spoilt& s) { s.checkout.units = 0; }},
    {Code::in_maintenance,
     [](Spoilt& s) { s.later.push_back([](Spoilt& t) { t.in_maintenance([] {}, true); }); }},
    {Code::unknown_profile, [](Spoilt& s) { s.checkout.profile = {"Nope"}; }},
    {Code::not_registered_user,
     [](Spoilt& s) {
         s.later.push_back([](Spoilt& t) {
             t.in_maintenance(
                 [&t] {
                     t.scene.ask(SetUsers{{"root"}, {"L"}, std::set{UserName{"bob"}}});
                 },
                 false);
         });
     }},
    {Code::nodelock_mismatch,
     [](Spoilt& s) {
         s.license.lock = NodeLock::machine;
         s.license.on_this_node = true;
         s.later.push_back([](Spoilt& t) { t.scene.ask(Start{{{{"L"}, false}}}); });
     }},
    {Code::expired,
     [](Spoilt& s) {
         s.license.to = noon + 1s;
         s.later.push_back([](Spoilt& t) { t.scene.pass(1s); });
     }},
    {Code::not_active_here, [](Spoilt& s) { s.foundation = ProductName{"Missing"}; }},
    {Code::no_free_seat,
     [](Spoilt& s) { s.later.insert(s.later.begin(), [](Spoilt& t) { t.hold("b"); }); }},
};

} // namespace

BOOST_AUTO_TEST_SUITE(precedence)

BOOST_AUTO_TEST_CASE(an_unspoilt_house_serves)
{
    Spoilt unspoilt;
    BOOST_TEST(std::holds_alternative<Granted>(unspoilt.answer()));
}

BOOST_AUTO_TEST_CASE(each_reason_alone_is_told)
{
    for (const Reason& reason : reasons) {
        Spoilt house;
        reason.spoil(house);
        const Answer answer = house.answer();
        const auto* refusal = std::get_if<Refusal>(&answer);
        BOOST_TEST((refusal && refusal->code == reason.code), word(reason.code)
                                                                  << " but: " << to_words(answer));
    }
}

BOOST_AUTO_TEST_CASE(of_two_the_first_is_told)
{
    for (std::size_t first = 0; first < reasons.size(); ++first)
        for (std::size_t second = first + 1; second < reasons.size(); ++second) {
            Spoilt house;
            reasons[first].spoil(house);
            reasons[second].spoil(house);
            const Answer answer = house.answer();
            const auto* refusal = std::get_if<Refusal>(&answer);
            BOOST_TEST((refusal && refusal->code == reasons[first].code),
                       word(reasons[first].code) << " before " << word(reasons[second].code)
                                                 << " but: " << to_words(answer));
        }
}

BOOST_AUTO_TEST_CASE(the_codes_stand_in_that_order)
{
    BOOST_TEST(std::ranges::is_sorted(reasons, {}, &Reason::code));
}

BOOST_AUTO_TEST_CASE(a_retry_is_answered_before_anything_else)
{
    Spoilt house;
    BOOST_TEST(std::holds_alternative<Granted>(house.answer()));
    house.scene.ask(SetMode{{"root"}, Mode::maintenance});
    BOOST_TEST(std::holds_alternative<Granted>(house.scene.ask(house.checkout)));
}

BOOST_AUTO_TEST_SUITE_END()
