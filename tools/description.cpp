#include "tools/description.hpp"

#include "protocol/duration.hpp"
#include "tools/instants.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <vector>

namespace usher::tools {
namespace {

using Part = v1::StatusPart;

constexpr std::string_view server_scheme = "server"; ///< Which a license has that names none.

template <class Texts>
Json list(const Texts& texts)
{
    return Json(std::vector<std::string>(texts.begin(), texts.end()));
}

template <class Entries, class Key>
auto in_order(const Entries& entries, Key key)
{
    std::vector<const typename Entries::value_type*> sorted;
    for (const auto& entry : entries)
        sorted.push_back(&entry);
    std::ranges::sort(sorted, {}, [&](const auto* entry) { return key(*entry); });
    return sorted;
}

Json license_of(const Part::License& license, const Part::Pool& pool)
{
    const bool was_activated = license.expected() == "activate" ||
                               license.activation_number() > 0 || license.receipt_number() > 0;
    Json json{{"number", license.id()},
              {"product", license.product()},
              {"vendor", license.vendor()},
              {"metric", pool.metric()},
              {"quantity", license.unlimited() ? Json("unlimited") : Json(license.quantity())},
              {"nodelock", license.nodelock()},
              {"activated", was_activated},
              {"users", pool.named_users() ? list(pool.users()) : Json(nullptr)}};
    // Where nobody has another scheme, earlier servers can read it too.
    if (pool.id() != license.id())
        json["pool"] = pool.id();
    if (!pool.scheme().empty() && pool.scheme() != server_scheme)
        json["scheme"] = pool.scheme();
    return json;
}

Json pool_of(const Part::Pool& pool)
{
    return {{"name", pool.id()},
            {"root", pool.root()},
            {"owner", pool.owner().empty() ? Json(nullptr) : Json(pool.owner())}};
}

Json party_of(const Part::Party& party)
{
    Json json{{"name", party.id()}, {"kind", party.kind()}, {"source", party.source()}};
    if (!party.company().empty())
        json["company"] = party.company();
    if (!party.pool().empty())
        json["pool"] = party.pool();
    return json;
}

/// What is still used: of a closed pool nothing is but its leases, and of an instance that uses one
/// there is nothing to be made again.
void describe_pools(Json& description, const v1::StatusPart& picture)
{
    std::set<std::string> described;
    for (const Json& license : description["licenses"])
        described.insert(license.value("pool", license["number"].get<std::string>()));
    Json pools = Json::array();
    for (const auto* pool : in_order(picture.pools(), [](const auto& one) { return one.id(); }))
        if (pool->root() != pool->id() && !pool->closed() && described.contains(pool->root()))
            pools.push_back(pool_of(*pool));
    for (const Json& pool : pools)
        described.insert(pool["name"].get<std::string>());
    Json parties = Json::array();
    for (const auto* party : in_order(picture.parties(), [](const auto& one) { return one.id(); }))
        if (party->pool().empty() || described.contains(party->pool()))
            parties.push_back(party_of(*party));
    if (!pools.empty())
        description["pools"] = std::move(pools);
    if (!parties.empty())
        description["parties"] = std::move(parties);
}

Json profile_of(const Part::Profile& profile)
{
    return {{"name", profile.name()},
            {"pools", list(profile.pools())},
            {"default", profile.is_default()},
            {"capacity", profile.has_capacity() ? Json(profile.capacity()) : Json(nullptr)}};
}

} // namespace

Json description_json(const v1::StatusPart& picture, const Origin& origin)
{
    const auto duration = [](std::uint32_t ms) {
        return protocol::to_text(std::chrono::milliseconds(ms));
    };
    // Of what only was or will be activated there is no pool.
    std::map<std::string, Part::Pool> pools;
    for (const Part::Pool& pool : picture.pools())
        pools[pool.id()] = pool;
    Json licenses = Json::array();
    for (const auto* license :
         in_order(picture.licenses(), [](const auto& one) { return one.id(); }))
        if (const auto pool = pools.find(license->pool().empty() ? license->id() : license->pool());
            pool != pools.end())
            licenses.push_back(license_of(*license, pool->second));
    Json profiles = Json::array();
    for (const auto* profile :
         in_order(picture.profiles(), [](const auto& one) { return one.name(); }))
        profiles.push_back(profile_of(*profile));
    Json description{
        {"format", 1},
        {"written",
         {{"by", origin.by},
          {"at", instant_text(picture.at_us())},
          {"host", origin.host},
          {"node", picture.node()}}},
        {"policy", {{"term", duration(origin.term_ms)}, {"grace", duration(origin.grace_ms)}}},
        {"licenses", licenses}};
    describe_pools(description, picture);
    description["profiles"] = profiles;
    return description;
}

std::string description_text(const Json& description)
{
    constexpr int indent = 2;
    constexpr bool only_ascii = true;
    return description.dump(indent, ' ', only_ascii, Json::error_handler_t::replace) + "\n";
}

} // namespace usher::tools
