#pragma once

#include "daemon/journal/chain.hpp"
#include "daemon/journal/vfs_file.hpp"

#include <filesystem>
#include <optional>
#include <string>

/// The files of a journal, seen from outside: `journal.db`, beside it `journal.db-wal` of SQLite
/// and `journal.db-head`. Each function throws `Fault` with a sentence that names the file.
namespace usher::journal {

/// The version of the tables in the file; `record_format` is that of what stands in them.
inline constexpr std::uint32_t file_format = 1;

/// Marks the file as ours in SQLite's header: `Ushr`.
inline constexpr std::uint32_t file_mark = 0x55736872;

/// Keeps others out of a journal's directory while it lives, across the making of the file too.
/// The lock is the kernel's and is gone with its owner, however that ends.
class DirectoryLock {
  public:
    /// Of the one who writes: alone.
    static DirectoryLock alone(const std::filesystem::path& journal);
    /// Of one who only reads: together with others who do.
    static DirectoryLock shared(const std::filesystem::path& journal);
    ~DirectoryLock();
    DirectoryLock(DirectoryLock&& other) noexcept;
    DirectoryLock& operator=(DirectoryLock&&) = delete;

    /// Makes what was made, renamed or removed in the directory durable.
    void sync() const;

  private:
    DirectoryLock(const std::filesystem::path& journal, int operation);

    std::filesystem::path directory_;
    int number_ = -1;
};

/// Refuses a directory that belongs to another user or that others may look into.
void check_directory(const std::filesystem::path& journal);

/// Whether there is a journal. Refuses what is left of one (its other files without itself), a
/// link, what is no regular file, another user's, and one that others may read or write.
[[nodiscard]] bool is_there(const std::filesystem::path& journal);

/// Refuses a file that is empty, is not SQLite's, is another program's or a newer usherd's.
void check_header(const std::filesystem::path& journal);

/// Makes an empty file (0600) in which a new journal can be begun, and gives its name. What a start
/// that was cut off had begun goes.
[[nodiscard]] std::filesystem::path begin_file(const std::filesystem::path& journal);

/// Puts what was begun in the journal's place. `DirectoryLock::sync` makes it last.
void finish_file(const std::filesystem::path& journal);

/// Whether SQLite has written turns beside the file that are not in it yet.
[[nodiscard]] bool has_pending_turns(const std::filesystem::path& journal);

/// Remembers the journal's head beside it. The journal's end could otherwise be cut off, or its
/// `-wal` be lost, without a trace: what is left is a whole chain too. Written after each turn and
/// not synced, so it costs no time; it may be a little old after a power cut, but never ahead.
class HeadFile {
  public:
    /// What was remembered; none: nothing.
    static std::optional<Head> read(const std::filesystem::path& journal);

    /// Opens it and remembers `head`, durably. Where there is none it is made (0600) under another
    /// name first: whoever dies here must not leave a file of no length, which passes for damage.
    HeadFile(const std::filesystem::path& journal, const Head& head);

    void write(const Head& head);

  private:
    std::optional<VfsFile> file_;
};

} // namespace usher::journal
