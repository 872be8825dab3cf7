#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// Durations as people write them, everywhere the same: in usherd.toml, on the command line, in
/// answers.
namespace usher::protocol {

/// `25s`, `2m`, `500ms`, `1h`, `15d`: a whole number and one unit; at most some thirty years. A day
/// has 24 hours.
[[nodiscard]] std::optional<std::chrono::milliseconds> duration_from(std::string_view text);

/// The largest unit up to hours that says it exactly: `72h` is what people call three days of a
/// term.
[[nodiscard]] std::string to_text(std::chrono::milliseconds duration);

} // namespace usher::protocol
