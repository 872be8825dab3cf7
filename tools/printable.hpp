#pragma once

#include "protocol/text.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// Text from strangers, made fit for a terminal. Pure.
namespace usher::tools {

/// What a stranger wrote must pass this before it reaches a terminal: so a name cannot move the
/// cursor, begin a line, or look like another name.
using protocol::printable;

/// How many columns a printable text takes: wide East Asian characters take two, combining ones
/// none.
[[nodiscard]] std::size_t columns_of(std::string_view printable_text);

/// The first characters of a printable text, with `…` where it takes more than `columns_max`.
[[nodiscard]] std::string cut(std::string_view printable_text, std::size_t columns_max);

} // namespace usher::tools
