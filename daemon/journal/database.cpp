#include "daemon/journal/database.hpp"

#include "daemon/journal/journal.hpp"
#include "daemon/journal/sqlite_error.hpp"

#include <cassert>
#include <cstddef>
#include <sqlite3.h>

namespace usher::journal {
namespace {

/// What is written beside the file, as SQLite has it open; null: nothing is.
sqlite3_file* file_beside(sqlite3* database)
{
    sqlite3_file* beside = nullptr;
    sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &beside);
    return beside != nullptr && beside->pMethods != nullptr ? beside : nullptr;
}

/// What the operating system said to the last call that failed on the file or on what is written
/// beside it; 0: nothing. `sqlite3_system_errno` does not know it of a commit.
int system_error(sqlite3* database)
{
    int error = 0;
    if (sqlite3_file* const beside = file_beside(database);
        beside != nullptr && beside->pMethods->xFileControl != nullptr)
        beside->pMethods->xFileControl(beside, SQLITE_FCNTL_LAST_ERRNO, &error);
    if (error == 0)
        sqlite3_file_control(database, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
    return error != 0 ? error : sqlite3_system_errno(database);
}

SqliteError error_of(sqlite3* database, int code)
{
    return {.code = code, .system = system_error(database), .else_by = sqlite3_errmsg(database)};
}

/// SQLite's name for the file, with nothing in it that means something in a URI.
std::string uri_of(const std::filesystem::path& file, std::string_view query)
{
    std::string uri = "file:";
    for (const char letter : std::filesystem::absolute(file).string()) {
        if (letter == '?' || letter == '#' || letter == '%') {
            constexpr std::string_view digits = "0123456789ABCDEF";
            uri += '%';
            uri += digits[static_cast<std::uint8_t>(letter) >> 4];
            uri += digits[static_cast<std::uint8_t>(letter) & 15];
        } else {
            uri += letter;
        }
    }
    return uri.append(query);
}

} // namespace

Database::Database(const std::filesystem::path& file, Access access) : file_(file)
{
    open(access);
    settle_in(access);
}

Database::~Database() = default;

void Database::open(Access access)
{
    const bool is_frozen = access == Access::frozen;
    const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (is_frozen ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(uri_of(file_, is_frozen ? "?immutable=1" : "").c_str(),
                                     &opened, flags, nullptr);
    database_.reset(opened);
    if (code != SQLITE_OK)
        fail("open");
    if (!is_frozen && sqlite3_db_readonly(opened, "main") == 1)
        refuse_read_only(access);
}

void Database::refuse_read_only(Access access) const
{
    if (access == Access::read)
        throw Fault("turns beside " + file_.string() +
                        " can only be read where the file can be written",
                    "copy it, with its -wal and -head, to a directory of your own");
    throw Fault("cannot write " + file_.string() + ": it is read-only",
                hint_for({.code = SQLITE_READONLY}));
}

void Database::settle_in(Access access)
{
    // A database is code as well: nothing in the file may act by itself.
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    run("PRAGMA cell_size_check = ON", "open");
    // What is being made is thrown away where it is not finished.
    if (access == Access::make)
        run("PRAGMA journal_mode = MEMORY", "make");
    if (access == Access::make || access == Access::frozen)
        return;
    if (access == Access::share) {
        run("PRAGMA busy_timeout = 10000", "open");
        run("PRAGMA journal_mode = WAL", "open");
        run("PRAGMA synchronous = FULL", "open");
        return;
    }
    // Before anything else looks into the file: with it SQLite keeps its index of the -wal in
    // memory and lets nobody else in.
    run("PRAGMA locking_mode = EXCLUSIVE", "open");
    if (access == Access::read) {
        run("PRAGMA query_only = ON", "open");
        give_up();
        return;
    }
    run("PRAGMA synchronous = FULL", "open");
    sqlite3_wal_hook(
        database_.get(),
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Database*>(self)->pending_pages_ = pages;
            return SQLITE_OK;
        },
        this);
}

void Database::run(const char* sql, std::string_view doing)
{
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(doing);
}

Statement Database::prepare(std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
        fail("read");
    return {*this, statement};
}

void Database::checkpoint()
{
    if (sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                  nullptr) != SQLITE_OK)
        fail("move turns into");
    pending_pages_ = 0;
}

void Database::absorb()
{
    if (sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                                  nullptr) != SQLITE_OK)
        fail("move turns into");
    pending_pages_ = 0;
    // SQLite cuts it off without a sync. Where a sync failed before, what a power cut would bring
    // back lacks the turns that only the file has by now, and would be read over them.
    if (sqlite3_file* const beside = file_beside(database_.get());
        beside != nullptr && beside->pMethods->xSync(beside, SQLITE_SYNC_NORMAL) != SQLITE_OK) {
        const SqliteError error = error_of(database_.get(), SQLITE_IOERR_FSYNC);
        throw Fault("cannot empty what is beside " + file_.string() + ": " + reason_for(error),
                    hint_for(error));
    }
}

void Database::give_up()
{
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void Database::fail(std::string_view doing) const
{
    const SqliteError error = error_of(database_.get(), sqlite3_extended_errcode(database_.get()));
    const std::string sentence =
        "cannot " + std::string(doing) + " " + file_.string() + ": " + reason_for(error);
    if ((error.code & 0xff) == SQLITE_BUSY)
        throw InUse(sentence, hint_for(error));
    throw Fault(sentence, hint_for(error));
}

void Database::Close::operator()(sqlite3* database) const
{
    sqlite3_close_v2(database); // Statements may go after it.
}

Statement::Statement(Database& database, sqlite3_stmt* statement)
    : database_(&database), statement_(statement)
{}

Statement& Statement::bind(int place, std::int64_t number)
{
    const int code = sqlite3_bind_int64(statement_.get(), place, number);
    assert(code == SQLITE_OK);
    return *this;
}

Statement& Statement::bind(int place, std::string_view bytes)
{
    if (sqlite3_bind_blob64(statement_.get(), place, bytes.data(), bytes.size(), SQLITE_STATIC) !=
        SQLITE_OK)
        database_->fail("write to"); // More bytes than SQLite takes.
    return *this;
}

Statement& Statement::bind(int place, const Link& link)
{
    return bind(place, std::string_view(reinterpret_cast<const char*>(link.data()), link.size()));
}

bool Statement::step(std::string_view doing)
{
    const int code = sqlite3_step(statement_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        database_->fail(doing);
    return code == SQLITE_ROW;
}

void Statement::run(std::string_view doing)
{
    const Resetting resetting(*this);
    const bool has_row = step(doing);
    assert(!has_row);
}

void Statement::reset()
{
    sqlite3_reset(statement_.get()); // Says again what the last step said.
}

std::int64_t Statement::number(int column) const
{
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::bytes(int column) const
{
    const auto* const first =
        static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return {first, static_cast<std::size_t>(size)};
}

void Statement::Finish::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

} // namespace usher::journal
