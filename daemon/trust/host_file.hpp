#pragma once

#include "daemon/trust/node.hpp"

#include <filesystem>
#include <string>

/// Where identifiers come from: small files of the kernel and of the system, below `root`.
namespace usher::trust {

struct HostFile {
    std::string text;
    std::string why; ///< Empty: it was read. Else why not, for people.
};
/// `path` is relative; at most 64 KiB of it are read.
[[nodiscard]] HostFile read_host_file(const std::filesystem::path& root,
                                      const std::filesystem::path& path);

[[nodiscard]] Identifier found_identifier(std::string name, std::string value);
[[nodiscard]] Identifier missing_identifier(std::string name, std::string why);

/// Only the letters and digits, small: what one kernel writes with dashes another does not.
[[nodiscard]] std::string plain_value(std::string_view text);
/// Whether thousands of hosts show the same: nothing, one digit over and over, a maker's
/// placeholder. `value` is plain.
[[nodiscard]] bool says_nothing(std::string_view value);

/// The disk that the system stands on: its maker's number, or else the number that its file system
/// was given when it was made.
[[nodiscard]] Identifier root_disk(const std::filesystem::path& root);

/// The permanent address of the first network card that is no virtual one.
[[nodiscard]] Identifier mac(const std::filesystem::path& root);

} // namespace usher::trust
