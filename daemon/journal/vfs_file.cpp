#include "daemon/journal/vfs_file.hpp"

#include "daemon/journal/journal.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <sqlite3.h>
#include <vector>

namespace usher::journal {

std::string reason_for(int code, int error, const std::string& else_by)
{
    switch (code & 0xff) {
    case SQLITE_FULL: return "the disk is full";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program uses it";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "it is damaged";
    case SQLITE_IOERR: break;
    default: return else_by.empty() ? std::string(sqlite3_errstr(code)) : else_by;
    }
    const std::string more = error != 0 ? std::string(": ") + std::strerror(error) : std::string();
    switch (code) {
    case SQLITE_IOERR_WRITE: return "a write failed" + more;
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC: return "a sync failed" + more;
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_SHORT_READ: return "a read failed" + more;
    default: return "input or output failed" + more;
    }
}

std::string hint_for(int code)
{
    switch (code & 0xff) {
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

VfsFile::VfsFile(const std::filesystem::path& file)
    // SQLite looks for parameters behind the name.
    : name_(std::filesystem::absolute(file).string() + std::string(2, '\0'))
{
    sqlite3_vfs* const system = sqlite3_vfs_find(nullptr);
    auto* const room =
        static_cast<sqlite3_file*>(::operator new(static_cast<std::size_t>(system->szOsFile)));
    room->pMethods = nullptr;
    file_.reset(room);
    int given = 0;
    check(system->xOpen(system, name_.c_str(), room,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL | SQLITE_OPEN_NOFOLLOW, &given),
          "open");
    if ((given & SQLITE_OPEN_READWRITE) == 0)
        check(SQLITE_READONLY, "write");
}

VfsFile::~VfsFile() = default;

std::uint64_t VfsFile::size()
{
    sqlite3_int64 size = 0;
    check(file_->pMethods->xFileSize(file_.get(), &size), "read");
    return static_cast<std::uint64_t>(size);
}

void VfsFile::read(std::span<char> room, std::uint64_t offset)
{
    check(file_->pMethods->xRead(file_.get(), room.data(), static_cast<int>(room.size()),
                                 static_cast<sqlite3_int64>(offset)),
          "read");
}

void VfsFile::write(std::string_view bytes, std::uint64_t offset)
{
    check(file_->pMethods->xWrite(file_.get(), bytes.data(), static_cast<int>(bytes.size()),
                                  static_cast<sqlite3_int64>(offset)),
          "write");
}

void VfsFile::sync()
{
    check(file_->pMethods->xSync(file_.get(), SQLITE_SYNC_NORMAL), "write");
}

void VfsFile::check(int code, std::string_view doing)
{
    if (code == SQLITE_OK)
        return;
    int error = 0;
    if (file_->pMethods != nullptr)
        file_->pMethods->xFileControl(file_.get(), SQLITE_FCNTL_LAST_ERRNO, &error);
    throw Fault("cannot " + std::string(doing) + " " + name_.c_str() + ": " +
                    reason_for(code, error, ""),
                hint_for(code));
}

void VfsFile::Close::operator()(sqlite3_file* file) const
{
    if (file->pMethods != nullptr)
        file->pMethods->xClose(file);
    ::operator delete(file);
}

void write_anew(const std::filesystem::path& beside)
{
    VfsFile file(beside);
    const std::uint64_t size = file.size();
    std::vector<char> bytes(64 << 10);
    for (std::uint64_t at = 0; at < size; at += bytes.size()) {
        const std::span<char> part(bytes.data(), static_cast<std::size_t>(std::min<std::uint64_t>(
                                                     size - at, bytes.size())));
        file.read(part, at);
        file.write({part.data(), part.size()}, at);
    }
    if (size > 0)
        file.sync();
}

} // namespace usher::journal
