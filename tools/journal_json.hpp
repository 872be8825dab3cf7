#pragma once

#include "daemon/journal/journal.hpp"
#include "tools/status_json.hpp"

#include <string>

/// What the journal remembers, for people and programs. Pure. No secret is among it: a lease is
/// named by its tag, and of a digest there is as much as tells two apart.
namespace usher::tools {

/// `{"turn","at","at_us","facts":[{"fact",…}]}`; what there is not, is left out.
[[nodiscard]] Json turn_json(const journal::Turn& turn);

/// A line for the turn and an indented one for each of its facts: `lease_granted lease=… pool=…`.
[[nodiscard]] std::string turn_text(const journal::Turn& turn);

} // namespace usher::tools
