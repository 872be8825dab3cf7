#pragma once

#include <cstdint>
#include <optional>
#include <string>

/// Instants and spans of the wire, for people and programs. Pure.
namespace usher::tools {

/// RFC 3339 in UTC, whole seconds: `2030-01-15T12:00:00Z`. `us`: microseconds since 1970-01-01 UTC.
[[nodiscard]] std::string instant_text(std::int64_t us);

/// The same back: an instant in that form, or a day, `2030-01-15`, which means its first instant.
[[nodiscard]] std::optional<std::int64_t> instant_from_text(const std::string& text);

/// How long something is, by its two largest units: `3d 4h`, `12m 5s`, `24s`; nothing or less is
/// `0s`.
[[nodiscard]] std::string span_text(std::int64_t us);

} // namespace usher::tools
