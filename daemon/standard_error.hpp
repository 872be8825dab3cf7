#pragma once

#include <chrono>
#include <string_view>

/// Standard error, for who must not wait for its reader: a journald that hangs, a pager or a full
/// pipe may cost lines of the log, but nobody a seat.
namespace usher::daemon {

/// Writes `text`; waits for its reader for so long at most. False: it had no room for all of it.
/// What can never be written (a full disk, a reader that has gone) counts as written. Any thread.
bool say(std::string_view text, std::chrono::milliseconds time_max);

} // namespace usher::daemon
