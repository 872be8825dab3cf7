#pragma once

#include "daemon/journal/chain.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/journal/record.hpp"

#include <optional>
#include <string>
#include <vector>

namespace usher::journal {

/// Where a `MemoryJournal` keeps its turns: what a disk is to a real one. It outlives the journal,
/// so that a test can end a daemon and start the next one on what it left behind.
struct MemoryDisk {
    /// What is wrong with it.
    enum class Failure {
        none,
        before_writing, ///< The turn is lost: nobody was told of it.
        after_writing,  ///< The turn is kept, and nobody was told so.
    };

    struct Stored {
        ledger::CalendarInstant at{};
        std::string record;
    };

    std::vector<Stored> turns; ///< Turn 1 first.
    std::optional<Stored> snapshot;
    std::uint64_t snapshot_number = 0;

    Failure failure = Failure::none;
    std::uint64_t works_for = 0; ///< How many more appends and snapshots succeed before it fails.
};

/// A journal for tests and simulation. It keeps records as the real one does, so that whatever is
/// replayed went through bytes; what it does not have is a chain.
class MemoryJournal final : public Journal {
  public:
    /// `disk` outlives it.
    explicit MemoryJournal(MemoryDisk& disk) : disk_(disk) {}

    void replay(const std::function<void(const Turn&)>& visit) override;
    std::uint64_t append(ledger::CalendarInstant at, std::span<const ledger::Fact> facts) override;
    void snapshot(ledger::CalendarInstant at, std::span<const ledger::Fact> facts) override;
    [[nodiscard]] std::uint64_t turns_since_snapshot() const override;

  private:
    /// Fails where the disk does, before or after `write`.
    void write(const std::function<void()>& write);

    MemoryDisk& disk_;
    RecordWriter writer_;
    bool is_replayed_ = false;
    bool is_broken_ = false;
};

} // namespace usher::journal
