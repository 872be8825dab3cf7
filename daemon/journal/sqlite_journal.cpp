#include "daemon/journal/sqlite_journal.hpp"

#include "daemon/journal/vfs_file.hpp"

#include <algorithm>
#include <cassert>

namespace usher::journal {
namespace {

/// Pages of 4 KiB beside the file after which they are moved into it: README.md has the figures.
constexpr int pending_pages_max = 256;

} // namespace

SqliteJournal::SqliteJournal(const std::filesystem::path& file, std::size_t bytes_max)
    : file_(file), lock_(DirectoryLock::alone(file)), writer_(bytes_max)
{
    check_directory(file);
    if (!is_there(file)) {
        make_journal(file);
        lock_.sync();
    }
    check_header(file);
    if (has_pending_turns(file))
        write_anew(file.string() + "-wal");
    database_.emplace(file, Database::Access::write);
    tables_.emplace(*database_);
    // A commit whose sync failed may stand beside the file without being on the disk: what the last
    // daemon left is on it for sure before anything is built on it.
    database_->absorb();
}

SqliteJournal::~SqliteJournal() = default;

void SqliteJournal::replay(const std::function<void(const Turn&)>& visit)
{
    assert(!is_replayed_);
    Turn turn;
    head_ = tables_->read_snapshot([&](const Row& row) {
        read_turn(row, turn, file_);
        visit(turn);
    });
    snapshot_number_ = head_.number;
    head_ = tables_->walk(head_, [&](const Row& row, const Link&) {
        read_turn(row, turn, file_);
        visit(turn);
    });
    if (const auto remembered = HeadFile::read(file_))
        tables_->check_against(*remembered, head_,
                               "restore " + file_.filename().string() +
                                   " and its -wal from one backup; to go on with what is there, "
                                   "and lose what is not, remove " +
                                   file_.string() + "-head");
    head_file_.emplace(file_, head_);
    is_replayed_ = true;
}

std::uint64_t SqliteJournal::append(ledger::CalendarInstant at, std::span<const ledger::Fact> facts)
{
    assert(is_replayed_ && !is_broken_);
    if (std::ranges::none_of(facts, ledger::is_lasting))
        return head_.number;
    write([&] {
        head_ = tables_->add(
            head_, {.number = head_.number + 1, .at = at, .record = writer_.write(facts)});
        head_file_->write(head_);
        if (database_->pending_pages() >= pending_pages_max)
            database_->checkpoint();
    });
    return head_.number;
}

void SqliteJournal::snapshot(ledger::CalendarInstant at, std::span<const ledger::Fact> facts)
{
    assert(is_replayed_ && !is_broken_);
    if (turns_since_snapshot() == 0)
        return; // Nothing has happened since the last one.
    snapshot_number_ = head_.number;
    std::string_view record;
    try {
        record = writer_.write(facts);
    } catch (const RecordTooLong&) {
        return; // The last one stands, and every turn after it.
    }
    write([&] {
        tables_->replace_snapshot(head_, {.number = head_.number, .at = at, .record = record});
        database_->checkpoint();
    });
}

std::uint64_t SqliteJournal::turns_since_snapshot() const
{
    return head_.number - snapshot_number_;
}

template <class Write>
void SqliteJournal::write(const Write& write)
{
    is_broken_ = true;
    try {
        write();
    } catch (...) {
        database_->give_up();
        throw;
    }
    is_broken_ = false;
}

} // namespace usher::journal
