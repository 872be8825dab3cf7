#include "daemon/journal/memory_journal.hpp"

#include <algorithm>
#include <cassert>

namespace usher::journal {
namespace {

Turn turn_from(std::uint64_t number, const MemoryDisk::Stored& stored)
{
    Turn turn{.number = number, .at = stored.at, .facts = {}};
    const auto wrong = read_record(stored.record, turn.facts);
    assert(!wrong); // This build has written it.
    return turn;
}

} // namespace

void MemoryJournal::replay(const std::function<void(const Turn&)>& visit)
{
    assert(!is_replayed_);
    is_replayed_ = true;
    if (disk_.snapshot)
        visit(turn_from(disk_.snapshot_number, *disk_.snapshot));
    for (std::uint64_t number = disk_.snapshot_number + 1; number <= disk_.turns.size(); ++number)
        visit(turn_from(number, disk_.turns[number - 1]));
}

std::uint64_t MemoryJournal::append(ledger::CalendarInstant at, std::span<const ledger::Fact> facts)
{
    assert(is_replayed_ && !is_broken_);
    if (std::ranges::any_of(facts, ledger::is_lasting))
        write([&] { disk_.turns.push_back({at, std::string(writer_.write(facts))}); });
    return disk_.turns.size();
}

void MemoryJournal::snapshot(ledger::CalendarInstant at, std::span<const ledger::Fact> facts)
{
    assert(is_replayed_ && !is_broken_);
    if (turns_since_snapshot() == 0)
        return;
    write([&] {
        disk_.snapshot = MemoryDisk::Stored{at, std::string(writer_.write(facts))};
        disk_.snapshot_number = disk_.turns.size();
    });
}

std::uint64_t MemoryJournal::turns_since_snapshot() const
{
    return disk_.turns.size() - disk_.snapshot_number;
}

void MemoryJournal::write(const std::function<void()>& write)
{
    using Failure = MemoryDisk::Failure;
    const bool fails = disk_.failure != Failure::none && disk_.works_for == 0;
    if (!fails || disk_.failure == Failure::after_writing)
        write();
    if (fails) {
        is_broken_ = true;
        throw Fault("cannot write to the memory of a test", "this test wants it so");
    }
    if (disk_.failure != Failure::none)
        --disk_.works_for;
}

} // namespace usher::journal
