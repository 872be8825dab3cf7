#include "daemon/server/translate.hpp"

#include "protocol/limits.hpp"
#include "tests/server/house.hpp"

#include <boost/test/unit_test.hpp>
#include <google/protobuf/text_format.h>
#include <map>
#include <string>
#include <vector>

using namespace usher;
using namespace usher::server;
using ledger::Code;

namespace {

/// Each verb, correct.
const std::map<std::string, std::string> correct_requests{
    {"checkout", R"(checkout { lease: "LLLLLLLLLLLLLLLL" profile: "ProLicense" units: 1
                               user: "daisy" device: "pond" party: "ducks" })"},
    {"renew", R"(renew { leases: "LLLLLLLLLLLLLLLL" })"},
    {"checkin", R"(checkin { lease: "LLLLLLLLLLLLLLLL" })"},
    {"explain_refusals", R"(operate { explain_refusals { user: "daisy" } })"},
    {"revoke", R"(operate { revoke { lease: "0123456789abcdef" reason: "needed elsewhere" } })"},
    {"license_remove", R"(operate { license_remove { license: "015.120.065.016" } })"},
    {"profile_add", R"(operate { profile_add { name: "ProLicense" pools: "015.120.065.016"
                                               capacity: 4 } })"},
    {"profile_rename", R"(operate { profile_rename { from: "Profile1" to: "ProLicense" } })"},
    {"profile_remove", R"(operate { profile_remove { name: "Profile1" } })"},
    {"profile_default", R"(operate { profile_default { name: "Profile1" } })"},
    {"pool_users", R"(operate { pool_users { pool: "015.120.055.014" users: "daisy" } })"},
    {"key_create", R"(operate { key_create { name: "solver" role: "application" } })"},
    {"credential_revoke", R"(operate { credential_revoke { name: "solver" } })"},
    {"register", R"(register { user: "daisy" rows { lease: "LLLLLLLLLLLLLLLL" device: "d" } })"},
    {"lease_list", "lease_list { }"},
    {"state_ask", "state_ask { }"},
    {"pool_open", R"(operate { pool_open { pool: "K1" root: "NetMon" } })"},
    {"pool_allocate", R"(operate { pool_allocate { from: "NetMon" to: "K1" units: 1 } })"},
    {"pool_close", R"(operate { pool_close { pool: "K1" } })"},
    {"party_add", R"(operate { party_add { party: "daisy" kind: "user" } })"},
    {"party_rebind", R"(operate { party_rebind { party: "daisy" target: "ducks" } })"},
    {"party_source", R"(operate { party_source { party: "ducks" source: "root" } })"},
    {"party_remove", R"(operate { party_remove { party: "daisy" } })"},
};

v1::Request correct(const std::string& verb)
{
    v1::Request request;
    BOOST_REQUIRE(
        google::protobuf::TextFormat::ParseFromString(correct_requests.at(verb), &request));
    request.set_id(7);
    return request;
}

struct NameField {
    std::string verb;
    std::string field;
    bool may_be_empty = false;
};

/// Every field that is a name.
const std::vector<NameField> name_fields{
    {"checkout", "profile", true},
    {"checkout", "user"},
    {"checkout", "device"},
    {"checkout", "party", true},
    {"explain_refusals", "user", true},
    {"license_remove", "license"},
    {"profile_add", "name"},
    {"profile_add", "pools"},
    {"profile_rename", "from"},
    {"profile_rename", "to"},
    {"profile_remove", "name"},
    {"profile_default", "name"},
    {"pool_users", "pool"},
    {"pool_users", "users"},
    {"key_create", "name"},
    {"credential_revoke", "name"},
    {"register", "profile", true},
    {"register", "pool", true},
    {"register", "party", true},
    {"lease_list", "party", true},
    {"state_ask", "profile", true},
    {"state_ask", "pool", true},
    {"state_ask", "party", true},
    {"pool_open", "pool"},
    {"pool_open", "root"},
    {"pool_open", "owner", true},
    {"pool_allocate", "from"},
    {"pool_allocate", "to"},
    {"pool_close", "pool"},
    {"party_add", "party"},
    {"party_add", "company", true},
    {"party_rebind", "party"},
    {"party_rebind", "target"},
    {"party_source", "party"},
    {"party_remove", "party"},
};

/// The request with `value` in `field` of its verb; added, where the field is a list.
v1::Request with(const NameField& field, const std::string& value)
{
    v1::Request request = correct(field.verb);
    google::protobuf::Message* message = &request;
    if (request.has_operate())
        message = request.mutable_operate();
    const auto* const verb = message->GetDescriptor()->FindFieldByName(field.verb);
    message = message->GetReflection()->MutableMessage(message, verb);
    const auto* const place = message->GetDescriptor()->FindFieldByName(field.field);
    if (place->is_repeated())
        message->GetReflection()->AddString(message, place, value);
    else
        message->GetReflection()->SetString(message, place, value);
    return request;
}

/// No name is any of these.
const std::vector<std::string> hostile_names{
    std::string(257, 'a'),
    "two\nlines",
    "\x1b[31mred",
    "<script>alert(1)</script>",
    "right\u202Eleft",
    "line\u2028break",
    std::string("nul\0byte", 8),
    "del\x7f",
    "\xc3\x28",
    "\xff\xfe",
    "arabic\u061cmark",
    "soft\u00adhyphen",
    "zero\u200bspace",
    " space before",
    "space behind ",
};

struct InTheHouse : test::House {
    Caller admin{{5}, {"local:root"}, ledger::Role::admin};

    Translation ask(const v1::Request& request) { return translate(request, admin, premises); }

    ledger::Refusal refusal(const v1::Request& request)
    {
        const Translation translation = ask(request);
        const auto* refusal = std::get_if<ledger::Refusal>(&translation);
        BOOST_REQUIRE(refusal != nullptr);
        return *refusal;
    }

    template <class Command>
    Command command(const v1::Request& request)
    {
        const Translation translation = ask(request);
        if (const auto* no = std::get_if<ledger::Refusal>(&translation))
            BOOST_FAIL(sentence(*no));
        return std::get<Command>(std::get<Asked>(translation).command);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(fields, InTheHouse)

BOOST_AUTO_TEST_CASE(every_name_field_refuses_every_hostile_name_and_is_named_in_the_refusal)
{
    for (const NameField& field : name_fields)
        for (const std::string& name : hostile_names) {
            BOOST_TEST_CONTEXT(field.verb << "." << field.field << " = " << name)
            {
                const ledger::Refusal no = refusal(with(field, name));
                BOOST_TEST((no.code == Code::bad_name));
                BOOST_TEST(no.subject == field.field);
                BOOST_TEST(!no.detail.empty());
            }
        }
}

BOOST_AUTO_TEST_CASE(only_optional_names_may_be_empty)
{
    for (const NameField& field : name_fields) {
        BOOST_TEST_CONTEXT(field.verb << "." << field.field)
        {
            const Translation translation = ask(with(field, ""));
            BOOST_TEST(std::holds_alternative<Asked>(translation) == field.may_be_empty);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_longest_name_is_a_name)
{
    for (const NameField& field : name_fields) {
        BOOST_TEST_CONTEXT(field.verb << "." << field.field)
        {
            const Translation translation =
                ask(with(field, std::string(protocol::name_bytes_max, 'a')));
            BOOST_TEST(std::holds_alternative<Asked>(translation));
        }
    }
}

BOOST_AUTO_TEST_CASE(no_refusal_repeats_a_hostile_name)
{
    v1::Request request = correct("checkout");
    request.mutable_checkout()->set_user("\x1b[31mred");
    std::string frames;
    append_refusal(frames, 7, refusal(request));
    BOOST_TEST(frames.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(units_are_at_least_one_and_at_most_the_limit)
{
    const auto most = static_cast<std::uint64_t>(protocol::units_per_checkout_max);
    for (const std::uint64_t units : {std::uint64_t{0}, most + 1, UINT64_MAX}) {
        v1::Request request = correct("checkout");
        request.mutable_checkout()->set_units(units);
        BOOST_TEST((refusal(request).code == Code::bad_quantity));
    }
    v1::Request request = correct("checkout");
    request.mutable_checkout()->set_units(most);
    BOOST_TEST(command<ledger::Checkout>(request).units == protocol::units_per_checkout_max);
}

BOOST_AUTO_TEST_CASE(a_lease_id_has_exactly_sixteen_bytes)
{
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{15}, std::size_t{17}}) {
        v1::Request checkout = correct("checkout");
        checkout.mutable_checkout()->set_lease(std::string(bytes, 'L'));
        BOOST_TEST(refusal(checkout).detail == "lease: not 16 bytes");
        v1::Request checkin = correct("checkin");
        checkin.mutable_checkin()->set_lease(std::string(bytes, 'L'));
        BOOST_TEST(refusal(checkin).detail == "lease: not 16 bytes");
        v1::Request renew = correct("renew");
        renew.mutable_renew()->add_leases(std::string(bytes, 'L'));
        BOOST_TEST(refusal(renew).detail == "leases: not 16 bytes");
    }
}

BOOST_AUTO_TEST_CASE(a_wait_is_at_most_a_day)
{
    v1::Request request = correct("checkout");
    request.mutable_checkout()->set_wait_ms(86'400'000);
    BOOST_TEST((command<ledger::Checkout>(request).patience == std::chrono::hours(24)));
    request.mutable_checkout()->set_wait_ms(86'400'001);
    BOOST_TEST(refusal(request).detail == "wait_ms: longer than 24 h");
}

BOOST_AUTO_TEST_CASE(a_renewal_names_at_most_the_leases_of_a_connection)
{
    v1::Request request;
    for (std::size_t i = 0; i < protocol::leases_per_connection_max; ++i)
        request.mutable_renew()->add_leases(std::string(16, 'L'));
    BOOST_TEST(command<ledger::Renew>(request).leases.size() ==
               protocol::leases_per_connection_max);
    request.mutable_renew()->add_leases(std::string(16, 'L'));
    BOOST_TEST(refusal(request).detail == "leases: more than 4096");
}

BOOST_AUTO_TEST_CASE(a_profile_has_one_to_sixty_four_pools)
{
    v1::Request request = correct("profile_add");
    request.mutable_operate()->mutable_profile_add()->clear_pools();
    BOOST_TEST(refusal(request).detail == "pools: none given");
    for (int i = 0; i < 65; ++i)
        request.mutable_operate()->mutable_profile_add()->add_pools("p" + std::to_string(i));
    BOOST_TEST(refusal(request).detail == "pools: more than 64");
}

BOOST_AUTO_TEST_CASE(a_capacity_is_a_quantity)
{
    for (const std::int64_t capacity :
         {std::int64_t{0}, std::int64_t{-1}, INT64_MIN, ledger::units_max + 1}) {
        v1::Request request = correct("profile_add");
        request.mutable_operate()->mutable_profile_add()->set_capacity(capacity);
        BOOST_TEST((refusal(request).code == Code::bad_quantity));
    }
}

BOOST_AUTO_TEST_CASE(named_users_are_bounded_in_number_and_in_bytes)
{
    v1::Request request = correct("pool_users");
    v1::PoolUsers& users = *request.mutable_operate()->mutable_pool_users();
    for (std::size_t i = 1; i < protocol::users_max; ++i)
        users.add_users("u" + std::to_string(i));
    BOOST_TEST(command<ledger::SetUsers>(request).users->size() == protocol::users_max);
    users.add_users("one too many");
    BOOST_TEST(refusal(request).detail == "users: more than 10000");

    users.clear_users();
    for (std::size_t bytes = 0; bytes <= protocol::users_bytes_max; bytes += 256)
        users.add_users(std::string(250, 'u') + std::to_string(100'000 + bytes / 256));
    BOOST_TEST(refusal(request).detail == "users: longer than 512 KiB");
}

BOOST_AUTO_TEST_CASE(everybody_is_no_list)
{
    v1::Request request = correct("pool_users");
    request.mutable_operate()->mutable_pool_users()->set_everybody(true);
    BOOST_TEST(refusal(request).detail == "everybody: contradicts the list of users");
    request.mutable_operate()->mutable_pool_users()->clear_users();
    BOOST_TEST(!command<ledger::SetUsers>(request).users.has_value());
}

BOOST_AUTO_TEST_CASE(an_unknown_role_is_refused_with_the_ones_there_are)
{
    v1::Request request = correct("key_create");
    request.mutable_operate()->mutable_key_create()->set_role("root");
    BOOST_TEST(refusal(request).detail == "role: not one of application, viewer, operator, admin");
}

BOOST_AUTO_TEST_CASE(a_tag_is_sixteen_hexadecimal_digits)
{
    for (const char* tag : {"", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeg",
                            "0x23456789abcdef", "+123456789abcdef"}) {
        v1::Request request = correct("revoke");
        request.mutable_operate()->mutable_revoke()->set_lease(tag);
        BOOST_TEST(refusal(request).detail == "lease: not 16 hexadecimal digits");
    }
    BOOST_TEST(command<ledger::Revoke>(correct("revoke")).lease.bits == 0x0123456789abcdefU);
}

BOOST_AUTO_TEST_CASE(a_remark_is_one_printable_line)
{
    for (const std::string& remark : {std::string("two\nlines"), std::string("\x1b[31m"),
                                      std::string(protocol::text_bytes_max + 1, 'r')}) {
        v1::Request request = correct("revoke");
        request.mutable_operate()->mutable_revoke()->set_reason(remark);
        BOOST_TEST((refusal(request).code == Code::bad_request));
        BOOST_TEST(refusal(request).detail.starts_with("reason: "));
    }
}

BOOST_AUTO_TEST_CASE(a_checkout_carries_everything_and_its_tag_proves_nothing)
{
    const auto checkout = command<ledger::Checkout>(correct("checkout"));
    BOOST_TEST(checkout.asker.identity.text == "local:root");
    BOOST_TEST(checkout.asker.connection.number == 5U);
    BOOST_TEST(checkout.profile.text == "ProLicense");
    BOOST_TEST(checkout.user.text == "daisy");
    BOOST_TEST(checkout.device.text == "pond");
    BOOST_TEST(checkout.party.text == "ducks");
    // printf LLLLLLLLLLLLLLLL | sha256sum | cut -c 1-16
    BOOST_TEST(checkout.tag.bits == 0x13f85b8bf208b7e7U);
}

BOOST_AUTO_TEST_CASE(only_an_issuer_takes_documents)
{
    v1::Request request;
    request.mutable_carry()->set_document("please");
    BOOST_TEST((refusal(request).code == Code::unsupported));
    BOOST_TEST(refusal(request).detail == "it is no issuer");
}

BOOST_AUTO_TEST_CASE(a_document_is_answered_by_another_one_or_refused)
{
    premises.answerer =
        [](const std::string& document) -> std::variant<std::string, ledger::Refusal> {
        if (document == "please")
            return "here you are";
        return ledger::Refusal{.code = Code::document_invalid, .detail = document};
    };
    v1::Request request;
    request.set_id(7);
    request.mutable_carry()->set_document("please");
    const auto answered = ask(request);
    BOOST_TEST(std::get<v1::Response>(answered).id() == 7U);
    BOOST_TEST(std::get<v1::Response>(answered).carried().document() == "here you are");
    request.mutable_carry()->set_document("now");
    BOOST_TEST(refusal(request).detail == "now");
    request.mutable_carry()->set_document(std::string(protocol::license_bytes_max + 1, 'x'));
    BOOST_TEST(refusal(request).detail == "it is longer than 16 KiB");
}

BOOST_AUTO_TEST_CASE(a_second_hello_is_refused)
{
    v1::Request request;
    request.mutable_hello();
    BOOST_TEST((refusal(request).code == Code::bad_request));
}

BOOST_AUTO_TEST_CASE(a_request_of_a_later_version_is_unsupported)
{
    v1::Request request;
    BOOST_TEST((refusal(request).code == Code::unsupported));
    request.mutable_operate();
    BOOST_TEST((refusal(request).code == Code::unsupported));
}

BOOST_AUTO_TEST_SUITE_END()
