#include "daemon/server/fields.hpp"
#include "daemon/server/translate.hpp"
#include "daemon/trust/lease_tag.hpp"
#include "protocol/frame.hpp"
#include "tests/server/house.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <vector>

using namespace usher;
using namespace usher::server;
using ledger::Code;

namespace {

const std::string longest_name(protocol::name_bytes_max, 'n');

ledger::LeaseId lease_id(std::size_t number)
{
    ledger::LeaseId id;
    id.bytes.fill(0xee);
    for (std::size_t i = 0; i < sizeof number; ++i)
        id.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return id;
}

/// The longest refusal there can be: with every number, and eight holders of the longest names.
ledger::Refusal longest_refusal()
{
    ledger::Refusal refusal{.code = Code::no_free_seat,
                            .subject = longest_name,
                            .detail = longest_name,
                            .stock = ledger::units_max,
                            .held = ledger::units_max,
                            .want = ledger::units_max};
    for (std::size_t i = 0; i < ledger::holders_max; ++i)
        refusal.holders.push_back(
            {{longest_name}, {longest_name}, trust::tag_of(lease_id(i)), 1, {}});
    return refusal;
}

struct Answering : test::House {
    /// The responses in what an answer appended; each frame is within its bound, or this fails.
    std::vector<v1::Response> responses(const ledger::Answer& answer, const Keepsake& kept = {})
    {
        std::string out;
        append_answer(out, 7, answer, kept, premises);
        return frames_of(out);
    }

    static std::vector<v1::Response> frames_of(const std::string& out)
    {
        std::vector<v1::Response> found;
        auto rest = std::as_bytes(std::span(out));
        while (!rest.empty()) {
            const protocol::FrameView frame = protocol::first_frame(rest);
            BOOST_REQUIRE(frame.message.has_value());
            v1::Response response;
            BOOST_REQUIRE(response.ParseFromArray(frame.message->data(),
                                                  static_cast<int>(frame.message->size())));
            found.push_back(std::move(response));
            rest = rest.subspan(frame.consumed);
        }
        return found;
    }

    v1::Response response(const ledger::Answer& answer, const Keepsake& kept = {})
    {
        auto all = responses(answer, kept);
        BOOST_REQUIRE(all.size() == 1U);
        BOOST_TEST(all[0].id() == 7U);
        return all[0];
    }

    static v1::Response notice(const ledger::Notice& notice)
    {
        std::string out;
        append_notice(out, notice);
        auto all = frames_of(out);
        BOOST_REQUIRE(all.size() == 1U);
        BOOST_TEST(all[0].id() == 0U);
        return all[0];
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(answers, Answering)

BOOST_AUTO_TEST_CASE(a_refusal_says_code_sentence_numbers_cures_and_holders)
{
    ledger::Refusal refusal{.code = Code::no_free_seat,
                            .subject = "PROSession",
                            .detail = "in this pool",
                            .because = Code::expired,
                            .stock = 8,
                            .held = 8,
                            .want = 1,
                            .queue = 2};
    refusal.holders.push_back({{"daisy"}, {"pond"}, {0xabcdef}, 1, {}});
    const v1::Response answer = response(refusal);
    const v1::Refused& refused = answer.refused();
    BOOST_TEST(refused.code() == "NO_FREE_SEAT");
    BOOST_TEST(refused.text() == sentence(refusal));
    BOOST_TEST(refused.cures_size() == static_cast<int>(cures(refusal).size()));
    BOOST_TEST(refused.detail() == "in this pool");
    BOOST_TEST(refused.because() == "EXPIRED");
    BOOST_TEST(refused.stock() == 8);
    BOOST_TEST(refused.queue() == 2);
    BOOST_TEST(!refused.has_short_());
    BOOST_REQUIRE(refused.holders_size() == 1);
    BOOST_TEST(refused.holders(0).lease() == "0000000000abcdef");
}

BOOST_AUTO_TEST_CASE(every_code_has_a_word_a_sentence_and_a_cure_on_the_wire)
{
    for (int code = 0; code <= static_cast<int>(Code::unsupported); ++code) {
        const v1::Response answer = response(ledger::Refusal{.code = static_cast<Code>(code)});
        BOOST_TEST(!answer.refused().code().empty());
        BOOST_TEST(!answer.refused().text().empty());
        BOOST_TEST(answer.refused().cures_size() > 0);
    }
}

BOOST_AUTO_TEST_CASE(a_plain_yes_is_an_operators_or_an_applications)
{
    const ledger::Done done{{"two clients used it"}};
    BOOST_TEST(response(done).done().warnings(0) == "two clients used it");
    BOOST_TEST(response(done, {.operated = true}).operated().done().warnings(0) ==
               "two clients used it");
}

BOOST_AUTO_TEST_CASE(a_term_is_never_told_shorter_than_it_is)
{
    ledger::Granted granted{.id = lease_id(1), .pool = {"p"}, .product = {"q"}};
    granted.term = std::chrono::microseconds(1'000'001);
    BOOST_TEST(response(granted).granted().term_ms() == 1001U);
}

BOOST_DATA_TEST_CASE(a_renewal_of_all_leases_with_the_longest_refusals_fits_in_one_frame,
                     boost::unit_test::data::make({false, true}), is_shared)
{
    const auto shared = std::make_shared<const ledger::Refusal>(longest_refusal());
    ledger::Renewed renewed;
    for (std::size_t i = 0; i < protocol::leases_per_connection_max; ++i)
        renewed.leases.push_back(
            {.id = lease_id(i),
             .state = ledger::LeaseState::State::locked,
             .refusal = is_shared ? shared : std::make_shared<const ledger::Refusal>(*shared),
             .ended_because = "server_restarted"});
    const v1::Response answer = response(renewed);
    BOOST_REQUIRE(answer.renewed().leases_size() ==
                  static_cast<int>(protocol::leases_per_connection_max));
    for (const v1::LeaseState& state : answer.renewed().leases())
        BOOST_TEST(state.refused().code() == "NO_FREE_SEAT");
    BOOST_TEST(answer.renewed().leases(0).refused().holders_size() == 8);
    BOOST_TEST(answer.renewed().leases().rbegin()->refused().text().empty());
}

BOOST_AUTO_TEST_CASE(leases_of_a_renewal_that_share_a_reason_are_each_told_all_of_it)
{
    using State = ledger::LeaseState::State;
    const auto locked = std::make_shared<const ledger::Refusal>(
        ledger::Refusal{.code = ledger::Code::pool_locked, .subject = "a"});
    const auto gone = std::make_shared<const ledger::Refusal>(
        ledger::Refusal{.code = ledger::Code::unknown_lease});
    ledger::Renewed renewed;
    for (const auto& refusal : {locked, locked, {}, gone, locked, gone, gone})
        renewed.leases.push_back(
            {.id = lease_id(1), .state = State::held, .refusal = refusal, .ended_because = {}});
    const v1::Response answer = response(renewed);
    const auto& leases = answer.renewed().leases();
    BOOST_TEST(!leases[2].has_refused());
    for (const int i : {0, 1, 4})
        BOOST_TEST(leases[i].refused().DebugString() == leases[0].refused().DebugString());
    for (const int i : {3, 5, 6})
        BOOST_TEST(leases[i].refused().text() == ledger::sentence(*gone));
    BOOST_TEST(leases[0].refused().text() == ledger::sentence(*locked));
    BOOST_TEST(leases[1].refused().cures_size() > 0);
}

BOOST_AUTO_TEST_CASE(the_last_refusals_fit_in_one_frame_the_newest_first)
{
    ledger::Refusals refusals;
    for (int i = 0; i < 256; ++i)
        refusals.newest_first.push_back({.at = ledger::CalendarInstant(ledger::Duration(1000 - i)),
                                         .profile = {longest_name},
                                         .user = {longest_name},
                                         .device = {longest_name},
                                         .refusal = longest_refusal()});
    const v1::Response answer = response(refusals);
    const v1::Refusals& told = answer.operated().refusals();
    BOOST_TEST(told.newest_first_size() > 50);
    BOOST_TEST(told.newest_first(0).at_us() == 1000);
}

BOOST_AUTO_TEST_CASE(a_large_picture_comes_in_parts_and_loses_nothing)
{
    auto summary = std::make_shared<ledger::Summary>();
    for (std::size_t i = 0; i < 5000; ++i)
        summary->leases.push_back({.lease = {.id = lease_id(i),
                                             .tag = trust::tag_of(lease_id(i)),
                                             .pool = {"p"},
                                             .user = {longest_name},
                                             .device = {longest_name}}});
    const auto parts = responses(ledger::Picture(summary));
    BOOST_TEST(parts.size() > 5U);
    std::size_t leases = 0;
    for (const v1::Response& part : parts) {
        BOOST_TEST(part.id() == 7U);
        BOOST_TEST(part.operated().status().more() == (&part != &parts.back()));
        leases += static_cast<std::size_t>(part.operated().status().leases_size());
    }
    BOOST_TEST(leases == summary->leases.size());
    BOOST_TEST(parts[0].operated().status().node() == premises.node_id);
}

BOOST_AUTO_TEST_CASE(a_pool_with_all_its_named_users_fits_in_one_part)
{
    auto summary = std::make_shared<ledger::Summary>();
    for (int pool = 0; pool < 3; ++pool) {
        ledger::PoolPicture picture;
        picture.pool.id.text = longest_name;
        picture.pool.allow.emplace();
        const std::size_t count = protocol::users_bytes_max / protocol::name_bytes_max;
        for (std::size_t i = 0; i < count; ++i)
            picture.pool.allow->insert({std::string(250, 'u') + std::to_string(100'000 + i)});
        summary->pools.push_back(std::move(picture));
    }
    const auto parts = responses(ledger::Picture(summary));
    BOOST_TEST(parts.size() == 4U);
    BOOST_TEST(parts[0].operated().status().pools(0).users_size() == 2048);
}

BOOST_AUTO_TEST_CASE(no_picture_and_no_refusal_holds_a_lease_id)
{
    auto summary = std::make_shared<ledger::Summary>();
    ledger::LeasePicture picture;
    picture.lease.id = lease_id(0);
    picture.lease.tag = trust::tag_of(picture.lease.id);
    summary->leases.push_back(picture);
    summary->queue.push_back({.waiter = {.lease = picture.lease}});
    std::string out;
    append_answer(out, 7, ledger::Picture(summary), {}, premises);
    append_refusal(out, 7, longest_refusal());
    const std::string secret(reinterpret_cast<const char*>(picture.lease.id.bytes.data()) + 8, 8);
    BOOST_TEST(out.find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(each_notice_has_its_message)
{
    BOOST_TEST(notice(ledger::Granted{.id = lease_id(1)}).granted().lease().size() == 16U);
    BOOST_TEST(notice(ledger::WaitEnded{lease_id(1), ledger::EndReason::patience_ended, {}})
                   .wait_ended()
                   .reason() == "patience_ended");
    BOOST_TEST(notice(ledger::SeatLost{lease_id(1), ledger::EndReason::revoked, "needed"})
                   .seat_lost()
                   .note() == "needed");
    BOOST_TEST(notice(ledger::ModeChanged{ledger::Mode::maintenance}).mode_changed().mode() ==
               "maintenance");
    BOOST_TEST(notice(ledger::CredentialGone{"solver"}).ending().reason() == "credential_revoked");
}

BOOST_AUTO_TEST_CASE(a_welcome_proves_the_node_over_this_connection_alone)
{
    ledger::Greeted greeted{.identity = {"key:solver"}};
    greeted.documents = std::make_shared<const std::vector<std::shared_ptr<const std::string>>>(
        std::vector{std::make_shared<const std::string>("license one")});
    const std::string exporter(32, 'x');
    const v1::Response response = welcome(7, greeted, exporter, premises);
    const v1::Proof& proof = response.welcome().proof();
    trust::PublicKey key{};
    trust::Signature signature{};
    BOOST_REQUIRE(proof.node_key().size() == key.size());
    BOOST_REQUIRE(proof.signature().size() == signature.size());
    std::ranges::copy(proof.node_key(), key.begin());
    std::ranges::copy(proof.signature(), signature.begin());
    BOOST_TEST(trust::proves(key, exporter, signature));
    BOOST_TEST(!trust::proves(key, std::string(32, 'y'), signature));
    BOOST_TEST(proof.licenses(0) == "license one");
    BOOST_TEST(!welcome(7, greeted, "", premises).welcome().has_proof());
}

BOOST_AUTO_TEST_SUITE_END()
