#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

/// `usher journal verify|tail|export`: what usherd remembered, read from its file while it stands
/// still. Each returns the exit code, writes what was asked for to `out`, and throws `Fault` where
/// the journal cannot be read or is not whole.
namespace usher::tools {

/// Which journal: `file` where it is named, else `journal.db` in the state directory.
[[nodiscard]] std::filesystem::path
journal_file(const std::optional<std::filesystem::path>& file,
             const std::filesystem::path& state = "/var/lib/usher");

/// Checks all of it, and prints where it ends. `head`: as a run of this printed it earlier, kept
/// elsewhere; a journal that does not reach it, or is another one, is a fault. Empty: none.
int journal_verify(const std::filesystem::path& file, const std::string& head, bool json,
                   std::ostream& out);

/// The last `turns` turns, the oldest first; with `json` one JSON object a line.
int journal_tail(const std::filesystem::path& file, std::uint64_t turns, bool json,
                 std::ostream& out);

/// Everything, one JSON object a turn and line.
int journal_export(const std::filesystem::path& file, std::ostream& out);

} // namespace usher::tools
