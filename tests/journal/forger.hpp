#pragma once

#include "daemon/journal/chain.hpp"
#include "daemon/journal/record.hpp"

#include <cstring>
#include <filesystem>
#include <span>
#include <sqlite3.h>
#include <stdexcept>
#include <string>

namespace usher::journal::test {

/// Somebody with a SQLite shell who may write the journal.
class Forger {
  public:
    explicit Forger(const std::filesystem::path& file)
    {
        if (sqlite3_open(file.c_str(), &database_) != SQLITE_OK)
            throw std::runtime_error("the forger has no access");
        run("PRAGMA synchronous = OFF"); // No power cut in a test.
    }
    ~Forger() { sqlite3_close(database_); }
    Forger(const Forger&) = delete;
    Forger& operator=(const Forger&) = delete;

    void run(const std::string& sql)
    {
        if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(database_));
    }

    /// Writes `facts` into the place of a turn, and leaves the chain as it was.
    void replace(std::uint64_t number, std::span<const ledger::Fact> facts)
    {
        RecordWriter writer;
        write("UPDATE turn SET record = ?1 WHERE number = " + std::to_string(number),
              writer.write(facts));
    }

    /// Makes the chain of what is there now: what a careful forger does.
    void mend_chain()
    {
        Chain chain;
        Link link{};
        sqlite3_stmt* turns = prepare("SELECT number, at, record FROM turn ORDER BY number");
        while (sqlite3_step(turns) == SQLITE_ROW) {
            const auto number = static_cast<std::uint64_t>(sqlite3_column_int64(turns, 0));
            const std::string record(static_cast<const char*>(sqlite3_column_blob(turns, 2)),
                                     static_cast<std::size_t>(sqlite3_column_bytes(turns, 2)));
            link = chain.after(link, {.number = number,
                                      .at = ledger::CalendarInstant(
                                          ledger::Duration(sqlite3_column_int64(turns, 1))),
                                      .record = record});
            write("UPDATE turn SET chain = ?1 WHERE number = " + std::to_string(number),
                  {reinterpret_cast<const char*>(link.data()), link.size()});
        }
        sqlite3_finalize(turns);
    }

    /// Another snapshot in the place of the one that is there, with a digest that fits.
    void replace_snapshot(std::span<const ledger::Fact> facts)
    {
        sqlite3_stmt* found = prepare("SELECT number, at, chain FROM snapshot");
        sqlite3_step(found);
        RecordWriter writer;
        const Row row{.number = static_cast<std::uint64_t>(sqlite3_column_int64(found, 0)),
                      .at =
                          ledger::CalendarInstant(ledger::Duration(sqlite3_column_int64(found, 1))),
                      .record = writer.write(facts)};
        Link link{};
        std::memcpy(link.data(), sqlite3_column_blob(found, 2), link.size());
        sqlite3_finalize(found);
        const Link digest = Chain().of_snapshot(link, row);
        write("UPDATE snapshot SET record = ?1", row.record);
        write("UPDATE snapshot SET digest = ?1",
              {reinterpret_cast<const char*>(digest.data()), digest.size()});
    }

    void write(const std::string& sql, std::string_view bytes)
    {
        sqlite3_stmt* statement = prepare(sql);
        sqlite3_bind_blob64(statement, 1, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
        if (sqlite3_step(statement) != SQLITE_DONE)
            throw std::runtime_error(sqlite3_errmsg(database_));
        sqlite3_finalize(statement);
    }

  private:
    sqlite3_stmt* prepare(const std::string& sql)
    {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(database_));
        return statement;
    }

    sqlite3* database_ = nullptr;
};

} // namespace usher::journal::test
