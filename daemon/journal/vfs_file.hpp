#pragma once

#include "daemon/journal/sqlite_error.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sqlite3_file;

namespace usher::journal {

/// A file beside a database, by the road that SQLite's own bytes take to the disk: whoever puts a
/// disk of his own below SQLite, as tests do, has it below every byte that the journal writes;
/// files are made, renamed and removed past it. What goes wrong is a `Fault`. Not for a file that
/// SQLite has open: closing it would drop SQLite's locks.
class VfsFile {
  public:
    /// It is there, is no link, and may be written.
    explicit VfsFile(const std::filesystem::path& file);
    ~VfsFile();
    VfsFile(const VfsFile&) = delete;
    VfsFile& operator=(const VfsFile&) = delete;

    [[nodiscard]] std::uint64_t size();
    /// All of `room` is there to be read.
    void read(std::span<char> room, std::uint64_t offset);
    void write(std::string_view bytes, std::uint64_t offset);
    void sync();

  private:
    void check(int code, std::string_view doing) const;
    [[noreturn]] void fail(const SqliteError& error, std::string_view doing) const;
    struct Close {
        void operator()(sqlite3_file* file) const;
    };

    std::string name_; ///< SQLite looks at it as long as the file is open.
    std::unique_ptr<sqlite3_file, Close> file_;
};

/// What stands in the file `beside` a database is written anew, and synced. A failed sync may have
/// left what only looks as if it were on the disk; nothing may be moved from there into the
/// database before it is. Before the database is opened.
void write_anew(const std::filesystem::path& beside);

} // namespace usher::journal
