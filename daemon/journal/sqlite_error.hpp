#pragma once

#include <string>

namespace usher::journal {

/// A call of SQLite that went wrong.
struct SqliteError {
    int code = 0;             ///< As SQLite says it, extended.
    int system = 0;           ///< What the operating system said; 0: nothing.
    std::string else_by = {}; ///< What to say where nothing else fits; empty: what `system` means.
};

/// Why, as an operator calls it: `the disk is full`.
[[nodiscard]] std::string reason_for(const SqliteError& error);
/// What helps, as an imperative sentence without a full stop.
[[nodiscard]] std::string hint_for(const SqliteError& error);

} // namespace usher::journal
