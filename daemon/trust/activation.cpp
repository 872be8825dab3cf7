#include "daemon/trust/activation.hpp"

#include "daemon/trust/envelope.hpp"
#include "daemon/trust/license_json.hpp"
#include "daemon/trust/mark_json.hpp"
#include "daemon/trust/members.hpp"

namespace usher::trust {
namespace {

using nlohmann::json;

constexpr std::uint64_t days_max = 3650;

Activation::Check check_in(Members members)
{
    const Activation::Check check{
        .every_days = static_cast<unsigned>(members.count("every_days", 1, days_max)),
        .grace_days = static_cast<unsigned>(members.count("grace_days", 0, days_max))};
    members.expect_no_more();
    return check;
}

/// What its members must be to each other.
void expect_agreement(const Activation& activation)
{
    if (!activation.license.lock)
        throw Malformed("license.nodelock: is null, and an activation is for one host");
    if (activation.load_by <= activation.made)
        throw Malformed("load_by: is not later than made");
    if (activation.nonce.has_value() == activation.after.has_value())
        throw Malformed("nonce: an answer to a request has one and no after, a ticket an after");
    if (!activation.after)
        return;
    if (activation.after->number >= activation.number)
        throw Malformed("after.number: is not lower than the number");
    if (activation.after->node == activation.license.lock->node)
        throw Malformed("after.node: is the host that the ticket is for");
}

Activation activation_from(std::string_view payload)
{
    const json object = canonical_object(payload, "payload");
    Members members(object, "");
    members.expect_format();
    Activation activation;
    if (!members.value("after").is_null())
        activation.after = mark_in(members.object("after"));
    if (!members.value("check").is_null())
        activation.check = check_in(members.object("check"));
    activation.issuer = address_or_null(members, "issuer");
    activation.license = license_in(members.object("license"));
    activation.load_by = members.instant("load_by");
    activation.made = members.instant("made");
    if (!members.value("nonce").is_null())
        activation.nonce = members.bytes<16>("nonce");
    activation.number = members.count("number", 1, activation_number_max);
    members.expect_no_more();
    expect_agreement(activation);
    return activation;
}

json object_of(const Activation& activation)
{
    json object = {{"after", nullptr},
                   {"check", nullptr},
                   {"format", format},
                   {"issuer", nullptr},
                   {"license", object_of(activation.license)},
                   {"load_by", written(activation.load_by, "load_by")},
                   {"made", written(activation.made, "made")},
                   {"nonce", nullptr},
                   {"number", activation.number}};
    if (activation.after)
        object["after"] = object_of(*activation.after);
    if (activation.check)
        object["check"] = {{"every_days", activation.check->every_days},
                           {"grace_days", activation.check->grace_days}};
    if (!activation.issuer.empty())
        object["issuer"] = activation.issuer;
    if (activation.nonce)
        object["nonce"] = base64url(*activation.nonce);
    return object;
}

} // namespace

std::variant<Activation, DocumentError> open_activation(std::string_view text,
                                                        const std::vector<VendorKey>& trusted)
{
    return open_vendor_document(
        text, DocumentKind::activation, trusted, activation_from,
        [](const Activation& activation) { return activation.license.vendor; });
}

std::variant<Activation, DocumentError> read_activation_unverified(std::string_view text)
try {
    return activation_from(vendor_seal(text, DocumentKind::activation).jws.payload);
} catch (const Malformed& error) {
    return DocumentError{DocumentError::Kind::malformed, error.what()};
}

std::string sign_activation(const Activation& activation, const SigningKey& key)
try {
    if (const auto objection = objection_to(activation.license))
        throw Malformed("license." + *objection);
    return seal_by_vendor(DocumentKind::activation,
                          checked_payload(object_of(activation), activation_from), key);
} catch (const Malformed& error) {
    throw std::invalid_argument(error.what());
}

} // namespace usher::trust
