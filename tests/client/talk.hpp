#pragma once

#include "client/holdings.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

namespace usher::client::test {

using namespace std::chrono_literals;

inline constexpr Instant noon{std::chrono::hours(12)};

inline v1::Welcome welcome(const char* mode = "serving")
{
    v1::Welcome welcome;
    welcome.set_term_ms(30'000);
    welcome.set_mode(mode);
    return welcome;
}

inline v1::Refused refusal(const char* code)
{
    v1::Refused refused;
    refused.set_code(code);
    return refused;
}

inline std::string kinds(const std::vector<Event>& events)
{
    static constexpr const char* words[] = {
        "granted",        "lost",         "locked",      "unlocked",    "uncertain",
        "certain",        "disconnected", "reconnected", "maintenance", "serving",
        "server_refused", "turned_away",  "moved",       "pool_changed"};
    std::string text;
    for (const Event& event : events)
        text +=
            (text.empty() ? "" : " ") + std::string(words[static_cast<std::size_t>(event.kind)]);
    return text;
}

/// A greeted application, and the words that go over the line.
struct Talk {
    Holdings holdings;
    Instant now = noon;
    std::uint64_t request = 0;

    Talk() { (void)holdings.connected(welcome()); }

    SeatNumber wish(std::chrono::milliseconds wait = 0ms)
    {
        std::array<std::uint8_t, 16> id{};
        id[0] = static_cast<std::uint8_t>(++ids_);
        return *holdings.ask_for(
            {.profile = "P", .user = "daisy", .device = "d", .party = {}, .wait = wait}, id);
    }

    /// Sends the next question, which must be there.
    v1::Request ask()
    {
        auto question = holdings.next_question(now);
        BOOST_REQUIRE(question.has_value());
        return send(std::move(*question));
    }
    v1::Request renew() { return send(holdings.renewal()); }

    v1::Request send(Holdings::Question question)
    {
        v1::Request sent = question.request;
        holdings.begin(question, now);
        holdings.sent(std::move(question), ++request, now);
        return sent;
    }

    /// An answer to the last question.
    std::string hear(v1::Response response)
    {
        response.set_id(request);
        return kinds(holdings.take(response));
    }
    std::string notice(const v1::Response& response) { return kinds(holdings.take(response)); }

    SeatNumber hold(const char* kind = "floating")
    {
        const SeatNumber number = wish();
        const v1::Request asked = ask();
        BOOST_TEST(hear(granted(asked.checkout().lease(), kind)) == "");
        return number;
    }

    static v1::Response granted(const std::string& lease, const char* kind = "floating")
    {
        v1::Response response;
        response.mutable_granted()->set_lease(lease);
        response.mutable_granted()->set_pool("pool");
        response.mutable_granted()->set_term_ms(30'000);
        response.mutable_granted()->set_kind(kind);
        return response;
    }
    static v1::Response waiting(const std::string& lease)
    {
        v1::Response response;
        response.mutable_waiting()->set_lease(lease);
        response.mutable_waiting()->set_position(3);
        *response.mutable_waiting()->mutable_refused() = refusal("NO_FREE_SEAT");
        return response;
    }
    static v1::Response refused(const char* code)
    {
        v1::Response response;
        *response.mutable_refused() = refusal(code);
        return response;
    }
    static v1::Response renewed(const v1::Request& asked, v1::LeaseState::State state)
    {
        v1::Response response;
        response.mutable_renewed()->set_term_ms(30'000);
        for (const std::string& lease : asked.renew().leases()) {
            v1::LeaseState& one = *response.mutable_renewed()->add_leases();
            one.set_lease(lease);
            one.set_state(state);
            one.set_ended_because(state == v1::LeaseState::UNKNOWN ? "silent" : "");
            *one.mutable_refused() = refusal("EXPIRED");
        }
        return response;
    }

    [[nodiscard]] Seat::State state(SeatNumber number) const
    {
        const Seat* seat = holdings.find(number);
        BOOST_REQUIRE(seat != nullptr);
        return seat->state;
    }

  private:
    int ids_ = 0;
};

using State = Seat::State;

} // namespace usher::client::test
