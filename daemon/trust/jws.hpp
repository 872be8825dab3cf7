#pragma once

#include "daemon/trust/signature.hpp"

#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

/// What Usher signs: a JWS in compact form (RFC 7515, EdDSA as in RFC 8037) over JSON in its one
/// canonical form (RFC 8785, without fractions). Anything else is refused, so that two readers
/// can never see two things in one text. Any thread.
namespace usher::trust {

/// Why a text is refused; says the place first: `payload: "to" is missing`.
class Malformed : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The parts of a JWS whose signature nobody has looked at yet.
struct Jws {
    std::string header;            ///< Decoded, but not judged.
    std::string payload;           ///< Decoded, but not judged.
    std::string_view signed_bytes; ///< Into the text that was split.
    Signature signature{};
};

/// Throws Malformed unless `text` is three parts in strict base64url.
[[nodiscard]] Jws split_jws(std::string_view text);

/// The text of a JWS over these two, both canonical JSON.
[[nodiscard]] std::string sign_jws(std::string_view header, std::string_view payload,
                                   const SigningKey& key);

/// The object in `text`, written in any way: each name of an object once, and nothing is nested
/// deeper than a handful. Throws Malformed with `place`, and with line and column of what is no
/// JSON.
[[nodiscard]] nlohmann::json json_object(std::string_view text, const std::string& place);

/// The object in `text`. Throws Malformed, its sentence beginning with `place`, unless it is an
/// object in the one canonical form: names sorted, each once, no white space, shortest escapes.
[[nodiscard]] nlohmann::json canonical_object(std::string_view text, const std::string& place);

/// The text that `canonical_object` reads.
[[nodiscard]] std::string canonical_text(const nlohmann::json& value);

/// A public key as a header names it, `jwk`.
[[nodiscard]] nlohmann::json jwk(const PublicKey& key);

} // namespace usher::trust
