#pragma once

#include "protocol/operator.pb.h"
#include "tools/status_json.hpp"

#include <string>

/// What a plan would do, for people and for programs. Pure.
namespace usher::tools {

/// The exit code where somebody would be locked. Neither done nor refused, so it is neither of
/// their codes, and not the one of what is not understood.
inline constexpr int exit_would_lock = 3;

/// The plan of a verb that can lock somebody; of any other one it is of nothing.
[[nodiscard]] v1::Plan plan_of(const v1::Operate& verb);

/// A line that sums it up, a table of the pools that would stand otherwise, and of each that would
/// lock the cures. Those are lines for a shell: what is no command is a comment there.
///
///     2027-01-31T00:00:00Z: 1 pool would lock
///
///     POOL    ASSIGNED   HELD  STATE
///     site-b  1000 → 10  60    would lock: 50 short
///
///     # site-b needs 50 units:
///     usher pool allocate site-a site-b 40
///     # or: buy 50 units more
[[nodiscard]] std::string forecast_text(const v1::Forecast& forecast, bool is_colored);

/// `{"at","locks","stay_locked","leases_ended","leases_moved","pools":[{"pool","new","gone",
/// "stock_before","stock_after","held_before","held_after","locked_before","locked_after",
/// "short","cures"}],"pools_left_out","warnings"}`. A stock is null where it is unlimited, or the
/// pool is not there.
[[nodiscard]] Json forecast_json(const v1::Forecast& forecast);

} // namespace usher::tools
