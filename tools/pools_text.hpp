#pragma once

#include "protocol/usher.pb.h"

#include <cstddef>
#include <limits>
#include <string>

/// Where units are and whom they follow, for people. Pure.
namespace usher::tools {

/// So many pools under one root are shown where more would hide all else that is on the screen.
inline constexpr std::size_t children_on_a_screen = 20;
inline constexpr std::size_t all_children = std::numeric_limits<std::size_t>::max();

/// A table of the pools, those under a root indented below it. Of each root's `children_max` are
/// shown; one more line says how many others there are, what they have, and how many of them are
/// locked. Who has no pools under a root need not read of schemes and owners.
[[nodiscard]] std::string pools_text(const v1::StatusPart& picture, bool is_colored,
                                     std::size_t children_max = all_children);

/// Companies, users and instances.
[[nodiscard]] std::string parties_text(const v1::StatusPart& picture, bool is_colored);

/// `web uses site-a: 3 of 5 units are held; this may be relied on for 72h`, a line.
[[nodiscard]] std::string pool_state_text(const std::string& party, const v1::PoolState& state);

/// What is still to be done for a license that is expected.
[[nodiscard]] std::string still_to_do(const v1::StatusPart::License& license);

} // namespace usher::tools
