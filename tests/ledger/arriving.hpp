#pragma once

#include "tests/ledger/ferry.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

/// A server that takes over from another, and what it may hear of that one.
namespace usher::ledger::test {

/// A server that has begun to take over from A.
struct Arriving {
    Scene scene;
    std::uint64_t position = 0;

    Arriving() { scene.ask(BeginArrival{{"local:root"}, node_key("A"), stream_id("s")}); }

    Answer follow(std::vector<Fact> facts)
    {
        const std::uint64_t count = facts.size();
        Answer answer = scene.ask(Follow{.source = node_key("A"),
                                         .stream = stream_id("s"),
                                         .from = position,
                                         .facts = std::move(facts)});
        if (std::holds_alternative<Position>(answer))
            position += count;
        return answer;
    }
    Refusal refused(std::vector<Fact> facts)
    {
        const Answer answer = follow(std::move(facts));
        BOOST_REQUIRE(std::holds_alternative<Refusal>(answer));
        return std::get<Refusal>(answer);
    }
    void accepted(std::vector<Fact> facts)
    {
        BOOST_REQUIRE(std::holds_alternative<Position>(follow(std::move(facts))));
    }
};

inline Pool pool(const std::string& id)
{
    return {.id = {id}, .parent = {}, .product = {{"acme"}, {"Session"}}, .allow = {}};
}

inline Pool child(const std::string& id, const std::string& root)
{
    Pool one = pool(id);
    one.parent = PoolId{root};
    return one;
}

inline Party company(const std::string& name)
{
    return {.id = {name}, .kind = Party::Kind::company};
}

inline Fact license(const std::string& id)
{
    Entitlement one{.id = {id}, .root = {id}, .product = {{"acme"}, {"Session"}}, .quantity = 4};
    one.document = std::make_shared<const std::string>(id);
    return EntitlementInstalled{one, {}};
}

inline Lease lease(const std::string& name, const std::string& pool)
{
    const LeaseId id = lease_id(name);
    return {.id = id,
            .tag = lease_tag(id),
            .pool = {pool},
            .identity = {"key:app"},
            .party = {},
            .user = {"u"},
            .device = {"d"},
            .profile = {"P"},
            .asked = {},
            .started = noon};
}

inline Fact queued(const std::string& name, const std::string& pool, std::uint64_t place)
{
    return Queued{{lease(name, pool), {{{pool}, {"P"}}}, place, 10s}};
}

} // namespace usher::ledger::test
