#pragma once

#include "daemon/journal/chain.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

/// SQLite as the journal needs it: what goes wrong is a `Fault` that says what was being done, to
/// which file, and why it failed. One thread at a time.
namespace usher::journal {

class Statement;

/// One open database file. Others are locked out of it from its first use on, unless it is shared.
class Database {
  public:
    enum class Access {
        make,   ///< An empty file becomes a database; needs `DirectoryLock::alone`.
        write,  ///< One commit is one sync.
        share,  ///< As `write`, and others may write in turn: a transaction waits up to 10 s.
        read,   ///< Changes nothing; what SQLite wrote beside the file is read as well.
        frozen, ///< As `read`, where there is nothing beside it: works on a read-only disk too.
    };

    Database(const std::filesystem::path& file, Access access);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

    void run(const char* sql, std::string_view doing);
    [[nodiscard]] Statement prepare(std::string_view sql);

    /// Pages beside the file since the last `checkpoint`.
    [[nodiscard]] int pending_pages() const { return pending_pages_; }

    /// Moves what was written beside the file into it, durably.
    void checkpoint();
    /// The same, and empties what is beside it, durably too.
    void absorb();

    /// At its end it must leave the files as they are: nobody knows what is on the disk.
    void give_up();

    /// Throws the fault that SQLite reported last, `InUse` where others have it; `doing`:
    /// `write turn 12 to`.
    [[noreturn]] void fail(std::string_view doing) const;

  private:
    void open(Access access);
    [[noreturn]] void refuse_read_only(Access access) const;
    void settle_in(Access access);

    struct Close {
        void operator()(sqlite3* database) const;
    };

    std::filesystem::path file_;
    std::unique_ptr<sqlite3, Close> database_;
    int pending_pages_ = 0;
};

/// A statement that is prepared once and run again and again.
class Statement {
  public:
    Statement(Database& database, sqlite3_stmt* statement);

    /// Parameters, from 1 on. Bytes must live until `reset`.
    Statement& bind(int place, std::int64_t number);
    Statement& bind(int place, std::string_view bytes);
    Statement& bind(int place, const Link& link);

    /// Whether there is a row. `doing` as in `Database::fail`.
    bool step(std::string_view doing);
    /// Runs a statement that has no rows, to its end.
    void run(std::string_view doing);
    void reset();

    /// Columns of the row, from 0 on; bytes live until the next step.
    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] std::string_view bytes(int column) const;

  private:
    struct Finish {
        void operator()(sqlite3_stmt* statement) const;
    };

    Database* database_;
    std::unique_ptr<sqlite3_stmt, Finish> statement_;
};

/// Resets a statement when it goes, so that no read stays open across a commit.
class Resetting {
  public:
    explicit Resetting(Statement& statement) : statement_(statement) {}
    ~Resetting() { statement_.reset(); }
    Resetting(const Resetting&) = delete;
    Resetting& operator=(const Resetting&) = delete;

  private:
    Statement& statement_;
};

} // namespace usher::journal
