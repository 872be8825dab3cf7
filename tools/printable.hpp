#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text from strangers, made fit for a terminal. Pure.
namespace usher::tools {

/// `text` with everything that is not a visible character written out: control characters and bytes
/// that are no UTF-8 as `\x1b`, characters that turn or hide others as `\u{202e}`. So a name cannot
/// move the cursor, begin a line, or look like another name. Printable text stays as it is; a
/// backslash is not doubled, for Windows users have one in their names.
[[nodiscard]] std::string printable(std::string_view text);

/// How many columns a printable text takes: wide East Asian characters take two, combining ones
/// none.
[[nodiscard]] std::size_t columns_of(std::string_view printable_text);

/// The first characters of a printable text, with `…` where it takes more than `columns_max`.
[[nodiscard]] std::string cut(std::string_view printable_text, std::size_t columns_max);

} // namespace usher::tools
