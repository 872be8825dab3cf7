#include "daemon/trust/license_file.hpp"

#include "daemon/trust/envelope.hpp"
#include "daemon/trust/license_json.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace usher::trust {

std::variant<License, DocumentError> open_license(std::string_view text,
                                                  const std::vector<VendorKey>& trusted)
{
    return open_vendor_document(text, DocumentKind::license, trusted, license_from,
                                [](const License& license) { return license.vendor; });
}

std::variant<License, DocumentError> read_license_unverified(std::string_view text)
try {
    return license_from(vendor_seal(text, DocumentKind::license).jws.payload);
} catch (const Malformed& error) {
    return DocumentError{DocumentError::Kind::malformed, error.what()};
}

std::string key_id_in(std::string_view text)
try {
    const auto kind = document_kind(text);
    return kind ? vendor_seal(text, *kind).key_id : "";
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
    return seal_by_vendor(DocumentKind::license, payload_of(license), key);
}

} // namespace usher::trust
