#pragma once

#include "daemon/server/fields.hpp"
#include "daemon/server/translate.hpp"
#include "daemon/trust/activation.hpp"
#include "daemon/trust/instant.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

/// What the translations of all verbs that carry documents have in common. Any thread.
namespace usher::server {

/// DOCUMENT_INVALID.
[[nodiscard]] ledger::Refusal invalid_document(std::string what);
/// The same, or UNKNOWN_VENDOR.
[[nodiscard]] ledger::Refusal refusal_of(const trust::DocumentError& error);
/// Too long a text is not even looked at.
[[nodiscard]] std::optional<ledger::Refusal> objection_to_length(const std::string& document);

/// By which documents are dated: whole seconds. A clock that is set back makes none of them older
/// than the run that made it: an issuer takes no receipt from before a start.
[[nodiscard]] trust::Instant now_by(const Premises& premises);

[[nodiscard]] std::shared_ptr<const std::string> shared(std::string document);

/// The number of an activation as a field: 1 to what documents can hold.
std::uint64_t number_of(Fields& fields, std::uint64_t number);

/// machine or personal; empty: machine.
std::string kind_of(Fields& fields, const std::string& kind);

/// How often a host must show itself, as the ledger has it.
[[nodiscard]] std::optional<ledger::Check> check_of(const trust::Activation& activation);

} // namespace usher::server
