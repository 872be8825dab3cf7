#pragma once

#include "daemon/journal/database.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/journal/journal_file.hpp"
#include "daemon/journal/record.hpp"
#include "daemon/journal/tables.hpp"

#include <filesystem>
#include <optional>

namespace usher::journal {

/// Turns in a SQLite file; README.md in this folder says how, and what a crash can lose.
/// One append is one sync.
class SqliteJournal final : public Journal {
  public:
    /// Opens the journal in `file`, or makes an empty one (0600); its directory (0700) is there.
    ///
    /// Refuses: a second usherd on the same directory; a directory or file of another user's or
    /// open to others; a link; a file that is cut off, damaged, not a journal, or a newer usherd's;
    /// one that cannot be written.
    ///
    /// `bytes_max`: of one record; a longer turn is a `Fault`.
    explicit SqliteJournal(const std::filesystem::path& file,
                           std::size_t bytes_max = record_bytes_max);
    ~SqliteJournal() override;

    void replay(const std::function<void(const Turn&)>& visit) override;
    std::uint64_t append(ledger::CalendarInstant at, std::span<const ledger::Fact> facts) override;
    void snapshot(ledger::CalendarInstant at, std::span<const ledger::Fact> facts) override;
    [[nodiscard]] std::uint64_t turns_since_snapshot() const override;

  private:
    /// Runs what writes; whatever it throws breaks the journal for good.
    template <class Write>
    void write(const Write& write);

    std::filesystem::path file_;
    DirectoryLock lock_; ///< First in, last out.
    std::optional<Database> database_;
    std::optional<Tables> tables_;
    std::optional<HeadFile> head_file_;
    RecordWriter writer_;
    Head head_;
    std::uint64_t snapshot_number_ = 0;
    bool is_replayed_ = false;
    bool is_broken_ = false;
};

} // namespace usher::journal
