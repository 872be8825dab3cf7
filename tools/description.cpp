#include "tools/description.hpp"

#include "protocol/duration.hpp"
#include "tools/instants.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

namespace usher::tools {
namespace {

using Part = v1::StatusPart;

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
    return {{"number", license.id()},
            {"product", license.product()},
            {"vendor", license.vendor()},
            {"metric", pool.metric()},
            {"quantity", license.unlimited() ? Json("unlimited") : Json(license.quantity())},
            {"nodelock", license.nodelock()},
            {"activated", was_activated},
            {"users", pool.named_users() ? list(pool.users()) : Json(nullptr)}};
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
    // A license's root pool has its number. Of what only was or will be activated there is none.
    std::map<std::string, Part::Pool> pools;
    for (const Part::Pool& pool : picture.pools())
        pools[pool.id()] = pool;
    Json licenses = Json::array();
    for (const auto* license :
         in_order(picture.licenses(), [](const auto& one) { return one.id(); }))
        if (const auto pool = pools.find(license->id()); pool != pools.end())
            licenses.push_back(license_of(*license, pool->second));
    Json profiles = Json::array();
    for (const auto* profile :
         in_order(picture.profiles(), [](const auto& one) { return one.name(); }))
        profiles.push_back(profile_of(*profile));
    return {{"format", 1},
            {"written",
             {{"by", origin.by},
              {"at", instant_text(picture.at_us())},
              {"host", origin.host},
              {"node", picture.node()}}},
            {"policy", {{"term", duration(origin.term_ms)}, {"grace", duration(origin.grace_ms)}}},
            {"licenses", licenses},
            {"profiles", profiles}};
}

std::string description_text(const Json& description)
{
    constexpr int indent = 2;
    constexpr bool only_ascii = true;
    return description.dump(indent, ' ', only_ascii, Json::error_handler_t::replace) + "\n";
}

} // namespace usher::tools
