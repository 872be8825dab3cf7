#include "daemon/trust/license_json.hpp"

#include "daemon/trust/members.hpp"
#include "protocol/text.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <nlohmann/json.hpp>
#include <utility>

namespace usher::trust {
namespace {

using nlohmann::json;

constexpr std::array metrics{"lease", "device", "user", "user_device"};
constexpr std::array kinds{"machine", "personal"};

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
    read_identity(members, lock);
    lock.kind = members.text("kind");
    lock.need = members.small_number("need");
    lock.node = members.bytes<32>("node");
    members.expect_no_more();
    return lock;
}

json or_null(const std::optional<Instant>& instant)
{
    return instant ? json(to_text(*instant)) : json(nullptr);
}

json lock_object(const NodeLockTerms& lock)
{
    json object = {{"kind", lock.kind}, {"need", lock.need}, {"node", base64url(lock.node)}};
    write_identity(object, lock);
    return object;
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

std::optional<std::string> objection_to_downgrades(const License& license)
{
    if (license.downgrades_to.size() > downgrades_max)
        return "downgrades_to: are not 1 to 64";
    std::size_t bytes = 0;
    for (const std::string& product : license.downgrades_to) {
        if (const std::string wrong = protocol::objection_to_name(product); !wrong.empty())
            return "downgrades_to: one is not a name: " + wrong;
        bytes += product.size();
    }
    if (bytes > downgrades_bytes_max)
        return "downgrades_to: are longer than 2048 bytes together";
    if (license.downgrades_to.contains(license.product))
        return "downgrades_to: one is the product itself";
    return std::nullopt;
}

} // namespace

void read_identity(Members& members, NodeLockTerms& lock)
{
    Members identifiers = members.object("identifiers");
    for (const std::string& name : identifiers.names())
        lock.identifiers[name] = identifiers.bytes<32>(name);
    const auto salt = members.bytes<salt_bytes>("salt");
    lock.salt.assign(salt.begin(), salt.end());
}

void write_identity(json& object, const NodeLockTerms& lock)
{
    json identifiers = json::object();
    for (const auto& [name, digest] : lock.identifiers)
        identifiers[name] = base64url(digest);
    const auto* salt = reinterpret_cast<const std::uint8_t*>(lock.salt.data());
    object["identifiers"] = std::move(identifiers);
    object["salt"] = base64url({salt, lock.salt.size()});
}

License license_from(std::string_view payload)
{
    return license_in(Members(canonical_object(payload, "payload"), ""));
}

License license_in(Members members)
{
    members.expect_format();
    License license;
    license.downgrades_to = members.sorted_texts_if_any("downgrades_to");
    license.from = members.instant_or_null("from");
    license.maintenance_until = members.instant_or_null("maintenance_until");
    license.metric = members.text("metric");
    if (!members.value("nodelock").is_null())
        license.lock = lock_from_object(members.object("nodelock"));
    license.number = members.text("number");
    license.product = members.text("product");
    license.quantity = quantity(members);
    license.requires_product = members.text_or_null("requires").value_or("");
    if (members.value("requires") == "")
        members.refuse("requires", "is empty; none is written null");
    license.to = members.instant_or_null("to");
    license.type = members.text("type");
    license.vendor = members.text("vendor");
    members.expect_no_more();
    if (const auto objection = objection_to(license))
        throw Malformed(members.place() + *objection);
    return license;
}

std::string payload_of(const License& license)
{
    return canonical_text(object_of(license));
}

json object_of(const License& license)
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
        object["nodelock"] = lock_object(*license.lock);
    if (license.quantity)
        object["quantity"] = *license.quantity;
    if (!license.requires_product.empty())
        object["requires"] = license.requires_product;
    if (!license.downgrades_to.empty())
        object["downgrades_to"] = license.downgrades_to;
    return object;
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
    if (auto objection = objection_to_downgrades(license))
        return objection;
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
