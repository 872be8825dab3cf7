#pragma once

#include "client/line.hpp"
#include "tests/client/stage.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <string>

namespace usher::client::test {

using namespace std::chrono_literals;

inline Patience patience(Duration time = 20s)
{
    return {Clock::now() + time};
}

/// A genuine server and a client that knows its vendor.
struct Genuine : House {
    [[nodiscard]] client::Credentials credentials() const
    {
        return {.client = "test 1", .key = "usher-key-x", .vendors = {company.vendor_key()}};
    }
    [[nodiscard]] const X509* ca() const { return company.ca.certificate.get(); }
    [[nodiscard]] Stage stage(Stage::Play play) { return {company.certificate, tls(), play}; }
    [[nodiscard]] Route route(const Stage& stage) const
    {
        return *Route::prepare(stage.address(ca()), credentials());
    }

    /// What a client is told that meets `play` after the handshake.
    Failure met(Stage::Play play, Duration time = 20s)
    {
        const Stage server(company.certificate, tls(), std::move(play));
        Route to = route(server);
        const auto line = Line::open(to, patience(time));
        BOOST_REQUIRE(!line.has_value());
        BOOST_TEST(!line.error().text.empty());
        BOOST_TEST(!line.error().cure.empty());
        return line.error();
    }
    /// The same, where the server answers the greeting with `change` made to a genuine answer.
    Failure greeted(const std::function<void(v1::Response&)>& change)
    {
        return met([&](Actor& actor) {
            const auto hello = actor.read();
            v1::Response response = company.welcome(actor.exporter());
            response.set_id(hello ? hello->id() : 0);
            change(response);
            actor.say(response);
            (void)actor.read_some();
        });
    }
};

/// What a client is told that has to do with `stage` and pins `ca`.
inline Failure failure_at(const Stage& stage, const X509* ca, client::Credentials credentials = {},
                          Duration time = 20s)
{
    Route route = *Route::prepare(stage.address(ca), std::move(credentials));
    const auto line = Line::open(route, patience(time));
    BOOST_REQUIRE(!line.has_value());
    return line.error();
}

inline bool says(const Failure& failure, Step step, const std::string& text)
{
    BOOST_TEST_MESSAGE(word(failure.step) << ": " << failure.text);
    return failure.step == step && failure.text.find(text) != std::string::npos;
}

inline void nothing(Actor&) {}

} // namespace usher::client::test
