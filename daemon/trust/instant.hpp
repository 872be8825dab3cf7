#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace usher::trust {

/// UTC, as licenses write it; equal to the ledger's calendar instant.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// `2030-01-31T00:00:00Z` (RFC 3339): whole seconds, always `T` and `Z`, the years 1970 to 9999.
/// `to_text` needs such an instant.
[[nodiscard]] bool is_writable(Instant instant);
[[nodiscard]] std::string to_text(Instant instant);
/// Nothing but that form, of a day that exists; no leap second.
[[nodiscard]] std::optional<Instant> instant_from(std::string_view text);

} // namespace usher::trust
