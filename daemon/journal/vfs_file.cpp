#include "daemon/journal/vfs_file.hpp"

#include "daemon/journal/journal.hpp"

#include <algorithm>
#include <new>
#include <sqlite3.h>
#include <utility>
#include <vector>

namespace usher::journal {

namespace {

/// Nothing may be longer: SQLite copies names into room of that size, and checks it only of names
/// that it has made whole by itself.
void check_length(const sqlite3_vfs& system, const std::string& name)
{
    if (std::cmp_greater(name.size(), system.mxPathname))
        throw Fault("cannot open " + name + ": its path has " + std::to_string(name.size()) +
                        " bytes, and may have " + std::to_string(system.mxPathname),
                    "keep the state in a directory with a shorter path");
}

} // namespace

VfsFile::VfsFile(const std::filesystem::path& file) : name_(std::filesystem::absolute(file))
{
    sqlite3_vfs* const system = sqlite3_vfs_find(nullptr);
    check_length(*system, name_);
    name_.append(2, '\0'); // SQLite looks for parameters behind the name.
    auto* const room =
        static_cast<sqlite3_file*>(::operator new(static_cast<std::size_t>(system->szOsFile)));
    room->pMethods = nullptr;
    file_.reset(room);
    int given = 0;
    check(system->xOpen(system, name_.c_str(), room,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL | SQLITE_OPEN_NOFOLLOW, &given),
          "open");
    if ((given & SQLITE_OPEN_READWRITE) == 0)
        fail({.code = SQLITE_READONLY, .else_by = "it is read-only"}, "write");
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

void VfsFile::check(int code, std::string_view doing) const
{
    if (code == SQLITE_OK)
        return;
    SqliteError error{.code = code};
    sqlite3_vfs* const system = sqlite3_vfs_find(nullptr);
    if (file_->pMethods != nullptr)
        file_->pMethods->xFileControl(file_.get(), SQLITE_FCNTL_LAST_ERRNO, &error.system);
    else // It could not be opened.
        error.system = system->xGetLastError(system, 0, nullptr);
    fail(error, doing);
}

void VfsFile::fail(const SqliteError& error, std::string_view doing) const
{
    throw Fault("cannot " + std::string(doing) + " " + name_.c_str() + ": " + reason_for(error),
                hint_for(error));
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
