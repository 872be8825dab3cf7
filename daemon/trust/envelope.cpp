#include "daemon/trust/envelope.hpp"

#include "daemon/trust/members.hpp"
#include "protocol/limits.hpp"
#include "protocol/text.hpp"

#include <cassert>
#include <nlohmann/json.hpp>

namespace usher::trust {
namespace {

using nlohmann::json;

Jws split(std::string_view text)
{
    if (text.size() > protocol::license_bytes_max)
        throw Malformed("it is longer than 16 KiB");
    return split_jws(protocol::without_surrounding_space(text));
}

/// The one algorithm there is: a text must not choose how it is verified.
void expect(Members& header, DocumentKind kind)
{
    if (header.value("alg") != "EdDSA")
        header.refuse("alg", "is not EdDSA");
    if (header.value("typ") != word(kind))
        header.refuse("typ", "is not " + std::string(word(kind)));
}

std::string line(const json& header, std::string_view payload, const SigningKey& key)
{
    std::string text = sign_jws(canonical_text(header), payload, key) + "\n";
    assert(text.size() <= protocol::license_bytes_max); // The bounds of its fields see to that.
    return text;
}

DocumentError unknown_vendor(std::string what)
{
    return {DocumentError::Kind::unknown_vendor, std::move(what)};
}

} // namespace

VendorSeal vendor_seal(std::string_view text, DocumentKind kind)
{
    VendorSeal seal{.jws = split(text), .key_id = {}};
    const json object = canonical_object(seal.jws.header, "header");
    Members header(object, "header.");
    expect(header, kind);
    seal.key_id = base64url(header.bytes<32>("kid"));
    header.expect_no_more();
    return seal;
}

NodeSeal node_seal(std::string_view text, DocumentKind kind)
{
    NodeSeal seal{.jws = split(text), .node = {}};
    const json object = canonical_object(seal.jws.header, "header");
    Members header(object, "header.");
    expect(header, kind);
    seal.node = header.object("jwk").bytes<32>("x");
    if (header.value("jwk") != jwk(seal.node))
        header.refuse("jwk", "is not a key of Ed25519");
    header.expect_no_more();
    return seal;
}

std::string seal_by_vendor(DocumentKind kind, std::string_view payload, const SigningKey& key)
{
    return line({{"alg", "EdDSA"}, {"kid", key_id(key.public_key())}, {"typ", word(kind)}}, payload,
                key);
}

std::string seal_by_node(DocumentKind kind, std::string_view payload, const SigningKey& key)
{
    return line({{"alg", "EdDSA"}, {"jwk", jwk(key.public_key())}, {"typ", word(kind)}}, payload,
                key);
}

std::variant<VendorKey, DocumentError> sealer(const VendorSeal& seal,
                                              const std::vector<VendorKey>& trusted)
{
    // One key may stand there under several names: which of them signed is known from the payload.
    const VendorKey* signer = nullptr;
    for (const VendorKey& key : trusted)
        if (key_id(key.key) == seal.key_id)
            signer = &key;
    if (!signer)
        return unknown_vendor("its key " + seal.key_id + " is none of a trusted vendor");
    if (!verify(signer->key, seal.jws.signed_bytes, seal.jws.signature))
        return DocumentError{DocumentError::Kind::bad_signature,
                             "it was changed after " + signer->vendor + " signed it"};
    return *signer;
}

std::optional<DocumentError> impostor(const VendorKey& signer, const std::string& vendor,
                                      const std::vector<VendorKey>& trusted)
{
    for (const VendorKey& key : trusted)
        if (key.key == signer.key && key.vendor == vendor)
            return std::nullopt;
    return unknown_vendor("it speaks for " + vendor + ", but " + signer.vendor + " signed it");
}

} // namespace usher::trust
