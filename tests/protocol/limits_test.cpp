#include "daemon/ledger/limits.hpp"
#include "daemon/ledger/refusal.hpp"
#include "protocol/limits.hpp"
#include "protocol/usher.pb.h"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>

/// How the bounds of the wire stand to each other, to the messages, and to the ledger's own.
namespace {

using namespace usher;
using namespace usher::protocol;

const std::string longest_name(name_bytes_max, 'n');
const std::string longest_text(text_bytes_max, 't');
const std::string lease(16, 'l');

v1::Refused longest_refusal()
{
    v1::Refused refused;
    refused.set_code(std::string(64, 'C'));
    refused.set_text(longest_text + longest_name + longest_name);
    for (int i = 0; i < 3; ++i)
        refused.add_cures(longest_text);
    refused.set_subject(longest_name);
    for (std::size_t i = 0; i < ledger::holders_max; ++i) {
        v1::Holder& holder = *refused.add_holders();
        holder.set_user(longest_name);
        holder.set_device(longest_name);
        holder.set_lease(lease);
        holder.set_units(std::numeric_limits<std::int64_t>::max());
        holder.set_since_us(std::numeric_limits<std::int64_t>::max());
    }
    return refused;
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(the_wire_and_the_ledger_agree)
{
    static_assert(units_per_checkout_max <= ledger::units_max);
    BOOST_TEST(units_per_checkout_max <= ledger::units_max);
}

BOOST_AUTO_TEST_CASE(sums_of_all_units_that_a_daemon_can_lend_stay_far_from_overflow)
{
    // All leases of ten thousand connections, each with the most units that one may ask for.
    const auto most = static_cast<double>(units_per_checkout_max) * leases_per_connection_max * 1e4;
    BOOST_TEST(most < static_cast<double>(std::numeric_limits<ledger::Units>::max()) / 100);
    BOOST_TEST(ledger::units_max <
               std::numeric_limits<ledger::Units>::max() / static_cast<ledger::Units>(1'000'000));
}

BOOST_AUTO_TEST_CASE(the_longest_hello_is_shorter_than_a_stranger_is_heard)
{
    v1::Request request;
    request.set_id(std::numeric_limits<std::uint64_t>::max());
    request.mutable_hello()->set_version(std::numeric_limits<std::uint32_t>::max());
    request.mutable_hello()->set_client(longest_name);
    request.mutable_hello()->set_key(longest_name);
    BOOST_TEST(request.ByteSizeLong() < greeting_bytes_max);
}

BOOST_AUTO_TEST_CASE(one_renewal_can_name_every_lease_of_a_connection)
{
    v1::Request request;
    for (std::size_t i = 0; i < leases_per_connection_max; ++i)
        request.mutable_renew()->add_leases(lease);
    BOOST_TEST(request.ByteSizeLong() < frame_bytes_max);
}

BOOST_AUTO_TEST_CASE(the_longest_requests_of_operators_fit_in_a_frame)
{
    v1::Request users;
    users.mutable_operate()->mutable_pool_users()->set_pool(longest_name);
    const std::size_t user_bytes = users_bytes_max / users_max;
    for (std::size_t i = 0; i < users_max; ++i)
        users.mutable_operate()->mutable_pool_users()->add_users(std::string(user_bytes, 'u'));
    BOOST_TEST(users.ByteSizeLong() < frame_bytes_max);

    v1::Request profile;
    for (std::size_t i = 0; i < ledger::pools_per_profile_max; ++i)
        profile.mutable_operate()->mutable_profile_add()->add_pools(longest_name);
    BOOST_TEST(profile.ByteSizeLong() < frame_bytes_max);

    v1::Request license;
    license.mutable_operate()->mutable_license_install()->set_document(
        std::string(license_bytes_max, 'd'));
    BOOST_TEST(license.ByteSizeLong() < frame_bytes_max);
}

BOOST_AUTO_TEST_CASE(the_longest_refusal_fits_in_a_frame_even_where_it_stands_in_another_answer)
{
    v1::Response response;
    *response.mutable_waiting()->mutable_refused() = longest_refusal();
    BOOST_TEST(response.ByteSizeLong() < frame_bytes_max / 16);
}

BOOST_AUTO_TEST_CASE(the_first_answer_fits_in_a_frame_with_all_its_proofs)
{
    v1::Response response;
    for (std::size_t i = 0; i < proofs_max; ++i)
        response.mutable_welcome()->mutable_proof()->add_licenses(
            std::string(license_bytes_max, 'd'));
    response.mutable_welcome()->set_identity(longest_name);
    BOOST_TEST(response.ByteSizeLong() < frame_bytes_max);
}

BOOST_AUTO_TEST_CASE(a_wait_fits_in_its_field)
{
    const auto wait_ms = std::chrono::duration_cast<std::chrono::milliseconds>(wait_max).count();
    BOOST_TEST(wait_ms <= std::numeric_limits<std::uint32_t>::max());
}

BOOST_AUTO_TEST_SUITE_END()
