#include "daemon/trust/license_file.hpp"

#include "daemon/trust/license_json.hpp"
#include "daemon/trust/members.hpp"
#include "protocol/limits.hpp"
#include "protocol/text.hpp"

#include <cassert>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace usher::trust {
namespace {

using nlohmann::json;

constexpr const char* type = "usher-license";

/// A license whose signature nobody has looked at yet.
struct Sealed {
    Jws jws;
    std::string key_id;
};

std::string key_id_from(const std::string& header)
{
    const json object = canonical_object(header, "header");
    Members members(object, "header.");
    // The one algorithm there is: a text must not choose how it is verified.
    if (members.value("alg") != "EdDSA")
        members.refuse("alg", "is not EdDSA");
    if (members.value("typ") != type)
        members.refuse("typ", "is not " + std::string(type));
    const auto thumbprint = members.bytes<32>("kid");
    members.expect_no_more();
    return base64url(thumbprint);
}

Sealed sealed(std::string_view text)
{
    if (text.size() > protocol::license_bytes_max)
        throw Malformed("it is longer than 16 KiB");
    Jws jws = split_jws(protocol::without_surrounding_space(text));
    std::string key_id = key_id_from(jws.header);
    return {std::move(jws), std::move(key_id)};
}

LicenseError malformed(const Malformed& error)
{
    return {LicenseError::Kind::malformed, error.what()};
}

LicenseError unknown_vendor(std::string what)
{
    return {LicenseError::Kind::unknown_vendor, std::move(what)};
}

} // namespace

std::variant<License, LicenseError> open_license(std::string_view text,
                                                 const std::vector<VendorKey>& trusted)
try {
    const Sealed found = sealed(text);
    // One key may stand there under several names: which of them signed is known from the payload.
    const VendorKey* signer = nullptr;
    for (const VendorKey& key : trusted)
        if (key_id(key.key) == found.key_id)
            signer = &key;
    if (!signer)
        return unknown_vendor("its key " + found.key_id + " is none of a trusted vendor");
    if (!verify(signer->key, found.jws.signed_bytes, found.jws.signature))
        return LicenseError{LicenseError::Kind::bad_signature,
                            "it was changed after " + signer->vendor + " signed it"};
    License license = license_from(found.jws.payload);
    for (const VendorKey& key : trusted)
        if (key.key == signer->key && key.vendor == license.vendor)
            return license;
    return unknown_vendor("it speaks for " + license.vendor + ", but " + signer->vendor +
                          " signed it");
} catch (const Malformed& error) {
    return malformed(error);
}

std::variant<License, LicenseError> read_license_unverified(std::string_view text)
try {
    return license_from(sealed(text).jws.payload);
} catch (const Malformed& error) {
    return malformed(error);
}

std::string key_id_in(std::string_view text)
try {
    return sealed(text).key_id;
} catch (const Malformed&) {
    return "";
}

std::string key_id(const PublicKey& key)
{
    return base64url(sha256(canonical_text(jwk(key))));
}

std::string sign_license(const License& license, const SigningKey& key)
{
    if (const auto objection = objection_to(license))
        throw std::invalid_argument(*objection);
    const json header = {{"alg", "EdDSA"}, {"kid", key_id(key.public_key())}, {"typ", type}};
    std::string text = sign_jws(canonical_text(header), payload_of(license), key) + "\n";
    assert(text.size() <= protocol::license_bytes_max); // The bounds of its fields see to that.
    return text;
}

} // namespace usher::trust
