#include "daemon/journal/tables.hpp"

#include "daemon/journal/journal_file.hpp"
#include "daemon/journal/record.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace usher::journal {
namespace {

using Path = std::filesystem::path;

// STRICT: a value of another type than we write is damage, and SQLite says so.
constexpr auto make_tables = R"sql(
    CREATE TABLE turn (
        number INTEGER PRIMARY KEY, -- 1, 2, 3, … without gaps
        at     INTEGER NOT NULL,    -- microseconds since 1970, UTC
        record BLOB NOT NULL,       -- record.proto
        chain  BLOB NOT NULL        -- SHA-256(chain before, number, at, record)
    ) STRICT;
    CREATE TABLE snapshot (
        number INTEGER PRIMARY KEY, -- of the last turn in it
        at     INTEGER NOT NULL,
        record BLOB NOT NULL,
        chain  BLOB NOT NULL,       -- of that turn
        digest BLOB NOT NULL        -- SHA-256("snapshot", chain, number, at, record)
    ) STRICT;
)sql";

constexpr auto restore_hint =
    "usher journal verify shows what is whole; restore the journal from a backup";

std::string text(std::uint64_t number)
{
    return std::to_string(number);
}

Row row_of(const Statement& statement)
{
    return {.number = static_cast<std::uint64_t>(statement.number(0)),
            .at = ledger::CalendarInstant(ledger::Duration(statement.number(1))),
            .record = statement.bytes(2)};
}

bool is_equal(const Link& link, std::string_view bytes)
{
    return std::ranges::equal(link, bytes, {}, {},
                              [](char byte) { return static_cast<std::uint8_t>(byte); });
}

Statement& bind(Statement& statement, const Row& row)
{
    return statement.bind(1, static_cast<std::int64_t>(row.number))
        .bind(2, row.at.time_since_epoch().count())
        .bind(3, row.record);
}

} // namespace

void make_journal(const Path& file)
{
    {
        Database database(begin_file(file), Database::Access::make);
        const std::string all = "BEGIN; PRAGMA application_id = " + text(file_mark) +
                                "; PRAGMA user_version = " + text(file_format) + ";" + make_tables +
                                "COMMIT";
        database.run(all.c_str(), "make");
        Statement mode = database.prepare("PRAGMA journal_mode = WAL"); // The file remembers it.
        if (!mode.step("make") || mode.bytes(0) != "wal")               // SQLite says it no louder.
            throw Fault("cannot make " + file.string() +
                            ": its file system has no shared memory for what is written beside it",
                        "put the state directory on a local file system");
    }
    finish_file(file);
}

Tables::Tables(Database& database)
    : database_(database), turns_(database.prepare("SELECT number, at, record, chain FROM turn"
                                                   " WHERE number > ?1 ORDER BY number")),
      link_(database.prepare("SELECT chain FROM turn WHERE number = ?1")),
      last_(database.prepare("SELECT max(number) FROM turn")),
      snapshot_(database.prepare("SELECT number, at, record, chain, digest FROM snapshot"
                                 " ORDER BY number DESC LIMIT 1")),
      insert_turn_(database.prepare("INSERT INTO turn VALUES (?1, ?2, ?3, ?4)")),
      insert_snapshot_(database.prepare("INSERT INTO snapshot VALUES (?1, ?2, ?3, ?4, ?5)")),
      delete_snapshots_(database.prepare("DELETE FROM snapshot WHERE number < ?1"))
{}

Head Tables::read_snapshot(const std::function<void(const Row&)>& visit)
{
    const Resetting resetting(snapshot_);
    if (!snapshot_.step("read"))
        return {};
    const Row row = row_of(snapshot_);
    const auto link = link_of(row.number);
    if (!link || !is_equal(*link, snapshot_.bytes(3)) ||
        !is_equal(chain_.of_snapshot(*link, row), snapshot_.bytes(4)))
        throw Fault("the snapshot after turn " + text(row.number) + " in " +
                        database_.file().string() + " was changed, or the turn itself was",
                    restore_hint);
    visit(row);
    return {row.number, *link};
}

Head Tables::walk(Head from, const std::function<void(const Row&, const Link&)>& visit)
{
    const Resetting resetting(turns_);
    // From the very beginning even what stands before turn 1 is looked at.
    turns_.bind(1, from.number == 0 ? std::numeric_limits<std::int64_t>::min()
                                    : static_cast<std::int64_t>(from.number));
    Head head = from;
    while (turns_.step("read turn " + text(head.number + 1) + " from")) {
        const Row row = row_of(turns_);
        const std::uint64_t expected = head.number + 1;
        if (row.number != expected)
            throw Fault("turn " + text(expected) + " is missing in " + database_.file().string(),
                        restore_hint);
        const Link link = chain_.after(head.link, row);
        if (!is_equal(link, turns_.bytes(3)))
            throw Fault("turn " + text(expected) + " in " + database_.file().string() +
                            " is not what was written: it does not fit the chain",
                        restore_hint);
        head = {expected, link};
        visit(row, link);
    }
    return head;
}

std::optional<Link> Tables::link_of(std::uint64_t number)
{
    const Resetting resetting(link_);
    if (!link_.bind(1, static_cast<std::int64_t>(number)).step("read"))
        return std::nullopt;
    const std::string_view bytes = link_.bytes(0);
    Link link{};
    if (bytes.size() != link.size())
        return std::nullopt;
    std::ranges::copy(bytes, link.begin());
    return link;
}

std::uint64_t Tables::last_number()
{
    const Resetting resetting(last_);
    last_.step("read");
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, last_.number(0)));
}

Head Tables::add(const Head& head, const Row& turn)
{
    assert(turn.number == head.number + 1);
    const Link link = chain_.after(head.link, turn);
    bind(insert_turn_, turn).bind(4, link).run("write a turn to");
    return {turn.number, link};
}

void Tables::replace_snapshot(const Head& head, const Row& snapshot)
{
    assert(snapshot.number == head.number);
    constexpr std::string_view doing = "write a snapshot to";
    const Link digest = chain_.of_snapshot(head.link, snapshot);
    database_.run("BEGIN", doing);
    bind(insert_snapshot_, snapshot).bind(4, head.link).bind(5, digest).run(doing);
    delete_snapshots_.bind(1, static_cast<std::int64_t>(snapshot.number)).run(doing);
    database_.run("COMMIT", doing);
}

void Tables::check_against(const Head& expected, const Head& head, const std::string& hint)
{
    if (expected.number == 0)
        return;
    const std::string number = text(expected.number);
    const std::string file = database_.file().string();
    if (expected.number > head.number)
        throw Fault(file + " ends with turn " + text(head.number) + ", but turn " + number +
                        " had been written to it: its end was cut off",
                    hint);
    if (link_of(expected.number) != expected.link)
        throw Fault("turn " + number + " in " + file +
                        " is not the one that was remembered: this is another journal",
                    hint);
}

void read_turn(const Row& row, Turn& turn, const Path& file)
{
    turn.number = row.number;
    turn.at = row.at;
    const auto wrong = read_record(row.record, turn.facts);
    if (!wrong)
        return;
    const std::string where = "turn " + text(row.number) + " in " + file.string();
    const std::string hint = "run the usherd that wrote it, or a newer one";
    if (wrong->needs > 0)
        throw Fault(where + " needs record format " + text(wrong->needs) +
                        ", and this usherd knows formats up to " + text(record_format),
                    hint);
    throw Fault(where + " cannot be read: " + wrong->why, hint);
}

} // namespace usher::journal
