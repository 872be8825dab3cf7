#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Files that people name on the command line. Each throws `Fault` with a sentence that names the
/// file.
namespace usher::tools {

/// What is in `file`, at most 1 MiB; `-` is standard input.
[[nodiscard]] std::string read_file(const std::filesystem::path& file);

/// A signed document in `file`; `-` is standard input. Whoever sent it may have sent anything: a
/// symbolic link, what is no regular file, and what is longer than 16 KiB is refused before a byte
/// of it is read, and nothing keeps the program waiting.
[[nodiscard]] std::string read_document(const std::filesystem::path& file);

/// Makes `file` (0600); refuses to write over one that is there.
void write_new_file(const std::filesystem::path& file, std::string_view contents);

/// A file's name for a license: its number may hold what no file name may.
[[nodiscard]] std::string file_for(const std::string& license, const std::string& ending);

/// Without its end of line.
[[nodiscard]] std::string first_line(std::string_view text);

/// The lines of a text that hold something, without the blanks around it.
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);

} // namespace usher::tools
