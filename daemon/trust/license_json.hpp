#pragma once

#include "daemon/trust/license_file.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The payload of a license file: what it says, apart from who says so. Any thread.
namespace usher::trust {

/// Throws Malformed with the place, unless `payload` is a license in the one canonical form.
[[nodiscard]] License license_from(std::string_view payload);

/// Needs a license without an objection.
[[nodiscard]] std::string payload_of(const License& license);

/// The first field that no license may have like this: `to: is not later than from`.
[[nodiscard]] std::optional<std::string> objection_to(const License& license);
[[nodiscard]] std::optional<std::string> objection_to(const NodeLockTerms& lock);

inline constexpr std::size_t salt_bytes = 16;

} // namespace usher::trust
