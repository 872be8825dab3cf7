#pragma once

#include "daemon/journal/database.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/journal/journal_file.hpp"
#include "daemon/journal/tables.hpp"

#include <filesystem>
#include <functional>
#include <optional>

/// A journal looked at from outside, while no usherd has it. Nothing in it is changed.
namespace usher::journal {

class History {
  public:
    /// Opens the journal in `file`. Refuses one that a usherd has, that is not there, is damaged at
    /// its beginning, or a newer usherd's; whose it is and who may read it does not matter here.
    explicit History(const std::filesystem::path& file);

    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

    /// The number of the last turn, unchecked; 0: there is none.
    [[nodiscard]] std::uint64_t last_number() { return tables_.last_number(); }

    /// Shows every turn after `number` to `visit`, oldest first. Throws `Fault` at the first that
    /// is missing, changed or cannot be read. Gives the head.
    Head walk(std::uint64_t number, const std::function<void(const Turn&)>& visit);

    /// The newest snapshot as a turn, checked against its digest and the turn that it stands on.
    [[nodiscard]] std::optional<Turn> snapshot();

    /// Throws `Fault` unless the journal reaches to `expected` and is the same up to there.
    void check_against(const Head& expected, const Head& head);

    /// What usherd remembered beside the file; none: nothing.
    [[nodiscard]] std::optional<Head> remembered() const { return HeadFile::read(file_); }

  private:
    std::filesystem::path file_;
    DirectoryLock lock_;
    Database database_;
    Tables tables_;
};

} // namespace usher::journal
