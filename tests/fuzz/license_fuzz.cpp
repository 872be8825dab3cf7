#include "daemon/trust/jws.hpp"
#include "daemon/trust/license_file.hpp"
#include "daemon/trust/license_json.hpp"
#include "daemon/trust/node.hpp"
#include "tests/fuzz/require.hpp"

#include <cstdint>

/// Foreign bytes into every parser of trust: as a license file, as its payload, as a node's text
/// and as a vendor's key. Whatever one accepts must be the only way to write what it means.
using namespace usher::trust;
using usher::tests::require;

namespace {

const SigningKey& vendor()
{
    static const SigningKey key = SigningKey::from_seed(std::array<std::uint8_t, 32>{1});
    return key;
}

void as_file(std::string_view text)
{
    const auto opened = open_license(text, {{"acme", vendor().public_key()}});
    if (const auto* error = std::get_if<DocumentError>(&opened))
        require(!error->what.empty());
    const auto read = read_license_unverified(text);
    if (const auto* license = std::get_if<License>(&read)) {
        const auto again = read_license_unverified(sign_license(*license, vendor()));
        require(std::get<License>(again) == *license);
        require(key_id_in(text).size() == 43);
    }
    // What the vendor's key signed can be read, and nothing is signed but what can.
    require(std::holds_alternative<DocumentError>(opened) || std::holds_alternative<License>(read));
}

void as_payload(std::string_view text)
{
    try {
        require(payload_of(license_from(text)) == text);
    } catch (const Malformed& refused) {
        require(refused.what()[0] != '\0');
    }
}

void as_texts(std::string_view text)
{
    if (const auto key = vendor_key_from(text))
        require(to_text(*key) == text);
    if (const auto bytes = from_base64url(text)) {
        const auto* data = reinterpret_cast<const std::uint8_t*>(bytes->data());
        require(base64url({data, bytes->size()}) == text);
    }
    if (const auto instant = instant_from(text))
        require(to_text(*instant) == text);
    if (const auto lock = lock_from(text, "machine", 1))
        require(!objection_to(*lock));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    as_file(text);
    as_payload(text);
    as_texts(text);
    return 0;
}
