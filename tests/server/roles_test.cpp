#include "daemon/server/roles.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

using namespace usher;
using ledger::Role;

namespace {

/// Who may ask what, written down a second time and by hand: the one text against which the
/// daemon's own table is held.
const std::map<std::string, Role> needs{
    {"hello", Role::application},
    {"checkout", Role::application},
    {"renew", Role::application},
    {"checkin", Role::application},
    {"leave", Role::application},
    {"carry", Role::application},
    {"register", Role::application},
    {"checkin_many", Role::application},
    {"lease_list", Role::application},
    {"state_ask", Role::application},
    {"look", Role::viewer},
    {"explain_refusals", Role::viewer},
    {"node_show", Role::viewer},
    {"revoke", Role::operator_},
    {"profile_add", Role::operator_},
    {"profile_rename", Role::operator_},
    {"profile_remove", Role::operator_},
    {"profile_default", Role::operator_},
    {"pool_users", Role::operator_},
    {"license_install", Role::admin},
    {"license_remove", Role::admin},
    {"import", Role::admin},
    {"maintenance", Role::admin},
    {"key_create", Role::admin},
    {"certificate_create", Role::admin},
    {"credential_revoke", Role::admin},
    {"activation_request", Role::admin},
    {"activation_cancel", Role::admin},
    {"activation_load", Role::admin},
    {"deactivate", Role::admin},
    {"receipt_show", Role::admin},
    {"showing_make", Role::admin},
    {"issuer_answer_load", Role::admin},
    {"move_begin", Role::admin},
    {"move_read", Role::admin},
    {"transfer_make", Role::admin},
    {"depart", Role::admin},
    {"departure_confirm", Role::admin},
    {"arrival_begin", Role::admin},
    {"follow", Role::admin},
    {"arrive", Role::admin},
    {"arrival_abandon", Role::admin},
    {"pool_open", Role::operator_},
    {"pool_allocate", Role::operator_},
    {"pool_close", Role::operator_},
    {"party_add", Role::operator_},
    {"party_rebind", Role::operator_},
    {"party_source", Role::operator_},
    {"party_remove", Role::operator_},
    {"plan", Role::viewer},
    {"product_add", Role::operator_},
    {"product_remove", Role::operator_},
    {"product_consolidate", Role::operator_},
    {"requirement_add", Role::operator_},
    {"requirement_remove", Role::operator_},
    {"requirement_confirm", Role::operator_},
    {"requirement_consolidate", Role::operator_},
    {"requirement_entitle", Role::operator_},
    {"requirement_change", Role::operator_},
    {"party_principal", Role::operator_},
    {"reconcile", Role::operator_},
    {"requirement_list", Role::viewer},
    {"requirement_explain", Role::viewer},
    {"compliance", Role::viewer},
    {"principal_list", Role::viewer},
};

/// Every request that the protocol knows, by the name of its field, with nothing in it.
std::map<std::string, v1::Request> every_request()
{
    std::map<std::string, v1::Request> requests;
    const auto* const asks = v1::Request::descriptor()->FindOneofByName("ask");
    for (int i = 0; i < asks->field_count(); ++i) {
        if (asks->field(i)->name() == "operate")
            continue;
        v1::Request request;
        request.GetReflection()->MutableMessage(&request, asks->field(i));
        requests[asks->field(i)->name()] = request;
    }
    const auto* const verbs = v1::Operate::descriptor()->FindOneofByName("verb");
    for (int i = 0; i < verbs->field_count(); ++i) {
        v1::Request request;
        v1::Operate& operate = *request.mutable_operate();
        operate.GetReflection()->MutableMessage(&operate, verbs->field(i));
        requests[verbs->field(i)->name()] = request;
    }
    return requests;
}

constexpr Role every_role[] = {Role::application, Role::viewer, Role::operator_, Role::admin};

} // namespace

BOOST_AUTO_TEST_SUITE(roles)

BOOST_AUTO_TEST_CASE(each_verb_with_each_role_is_allowed_or_refused_as_the_table_says)
{
    const auto requests = every_request();
    BOOST_TEST(requests.size() == needs.size());
    for (const auto& [verb, request] : requests)
        for (const Role role : every_role) {
            BOOST_TEST_CONTEXT(verb << " as " << ledger::word(role))
            {
                const auto no = server::objection(request, role);
                BOOST_TEST(no.has_value() == (role < needs.at(verb)));
                BOOST_TEST((!no || no->code == ledger::Code::not_allowed));
            }
        }
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_verb_the_role_it_needs_and_the_one_that_asked)
{
    v1::Request request;
    request.mutable_operate()->mutable_license_install();
    const auto no = server::objection(request, Role::viewer);
    BOOST_REQUIRE(no.has_value());
    BOOST_TEST(no->detail == "license install needs the role admin, yours is viewer");
}

BOOST_AUTO_TEST_CASE(what_this_version_does_not_know_is_unsupported_for_every_role)
{
    v1::Request later;
    later.mutable_operate();
    for (const Role role : every_role) {
        const auto no = server::objection(later, role);
        BOOST_REQUIRE(no.has_value());
        BOOST_TEST((no->code == ledger::Code::unsupported));
    }
}

BOOST_AUTO_TEST_SUITE_END()
