#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What all signed documents have in common: one line, a JWS in compact form whose header says
/// what it is, at most 16 KiB. `README.md` beside this has a table for each. Any thread.
namespace usher::trust {

/// What a document is. A vendor signs licenses, activations and an issuer's answers; a node signs
/// the others.
enum class DocumentKind : std::uint8_t {
    license,
    node, ///< The text that `usher node` prints.
    activation_request,
    activation, ///< Also a ticket.
    transfer_request,
    receipt,
    showing,
    issuer_answer,
    redirect,
    move_mark,
};

/// As its header names it: `usher-receipt`.
[[nodiscard]] std::string_view word(DocumentKind kind);

/// What `text` is by its own word, to know who reads it: nothing in it is verified. White space
/// around it is allowed; none: it is no document of ours.
[[nodiscard]] std::optional<DocumentKind> document_kind(std::string_view text);

/// Why a text is not a document that we accept.
struct DocumentError {
    enum class Kind : std::uint8_t {
        malformed,      ///< Not the format; `what` names the place.
        unknown_vendor, ///< Signed by a key that is not among the trusted ones.
        bad_signature,  ///< Changed since it was signed, or never signed by that key.
    };
    Kind kind = Kind::malformed;
    std::string what; ///< A sentence for people, without a full stop.
};

/// Random bytes by which an answer is known to be that of a question.
using Nonce = std::array<std::uint8_t, 16>;
[[nodiscard]] Nonce fresh_nonce();

/// Activations of one license are counted from 1; none gets a number twice.
inline constexpr std::uint64_t activation_number_max = 1'000'000'000;

} // namespace usher::trust
