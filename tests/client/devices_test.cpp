#include "client/devices.hpp"

#include "client/fake.hpp"
#include "protocol/limits.hpp"
#include "tests/client/genuine.hpp"
#include "tests/client/listening.hpp"

#include <atomic>

using namespace usher;
using namespace usher::client;
using namespace usher::client::test;

/// Leases that no silence ends, at a server that a test plays and at the fake.
namespace {

std::string lease(std::uint32_t number)
{
    std::string id(16, 'x');
    id.replace(0, 5, std::to_string(10'000 + number % 90'000));
    return id;
}

v1::Register rows(std::uint32_t count, std::uint32_t first = 0)
{
    v1::Register asked;
    asked.set_profile("P");
    asked.set_user("daisy");
    for (std::uint32_t i = first; i < first + count; ++i) {
        v1::Register::Row& row = *asked.add_rows();
        row.set_lease(lease(i));
        row.set_device("device-" + std::to_string(i));
    }
    return asked;
}

std::vector<std::string> ids(std::uint32_t count)
{
    std::vector<std::string> all;
    for (std::uint32_t i = 0; i < count; ++i)
        all.push_back(lease(i));
    return all;
}

/// An attendant and real TLS: a server that goes before it has answered, and what comes after.
struct Crashing : Genuine {
    std::atomic<unsigned> visit = 0;
    std::vector<v1::Request> unanswered; ///< Under `guard`.

    /// Takes the first question and crashes; then `answers`, in this order.
    Stage::Play after_a_crash(std::function<v1::Response(const v1::Request&)> answer)
    {
        return [this, answer = std::move(answer)](Actor& actor) {
            v1::Response welcome = company.welcome(actor.exporter());
            const auto hello = actor.read();
            if (!hello)
                return;
            welcome.set_id(hello->id());
            actor.say(welcome);
            const bool is_first = visit++ == 0;
            while (const auto request = actor.read()) {
                const std::lock_guard lock(guard);
                if (is_first) {
                    unanswered.push_back(*request);
                    return;
                }
                asked.push_back(*request);
                v1::Response response = answer(*request);
                response.set_id(request->id());
                actor.say(response);
            }
        };
    }
    std::unique_ptr<Attendant> open(const Stage& stage)
    {
        return std::make_unique<Attendant>(std::make_unique<RouteDoor>(route(stage)),
                                           Attendant::Settings{.pause_max = pause_max});
    }
    static v1::Response refused(const char* code, std::int64_t row)
    {
        v1::Response response;
        response.mutable_refused()->set_code(code);
        response.mutable_refused()->set_row(row);
        return response;
    }
    /// Of a server that knows the leases from `first` on.
    static v1::Response renewed(const v1::Request& asked, const std::string& first)
    {
        v1::Response response;
        for (const std::string& lease : asked.renew().leases())
            response.mutable_renewed()->add_leases()->set_state(
                lease >= first ? v1::LeaseState::HELD : v1::LeaseState::UNKNOWN);
        return response;
    }
};

/// Ten units of P for devices, at a server inside this program.
struct TenDevices {
    Fake fake;

    TenDevices() { BOOST_REQUIRE(fake.add_devices("P", 10)); }
    std::unique_ptr<Attendant> open()
    {
        return std::make_unique<Attendant>(fake.door(),
                                           Attendant::Settings{.pause_max = pause_max});
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(devices)

BOOST_FIXTURE_TEST_CASE(after_a_lost_answer_the_same_rows_are_asked_for_again, Crashing)
{
    const Stage server = stage(after_a_crash([](const v1::Request& request) {
        v1::Response response;
        response.mutable_registered()->set_already(
            static_cast<std::uint32_t>(request.register_().rows_size()));
        response.mutable_registered()->mutable_pool()->set_pool("north");
        return response;
    }));
    const auto one = open(server);
    const auto registered = register_devices(*one, rows(3));
    BOOST_REQUIRE(registered.has_value());
    BOOST_TEST(registered->already() == 3U);
    BOOST_TEST(registered->pool().pool() == "north");
    const std::lock_guard lock(guard);
    BOOST_REQUIRE((unanswered.size() == 1U && asked.size() == 1U));
    BOOST_TEST(unanswered.front().register_().SerializeAsString() ==
               asked.front().register_().SerializeAsString());
}

BOOST_AUTO_TEST_CASE(ten_thousand_rows_fit_but_not_with_names_of_any_length)
{
    v1::Register many = rows(protocol::rows_max);
    for (v1::Register::Row& row : *many.mutable_rows())
        row.set_device(std::string(protocol::row_name_bytes, 'd'));
    BOOST_TEST(!why_too_long(many).has_value());
    for (v1::Register::Row& row : *many.mutable_rows())
        row.set_device(std::string(protocol::row_name_bytes * 2, 'd'));
    BOOST_TEST(why_too_long(many).value().find("10000 devices are too long") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_giving_back_whose_answer_was_lost_is_done_where_nothing_is_held, Crashing)
{
    const Stage server = stage(after_a_crash([](const v1::Request& request) {
        return request.has_renew() ? renewed(request, "z") : refused("UNKNOWN_LEASE", 1);
    }));
    const auto one = open(server);
    BOOST_TEST(!give_back_devices(*one, ids(2'500)).has_value());
    const std::lock_guard lock(guard);
    BOOST_TEST(asked.size() == 4U); // The same again, and where 2500 leases are.
}

BOOST_FIXTURE_TEST_CASE(one_that_was_not_done_is_refused_though_an_answer_was_lost, Crashing)
{
    const Stage server = stage(after_a_crash([](const v1::Request& request) {
        return request.has_renew() ? renewed(request, lease(1)) : refused("UNKNOWN_LEASE", 1);
    }));
    const auto one = open(server);
    const auto no = give_back_devices(*one, ids(3));
    BOOST_REQUIRE(no.has_value());
    BOOST_TEST((no->setback == Setback::refused));
    BOOST_TEST(no->why.row() == 1);
}

BOOST_FIXTURE_TEST_CASE(a_later_row_is_refused_without_another_question, Crashing)
{
    const Stage server =
        stage(after_a_crash([](const v1::Request&) { return refused("UNKNOWN_LEASE", 2); }));
    const auto one = open(server);
    BOOST_TEST(give_back_devices(*one, ids(3)).value().why.row() == 2);
    const std::lock_guard lock(guard);
    BOOST_TEST(asked.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(an_answer_to_something_else_is_none, Crashing)
{
    const Stage server = stage(after_a_crash([](const v1::Request&) {
        v1::Response response;
        response.mutable_carried();
        return response;
    }));
    const auto one = open(server);
    BOOST_TEST((register_devices(*one, rows(1)).error().setback == Setback::unreachable));
    BOOST_TEST((list_devices(*one, {}, 0).error().setback == Setback::unreachable));
    BOOST_TEST((give_back_devices(*one, ids(1))->setback == Setback::unreachable));
    BOOST_TEST((ask_pool(*one, {"P", {}, {}}).error().setback == Setback::unreachable));
}

BOOST_FIXTURE_TEST_CASE(devices_are_taken_listed_by_the_next_run_and_given_back, TenDevices)
{
    BOOST_REQUIRE(register_devices(*open(), rows(3)).has_value());
    const auto next = open();
    const auto list = list_devices(*next, {}, 0);
    BOOST_REQUIRE(list.has_value());
    BOOST_REQUIRE(list->leases_size() == 3);
    BOOST_TEST(list->after() == 0U);
    std::vector<std::string> found;
    for (const v1::LeaseList::Lease& held : list->leases())
        found.push_back(held.lease());
    BOOST_TEST(found == ids(3), boost::test_tools::per_element());
    BOOST_TEST(list->leases(0).device() == "device-0");
    BOOST_TEST(!give_back_devices(*next, found).has_value());
    BOOST_TEST(list_devices(*next, {}, 0)->leases_size() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_list_comes_in_pages, TenDevices)
{
    BOOST_TEST(fake.add_devices("Many", std::nullopt));
    const auto one = open();
    v1::Register many = rows(1'200);
    many.set_profile("Many");
    BOOST_REQUIRE(register_devices(*one, many).has_value());
    std::vector<std::string> found;
    std::uint64_t after = 0;
    do {
        const auto part = list_devices(*one, {}, after);
        BOOST_REQUIRE(part.has_value());
        BOOST_TEST(part->leases_size() <= 500);
        for (const v1::LeaseList::Lease& held : part->leases())
            found.push_back(held.lease());
        after = part->after();
    } while (after != 0);
    BOOST_TEST((found == ids(1'200)));
}

BOOST_FIXTURE_TEST_CASE(all_are_taken_or_none_and_the_first_without_a_unit_is_named, TenDevices)
{
    const auto one = open();
    const auto no = register_devices(*one, rows(12));
    BOOST_REQUIRE(!no.has_value());
    BOOST_TEST(no.error().why.code() == "NO_FREE_SEAT");
    BOOST_TEST(no.error().why.row() == 11);
    BOOST_TEST(list_devices(*one, {}, 0)->leases_size() == 0);
}

BOOST_FIXTURE_TEST_CASE(the_same_rows_again_take_nothing, TenDevices)
{
    const auto one = open();
    BOOST_TEST(register_devices(*one, rows(4))->taken() == 4U);
    const auto again = register_devices(*one, rows(6));
    BOOST_TEST(again->taken() == 2U);
    BOOST_TEST(again->already() == 4U);
    BOOST_TEST(again->pool().held() == 6);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_given_back_where_one_is_not_held, TenDevices)
{
    const auto one = open();
    BOOST_REQUIRE(register_devices(*one, rows(3)).has_value());
    const auto no = give_back_devices(*one, ids(4));
    BOOST_TEST(no.value().why.code() == "UNKNOWN_LEASE");
    BOOST_TEST(no.value().why.row() == 4);
    BOOST_TEST(list_devices(*one, {}, 0)->leases_size() == 3);
}

BOOST_FIXTURE_TEST_CASE(a_restart_of_the_server_and_a_closed_client_cost_no_device, TenDevices)
{
    BOOST_REQUIRE(register_devices(*open(), rows(3)).has_value());
    fake.restart();
    fake.pass(24h);
    BOOST_TEST(list_devices(*open(), {}, 0)->leases_size() == 3);
}

BOOST_FIXTURE_TEST_CASE(without_a_server_a_call_ends_in_time_and_the_next_takes_nothing_twice,
                        TenDevices)
{
    const auto one = std::make_unique<Attendant>(
        fake.door(), Attendant::Settings{.answer_max = 300ms, .pause_max = 50ms});
    BOOST_REQUIRE(register_devices(*one, rows(1)).has_value());
    fake.set_cut(true);
    const Instant begun = Clock::now();
    BOOST_TEST((register_devices(*one, rows(3)).error().setback == Setback::unreachable));
    BOOST_TEST((Clock::now() - begun >= 300ms));
    fake.set_cut(false);
    const auto next = open();
    BOOST_REQUIRE(register_devices(*next, rows(3)).has_value());
    BOOST_TEST(list_devices(*next, {}, 0)->leases_size() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
