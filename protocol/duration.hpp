#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// Durations as people write them, everywhere the same: in usherd.toml, on the command line, in
/// answers.
namespace usher::protocol {

/// `25s`, `2m`, `500ms`, `1h`: a whole number and one unit; at most some thirty years.
[[nodiscard]] std::optional<std::chrono::milliseconds> duration_from(std::string_view text);

/// The shortest of these that says it exactly.
[[nodiscard]] std::string to_text(std::chrono::milliseconds duration);

} // namespace usher::protocol
