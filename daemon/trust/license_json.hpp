#pragma once

#include "daemon/trust/license_file.hpp"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

/// The payload of a license file: what it says, apart from who says so. Any thread.
namespace usher::trust {

class Members;

/// Throws Malformed with the place, unless `payload` is a license in the one canonical form.
[[nodiscard]] License license_from(std::string_view payload);

/// Needs a license without an objection.
[[nodiscard]] std::string payload_of(const License& license);

/// The same as an object within another document. `license_in` says the member's full name.
[[nodiscard]] License license_in(Members members);
[[nodiscard]] nlohmann::json object_of(const License& license);

/// The members `identifiers` and `salt`, by which a host is known in several documents.
void read_identity(Members& members, NodeLockTerms& lock);
void write_identity(nlohmann::json& object, const NodeLockTerms& lock);

/// The first field that no license may have like this: `to: is not later than from`.
[[nodiscard]] std::optional<std::string> objection_to(const License& license);
[[nodiscard]] std::optional<std::string> objection_to(const NodeLockTerms& lock);

inline constexpr std::size_t salt_bytes = 16;

} // namespace usher::trust
