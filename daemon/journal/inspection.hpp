#pragma once

#include "daemon/journal/chain.hpp"
#include "daemon/ledger/types.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace usher::journal {

/// What of a journal was looked at and found whole.
struct Inspection {
    Head head;
    std::uint64_t facts = 0;
    ledger::CalendarInstant first{}; ///< Of no meaning where there is no turn.
    ledger::CalendarInstant last{};
    std::optional<std::uint64_t> snapshot; ///< The last turn in it.
    bool reaches_remembered = false;       ///< There was a head beside the file, and it holds.
};

/// Looks at all of the journal in `file` and throws `Fault` at the first thing that is wrong:
/// a turn that was edited, removed, moved, inserted or cannot be read; an end before `expected` or
/// before what usherd remembered beside the file; facts that cannot have followed from those before
/// them; a snapshot that is not what the turns come to; a ledger that breaks an invariant.
///
/// What it cannot find: an end that was cut off together with what remembered it, and a journal
/// that somebody wrote anew from the changed turn on. `expected`, kept elsewhere, finds both.
[[nodiscard]] Inspection inspect(const std::filesystem::path& file,
                                 const std::optional<Head>& expected);

} // namespace usher::journal
