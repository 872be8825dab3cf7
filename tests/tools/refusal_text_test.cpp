#include "tests/tools/picture.hpp"
#include "tools/refusal_text.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace usher;

namespace {

struct AllSeatsHeld {
    v1::Refused refused;
    std::ostringstream out;
    std::ostringstream err;
    tools::Terminal terminal{"usher", out, err};

    AllSeatsHeld()
    {
        refused.set_code("NO_FREE_SEAT");
        refused.set_text("no free seats available: 2 of 2 units of PROSession are held");
        refused.set_subject("PROSession");
        refused.set_detail("of 3");
        refused.set_because("EXPIRED");
        refused.set_stock(2);
        refused.set_held(2);
        v1::Holder& holder = *refused.add_holders();
        holder.set_user("daisy");
        holder.set_device("desk-1");
        holder.set_lease("00000000000000a1");
        holder.set_units(2);
        holder.set_since_us(test::noon_us);
        refused.add_cures("wait for one: --wait");
        refused.add_cures("ask a holder to give a seat back");
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(refusals, AllSeatsHeld)

BOOST_AUTO_TEST_CASE(people_are_told_the_code_who_holds_and_what_would_help)
{
    say(terminal, refused);

    BOOST_TEST(err.str() ==
               "usher: error: NO_FREE_SEAT: no free seats available: 2 of 2 units of PROSession "
               "are held\n"
               "usher: held by daisy on desk-1 since 2030-01-15T12:00:00Z: 2 units, lease "
               "00000000000000a1\n"
               "usher: hint: wait for one: --wait\n"
               "usher: hint: ask a holder to give a seat back\n");
    BOOST_TEST(out.str().empty());
}

BOOST_AUTO_TEST_CASE(programs_are_told_the_same)
{
    BOOST_TEST(
        tools::to_text(tools::refusal_json(refused)) ==
        R"({"code":"NO_FREE_SEAT",)"
        R"("text":"no free seats available: 2 of 2 units of PROSession are held",)"
        R"("subject":"PROSession","detail":"of 3","because":"EXPIRED",)"
        R"("stock":2,"held":2,"want":null,"short":null,"queue":null,)"
        R"("host":null,"retry_at":null,)"
        R"("holders":[{"user":"daisy","device":"desk-1","lease":"00000000000000a1","units":2,)"
        R"("since":"2030-01-15T12:00:00Z"}],)"
        R"("cures":["wait for one: --wait","ask a holder to give a seat back"]})");
}

BOOST_AUTO_TEST_CASE(a_hostile_holder_cannot_forge_a_line)
{
    refused.mutable_holders(0)->set_user("x\nusher: error: all is lost");
    refused.set_text("of \x1b[31mred");

    say(terminal, refused);

    BOOST_TEST(err.str().find("\nusher: error: all") == std::string::npos);
    BOOST_TEST(err.str().find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
