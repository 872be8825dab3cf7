#include "tools/status_json.hpp"

#include "tools/instants.hpp"

#include <string>

namespace usher::tools {
namespace {

template <class Texts>
Json list(const Texts& texts)
{
    return Json(std::vector<std::string>(texts.begin(), texts.end()));
}

template <class Entries, class Convert>
Json list(const Entries& entries, Convert convert)
{
    Json all = Json::array();
    for (const auto& entry : entries)
        all.push_back(convert(entry));
    return all;
}

Json stable_pool(const v1::StatusPart::Pool& pool)
{
    Json json{{"id", pool.id()},
              {"root", pool.root()},
              {"product", pool.product()},
              {"metric", pool.metric()},
              {"stock", pool.stock()},
              {"held", pool.held()},
              {"available", pool.available()},
              {"locked", pool.locked()},
              {"reason", text_or_null(pool.reason())},
              {"short", pool.short_()},
              {"scheme", text_or_null(pool.scheme())},
              {"owner", text_or_null(pool.owner())},
              {"closed", pool.closed()},
              {"leases", text_or_null(pool.leases())}};
    if (pool.unlimited()) {
        json["stock"] = nullptr;
        json["available"] = nullptr;
        json["unlimited"] = true;
    }
    return json;
}

Json stable_profile(const v1::StatusPart::Profile& profile)
{
    return {{"name", profile.name()},
            {"pools", list(profile.pools())},
            {"in_use", profile.in_use()},
            {"re_use", profile.has_re_use() ? Json(profile.re_use()) : Json(nullptr)},
            {"default", profile.is_default()}};
}

Json stable_lease(const v1::StatusPart::Lease& lease)
{
    return {{"id", lease.id()},
            {"profile", lease.profile()},
            {"pool", lease.pool()},
            {"seat", lease.seat().empty() ? lease.id() : lease.seat()},
            {"units", lease.units()},
            {"party", text_or_null(lease.party())},
            {"user", lease.user()},
            {"device", lease.device()},
            {"kind", lease.kind()},
            {"started", instant_text(lease.started_us())},
            {"deadline",
             lease.has_deadline_us() ? Json(instant_text(lease.deadline_us())) : Json(nullptr)}};
}

Json stable_limit(const v1::StatusPart::Limit& limit)
{
    return {{"name", limit.name()},
            {"bound", limit.bound()},
            {"in_use", limit.in_use()},
            {"highest", limit.highest()}};
}

Json stable_waiter(const v1::StatusPart::Waiter& waiter)
{
    return {{"id", waiter.id()},
            {"profile", waiter.profile()},
            {"pools", list(waiter.pools())},
            {"units", waiter.units()},
            {"party", text_or_null(waiter.party())},
            {"user", waiter.user()},
            {"device", waiter.device()},
            {"position", waiter.position()},
            {"since", instant_text(waiter.since_us())},
            {"until", instant_text(waiter.until_us())}};
}

} // namespace

Json status_json(const v1::StatusPart& picture)
{
    Json json{{"mode", picture.mode()},
              {"node", picture.node()},
              {"pools", list(picture.pools(), stable_pool)},
              {"profiles", list(picture.profiles(), stable_profile)},
              {"leases", list(picture.leases(), stable_lease)},
              {"queue", list(picture.queue(), stable_waiter)},
              {"parties", list(picture.parties(), party_json)},
              {"limits", list(picture.limits(), stable_limit)}};
    if (picture.has_anchor())
        json["anchor"] = picture.anchor();
    if (!picture.moved_to().empty())
        json["moved_to"] = picture.moved_to();
    if (!picture.arriving_from().empty()) {
        json["arriving_from"] = picture.arriving_from();
        json["followed"] = picture.followed();
    }
    return json;
}

Json lease_json(const v1::StatusPart::Lease& lease)
{
    Json json = stable_lease(lease);
    json["identity"] = lease.identity();
    json["pid"] = lease.pid() == 0 ? Json(nullptr) : Json(lease.pid());
    json["connected"] = lease.connected();
    json["locked"] = lease.locked();
    return json;
}

Json license_json(const v1::StatusPart::License& license)
{
    const auto instant = [](bool is_there, std::int64_t us) {
        return is_there ? Json(instant_text(us)) : Json(nullptr);
    };
    Json json{{"id", license.id()},
              {"product", license.product()},
              {"vendor", license.vendor()},
              {"type", text_or_null(license.type())},
              {"quantity", license.unlimited() ? Json(nullptr) : Json(license.quantity())},
              {"from", instant(license.has_from_us(), license.from_us())},
              {"to", instant(license.has_to_us(), license.to_us())},
              {"maintenance_until",
               instant(license.has_maintenance_until_us(), license.maintenance_until_us())},
              {"nodelock", license.nodelock()},
              {"counts", license.counts()},
              {"reason", text_or_null(license.reason())},
              {"expected", text_or_null(license.expected())}};
    if (license.unlimited())
        json["unlimited"] = true;
    for (const std::string& product : license.downgrades_to())
        json["downgrades_to"].push_back(product);
    json["activation"] = nullptr;
    if (const bool has_none = license.activation().empty() || license.activation() == "none";
        !has_none || license.receipt_number() != 0)
        json["activation"] = {{"state", license.activation()},
                              {"number", license.activation_number()},
                              {"kind", text_or_null(license.activation_kind())},
                              {"issuer", text_or_null(license.issuer())},
                              {"due", instant(license.has_due_us(), license.due_us())},
                              {"receipt", license.receipt_number()},
                              {"delivered", license.receipt_delivered()}};
    return json;
}

Json pool_json(const v1::StatusPart::Pool& pool)
{
    Json json = stable_pool(pool);
    json["users"] = pool.named_users() ? list(pool.users()) : Json(nullptr);
    return json;
}

Json party_json(const v1::StatusPart::Party& party)
{
    return {{"id", party.id()},
            {"kind", party.kind()},
            {"company", text_or_null(party.company())},
            {"source", text_or_null(party.source())},
            {"pool", text_or_null(party.pool())},
            {"users", party.kind() == "company" ? Json(party.users()) : Json(nullptr)},
            {"leases", party.leases()},
            {"lock", text_or_null(party.lock())}};
}

Json profile_json(const v1::StatusPart::Profile& profile)
{
    Json json = stable_profile(profile);
    json["capacity"] = profile.has_capacity() ? Json(profile.capacity()) : Json(nullptr);
    json["clients_recently"] = profile.clients_recently();
    return json;
}

Json credential_json(const v1::StatusPart::Credential& credential)
{
    return {{"name", credential.name()},
            {"kind", credential.kind()},
            {"role", credential.role()},
            {"made", instant_text(credential.made_us())}};
}

Json text_or_null(const std::string& text)
{
    return text.empty() ? Json(nullptr) : Json(text);
}

std::string to_text(const Json& json)
{
    constexpr int on_one_line = -1;
    constexpr bool only_ascii = true;
    return json.dump(on_one_line, ' ', only_ascii, Json::error_handler_t::replace);
}

} // namespace usher::tools
