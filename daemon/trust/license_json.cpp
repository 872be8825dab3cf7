#include "daemon/trust/license_json.hpp"

#include "daemon/trust/members.hpp"
#include "protocol/text.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <nlohmann/json.hpp>

namespace usher::trust {
namespace {

using nlohmann::json;

constexpr std::uint64_t format = 1;
constexpr std::array metrics{"lease", "device", "user", "user_device"};
constexpr std::array kinds{"machine", "personal"};

std::optional<Instant> instant(Members& members, const std::string& name)
{
    const auto text = members.text_or_null(name);
    if (!text)
        return std::nullopt;
    const auto read = instant_from(*text);
    if (!read)
        members.refuse(name, "is not an instant like 2030-01-31T00:00:00Z");
    return read;
}

std::optional<std::int64_t> quantity(Members& members)
{
    const json& value = members.value("quantity");
    if (value == "unlimited")
        return std::nullopt;
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > quantity_max)
        members.refuse("quantity", "is not 1 to 10^12 or \"unlimited\"");
    return value.get<std::int64_t>();
}

NodeLockTerms lock_from_object(Members members)
{
    NodeLockTerms lock;
    Members identifiers = members.object("identifiers");
    for (const std::string& name : identifiers.names())
        lock.identifiers[name] = identifiers.bytes<32>(name);
    lock.kind = members.text("kind");
    lock.need = members.small_number("need");
    lock.node = members.bytes<32>("node");
    const auto salt = members.bytes<salt_bytes>("salt");
    lock.salt.assign(salt.begin(), salt.end());
    members.expect_no_more();
    return lock;
}

json or_null(const std::optional<Instant>& instant)
{
    return instant ? json(to_text(*instant)) : json(nullptr);
}

json object_of(const NodeLockTerms& lock)
{
    json identifiers = json::object();
    for (const auto& [name, digest] : lock.identifiers)
        identifiers[name] = base64url(digest);
    const auto* salt = reinterpret_cast<const std::uint8_t*>(lock.salt.data());
    return {{"identifiers", identifiers},
            {"kind", lock.kind},
            {"need", lock.need},
            {"node", base64url(lock.node)},
            {"salt", base64url({salt, lock.salt.size()})}};
}

bool is_identifier_name(std::string_view name)
{
    constexpr std::size_t bytes_max = 32;
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && name.size() <= bytes_max && std::ranges::all_of(name, is_plain);
}

std::optional<std::string> objection_to_times(const License& license)
{
    for (const auto& [name, instant] : {std::pair("from", license.from),
                                        {"to", license.to},
                                        {"maintenance_until", license.maintenance_until}})
        if (instant && !is_writable(*instant))
            return std::string(name) + ": is not a whole second of the years 1970 to 9999";
    if (license.from && license.to && *license.to <= *license.from)
        return "to: is not later than from";
    return std::nullopt;
}

} // namespace

License license_from(std::string_view payload)
{
    const json object = canonical_object(payload, "payload");
    Members members(object, "");
    // A later format may mean anything by the other names, so this is judged first.
    if (members.value("format") != format)
        members.refuse("format", "is not 1, which is all that this version reads");
    License license;
    license.from = instant(members, "from");
    license.maintenance_until = instant(members, "maintenance_until");
    license.metric = members.text("metric");
    if (!members.value("nodelock").is_null())
        license.lock = lock_from_object(members.object("nodelock"));
    license.number = members.text("number");
    license.product = members.text("product");
    license.quantity = quantity(members);
    license.requires_product = members.text_or_null("requires").value_or("");
    if (members.value("requires") == "")
        members.refuse("requires", "is empty; none is written null");
    license.to = instant(members, "to");
    license.type = members.text("type");
    license.vendor = members.text("vendor");
    members.expect_no_more();
    if (const auto objection = objection_to(license))
        throw Malformed(*objection);
    return license;
}

std::string payload_of(const License& license)
{
    assert(!objection_to(license));
    json object = {
        {"format", format},
        {"from", or_null(license.from)},
        {"maintenance_until", or_null(license.maintenance_until)},
        {"metric", license.metric},
        {"nodelock", nullptr},
        {"number", license.number},
        {"product", license.product},
        {"quantity", "unlimited"},
        {"requires", nullptr},
        {"to", or_null(license.to)},
        {"type", license.type},
        {"vendor", license.vendor},
    };
    if (license.lock)
        object["nodelock"] = object_of(*license.lock);
    if (license.quantity)
        object["quantity"] = *license.quantity;
    if (!license.requires_product.empty())
        object["requires"] = license.requires_product;
    return canonical_text(object);
}

std::optional<std::string> objection_to(const License& license)
{
    if (!is_vendor_name(license.vendor))
        return "vendor: is not 1 to 64 letters, digits, dots, dashes and underscores";
    for (const auto& [name, text] :
         {std::pair<std::string, const std::string&>("number", license.number),
          {"product", license.product},
          {"requires", license.requires_product}})
        if (const std::string wrong = protocol::objection_to_name(text);
            !wrong.empty() && !(name == "requires" && text.empty()))
            return name + ": is not a name: " + wrong;
    if (license.requires_product == license.product)
        return "requires: is the product itself";
    if (std::ranges::find(metrics, license.metric) == metrics.end())
        return "metric: is not lease, device, user or user_device";
    if (license.quantity && (*license.quantity < 1 || *license.quantity > quantity_max))
        return "quantity: is not 1 to 10^12 or \"unlimited\"";
    if (const std::string wrong = protocol::objection_to_line(license.type); !wrong.empty())
        return "type: is not a text on one line: " + wrong;
    if (auto objection = objection_to_times(license))
        return objection;
    return license.lock ? objection_to(*license.lock) : std::nullopt;
}

std::optional<std::string> objection_to(const NodeLockTerms& lock)
{
    if (std::ranges::find(kinds, lock.kind) == kinds.end())
        return "nodelock.kind: is not machine or personal";
    if (lock.salt.size() != salt_bytes)
        return "nodelock.salt: is not 16 bytes";
    if (lock.identifiers.empty() || lock.identifiers.size() > identifiers_max)
        return "nodelock.identifiers: are not 1 to 16";
    for (const auto& [name, digest] : lock.identifiers)
        if (!is_identifier_name(name))
            return "nodelock.identifiers: one has a name that is not a-z, 0-9 and _";
    if (lock.need < 1 || lock.need > lock.identifiers.size())
        return "nodelock.need: is not 1 to the number of identifiers";
    return std::nullopt;
}

} // namespace usher::trust
