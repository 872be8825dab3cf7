#pragma once

#include "daemon/server/translate.hpp"

#include <string>

/// The documents by which a license comes to this host and leaves it, made and judged before the
/// desk is asked: the ledger knows numbers and nonces, and no signature. Any thread.
namespace usher::server {

/// Whether `document` says of itself that it is one; nothing in it is verified.
[[nodiscard]] bool is_activation(const std::string& document);

/// BAD_ACTIVATION_CODE, BAD_REQUEST; NODELOCK_MISMATCH where this host shows too few identifiers.
[[nodiscard]] Translation request_activation(const v1::ActivationRequest& asked,
                                             const Caller& caller, const Premises& premises);

/// `asked` says who loads it and where its license is to go. DOCUMENT_INVALID (no activation,
/// changed, or a ticket), UNKNOWN_VENDOR, DOCUMENT_EXPIRED.
[[nodiscard]] Translation load_activation(const std::string& document, ledger::Install asked,
                                          const Premises& premises);

/// The receipt is signed before it is known whether its activation is the active one; where it is
/// not, the ledger refuses and the text is forgotten.
[[nodiscard]] Translation deactivate(const v1::Deactivate& asked, const Caller& caller,
                                     const Premises& premises);

[[nodiscard]] Translation make_showing(const v1::ShowingMake& asked);

/// The document by which this host shows itself, dated now: what belongs into it only the ledger
/// knows, so it is signed on the way out.
[[nodiscard]] std::string sign_showing(const ledger::Showing& showing, const Premises& premises);

/// DOCUMENT_INVALID, UNKNOWN_VENDOR.
[[nodiscard]] Translation load_issuer_answer(const std::string& document, const Premises& premises);

} // namespace usher::server
