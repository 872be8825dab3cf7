#pragma once

#include "client/holdings.hpp"
#include "tools/call.hpp"

namespace usher::tools {

/// PROFILE, --units, --wait, --user, --device and --party. Who types it at this machine is the user
/// and the device where nothing else is said. `wish` must outlive the call's `parse`.
void add_wish_options(Call& call, client::Wish& wish);

} // namespace usher::tools
