#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

/// Files that nobody but the daemon may read. Each throws `Fault` with a sentence that names the
/// file and what is wrong with it. Any thread.
namespace usher::trust {

/// Makes `directory` (0700) where it is missing; refuses one that is not a directory, belongs to
/// another user, or that others may look into.
void keep_private_directory(const std::filesystem::path& directory);

/// What is in `file`; none: there is no such file. Refuses a link, what is no regular file, one
/// longer than 1 MiB, one of another owner, and one that others than its owner may read.
[[nodiscard]] std::optional<std::string> read_private_file(const std::filesystem::path& file);

/// The same for a file that the operator keeps: it must be there, a link is fine, and so is a group
/// that may read it; the whole world must not where it is `secret`.
[[nodiscard]] std::string read_given_file(const std::filesystem::path& file, bool secret);

/// Refuses what `read_private_file` refuses, whatever its length, and one that is not there: what
/// is in it is another's to read.
void expect_private_file(const std::filesystem::path& file);

/// Refuses a file or directory that says what the daemon does where others than root, its own user
/// and its own group can put other things: into it, or in its place. A link is followed.
void expect_guarded(const std::filesystem::path& path);

/// Replaces `file` (0600) at once or not at all, durably.
void write_private_file(const std::filesystem::path& file, std::string_view contents);

/// Takes `file` away, where there is one.
void remove_private_file(const std::filesystem::path& file);

/// Makes `file` (0600) at once or not at all, durably, and never in the place of another: false,
/// and nothing changed, where there is one already.
[[nodiscard]] bool create_private_file(const std::filesystem::path& file,
                                       std::string_view contents);

} // namespace usher::trust
