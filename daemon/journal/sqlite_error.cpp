#include "daemon/journal/sqlite_error.hpp"

#include <cerrno>
#include <cstring>
#include <sqlite3.h>

namespace usher::journal {
namespace {

/// Without its extension. A quota is a full disk, and so is one that has no room at the sync.
int kind_of(const SqliteError& error)
{
    const int kind = error.code & 0xff;
    const bool lacks_room = error.system == ENOSPC || error.system == EDQUOT;
    return kind == SQLITE_IOERR && lacks_room ? SQLITE_FULL : kind;
}

} // namespace

std::string reason_for(const SqliteError& error)
{
    const std::string system = error.system != 0 ? std::strerror(error.system) : "";
    switch (kind_of(error)) {
    case SQLITE_FULL: return "the disk is full";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program uses it";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "it is damaged";
    case SQLITE_IOERR: break;
    default:
        if (!error.else_by.empty())
            return error.else_by;
        return system.empty() ? sqlite3_errstr(error.code) : system;
    }
    const std::string more = system.empty() ? "" : ": " + system;
    switch (error.code) {
    case SQLITE_IOERR_WRITE: return "a write failed" + more;
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC: return "a sync failed" + more;
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_SHORT_READ: return "a read failed" + more;
    default: return "input or output failed" + more;
    }
}

std::string hint_for(const SqliteError& error)
{
    switch (kind_of(error)) {
    case SQLITE_FULL: return "make room on that disk; what was answered is safe";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return "check that this user may write the file and its directory, and that the disk is "
               "not mounted read-only";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "usher journal verify shows how far it is whole; restore it from a backup";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "close the other program first";
    case SQLITE_NOMEM: return "give this machine more memory";
    default:
        return "check the disk: journalctl -k shows what the kernel says of it; what was answered "
               "is safe unless the disk lost it";
    }
}

} // namespace usher::journal
