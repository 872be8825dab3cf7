#pragma once

#include "daemon/trust/document.hpp"
#include "daemon/trust/instant.hpp"
#include "daemon/trust/signature.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// License files: one JWS in compact form (RFC 7515, `alg` EdDSA), so that anybody can look into
/// one and nobody can change one. The parser is strict: nothing optional that is not listed here,
/// nothing ignored, one way to write each thing. `README.md` beside this names every field. Any
/// thread.
namespace usher::trust {

/// The key that a vendor signs with, as the operator and the application are told it:
/// `usher-vendor:NAME:BASE64URL`.
struct VendorKey {
    std::string vendor;
    PublicKey key{};

    friend bool operator==(const VendorKey&, const VendorKey&) = default;
};

/// Letters, digits, `.`, `_` and `-`, so that a name needs no quoting anywhere.
inline constexpr std::size_t vendor_name_bytes_max = 64;
[[nodiscard]] bool is_vendor_name(std::string_view name);

[[nodiscard]] std::string to_text(const VendorKey& key);
[[nodiscard]] std::optional<VendorKey> vendor_key_from(std::string_view text);

inline constexpr std::int64_t quantity_max = 1'000'000'000'000;
inline constexpr std::size_t identifiers_max = 16; ///< That one node-lock names.
inline constexpr std::size_t downgrades_max = 64;  ///< Products that one license names.
/// Of all their names together: the largest license still fits in a file.
inline constexpr std::size_t downgrades_bytes_max = 2048;

/// The host that a license is for: its node key, and `need` of its salted identifier hashes.
struct NodeLockTerms {
    std::string kind; ///< machine, personal
    PublicKey node{};
    std::string salt;                          ///< 16 bytes.
    std::map<std::string, Digest> identifiers; ///< Name to SHA-256 over salt and value.
    unsigned need = 2;                         ///< 1 to the number of identifiers.

    friend bool operator==(const NodeLockTerms&, const NodeLockTerms&) = default;
};

/// What a vendor sells. Names are those of `protocol/text.hpp`.
struct License {
    std::string vendor;
    std::string number; ///< `015.120.064.022`
    std::string product;
    std::string metric;                   ///< lease, device, user, user_device
    std::optional<std::int64_t> quantity; ///< 1 to `quantity_max`; none: unlimited
    std::optional<Instant> from;          ///< Counts from then on. Whole seconds, as all of these.
    std::optional<Instant> to;            ///< And no longer from then on; later than `from`.
    std::string type;                     ///< Words for people, up to 1024 bytes; may be empty.
    std::optional<Instant> maintenance_until; ///< Shown only.
    std::string requires_product;             ///< Empty: stands on its own.
    std::set<std::string> downgrades_to;      ///< Products that it may be used for instead.
    std::optional<NodeLockTerms> lock;        ///< None: not bound to a host.

    friend bool operator==(const License&, const License&) = default;
};

/// The license in `text` (surrounding white space of a file is allowed), if one of `trusted` signed
/// it.
[[nodiscard]] std::variant<License, DocumentError>
open_license(std::string_view text, const std::vector<VendorKey>& trusted);

/// The same without judging who signed: to inspect a file.
[[nodiscard]] std::variant<License, DocumentError> read_license_unverified(std::string_view text);

/// Which key signed `text` by its own word: `key_id` of the vendor's key (RFC 7638). Empty: it is
/// not a license. To tell a person; what counts is `open_license`.
[[nodiscard]] std::string key_id_in(std::string_view text);
[[nodiscard]] std::string key_id(const PublicKey& key);

/// The signed file, one line with a newline. Throws std::invalid_argument for a license that the
/// parser would refuse, and says which field.
[[nodiscard]] std::string sign_license(const License& license, const SigningKey& key);

} // namespace usher::trust
