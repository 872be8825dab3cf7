#pragma once

#include <optional>
#include <string>
#include <string_view>

/// How a lease id is typed: its 16 bytes as 32 hexadecimal digits. Pure.
namespace usher::tools {

[[nodiscard]] std::string lease_text(std::string_view id);

/// None: not 32 hexadecimal digits.
[[nodiscard]] std::optional<std::string> lease_from(std::string_view text);

} // namespace usher::tools
