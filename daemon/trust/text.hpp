#pragma once

#include <cstddef>
#include <string_view>

namespace usher::trust {

/// Whether `text` is UTF-8 (RFC 3629) that looks on a screen like what it is: no control
/// character, no line or paragraph separator, nothing that turns the direction of what follows.
[[nodiscard]] bool is_plain_text(std::string_view text);

/// The same, 1 to `bytes_max` bytes, and no space at either end.
[[nodiscard]] bool is_plain_name(std::string_view text, std::size_t bytes_max);

/// What is between the spaces, tabs and ends of line around a text that was kept in a file.
[[nodiscard]] std::string_view without_surrounding_space(std::string_view text);

} // namespace usher::trust
