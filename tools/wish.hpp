#pragma once

#include "client/holdings.hpp"
#include "tools/call.hpp"

#include <string>

namespace usher::tools {

/// Who types this, as this machine knows him.
[[nodiscard]] std::string this_user();

/// PROFILE, --pool, --units, --wait, --user, --device and --party. Who types it at this machine is
/// the user and the device where nothing else is said. `wish` must outlive the call's `parse`.
void add_wish_options(Call& call, client::Wish& wish);

} // namespace usher::tools
