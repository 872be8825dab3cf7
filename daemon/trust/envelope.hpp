#pragma once

#include "daemon/trust/document.hpp"
#include "daemon/trust/jws.hpp"
#include "daemon/trust/license_file.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

/// How documents are sealed and opened, the same for all: length, three parts, header, key,
/// signature, and only then what is in it. For the files of this folder.
namespace usher::trust {

/// A document whose signature nobody has looked at yet. Of a vendor's, `key_id` says by which key;
/// of a node's, the header holds the key itself.
struct VendorSeal {
    Jws jws;
    std::string key_id;
};
struct NodeSeal {
    Jws jws;
    PublicKey node{};
};

/// Each throws Malformed unless `text` is one of `kind` by its header; white space around it is
/// that of a file.
[[nodiscard]] VendorSeal vendor_seal(std::string_view text, DocumentKind kind);
[[nodiscard]] NodeSeal node_seal(std::string_view text, DocumentKind kind);

/// One line with its newline.
[[nodiscard]] std::string seal_by_vendor(DocumentKind kind, std::string_view payload,
                                         const SigningKey& key);
[[nodiscard]] std::string seal_by_node(DocumentKind kind, std::string_view payload,
                                       const SigningKey& key);

/// Who sealed it, if one of `trusted` did.
[[nodiscard]] std::variant<VendorKey, DocumentError> sealer(const VendorSeal& seal,
                                                            const std::vector<VendorKey>& trusted);

/// Where the key of `signer` is not trusted under the name `vendor`, by which the text speaks.
[[nodiscard]] std::optional<DocumentError>
impostor(const VendorKey& signer, const std::string& vendor, const std::vector<VendorKey>& trusted);

/// `read` makes the document of its payload, or throws Malformed; `speaker` says for which vendor
/// it speaks.
template <class Read, class Speaker>
auto open_vendor_document(std::string_view text, DocumentKind kind,
                          const std::vector<VendorKey>& trusted, Read read, Speaker speaker)
    -> std::variant<std::invoke_result_t<Read, std::string_view>, DocumentError>
try {
    const VendorSeal seal = vendor_seal(text, kind);
    const auto found = sealer(seal, trusted);
    if (const auto* error = std::get_if<DocumentError>(&found))
        return *error;
    auto document = read(seal.jws.payload);
    if (auto error = impostor(std::get<VendorKey>(found), speaker(document), trusted))
        return *std::move(error);
    return document;
} catch (const Malformed& error) {
    return DocumentError{DocumentError::Kind::malformed, error.what()};
}

/// `read` makes the document of its payload and the node's key, or throws Malformed.
template <class Read>
auto open_node_document(std::string_view text, DocumentKind kind, Read read)
    -> std::variant<std::invoke_result_t<Read, std::string_view, const PublicKey&>, DocumentError>
try {
    const NodeSeal seal = node_seal(text, kind);
    if (!verify(seal.node, seal.jws.signed_bytes, seal.jws.signature))
        return DocumentError{DocumentError::Kind::bad_signature,
                             "it was changed after the host signed it"};
    return read(seal.jws.payload, seal.node);
} catch (const Malformed& error) {
    return DocumentError{DocumentError::Kind::malformed, error.what()};
}

/// The text of `value`, of which `read` says that it can be read; throws std::invalid_argument
/// where it cannot, and says which field.
template <class Read>
std::string checked_payload(const nlohmann::json& value, Read read)
try {
    std::string payload = canonical_text(value);
    (void)read(payload);
    return payload;
} catch (const Malformed& error) {
    throw std::invalid_argument(error.what());
}

} // namespace usher::trust
