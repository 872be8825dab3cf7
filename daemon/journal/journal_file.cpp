#include "daemon/journal/journal_file.hpp"

#include "daemon/journal/journal.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace usher::journal {
namespace {

using Path = std::filesystem::path;

/// Number, colon, link, end of line. Always the same: after a power cut a file that grew might have
/// its old length and its new bytes, or the other way round.
constexpr std::size_t head_bytes = 20 + 1 + 64 + 1;

Path beside(const Path& journal, std::string_view ending)
{
    return Path(journal.string() + std::string(ending));
}

Path directory_of(const Path& journal)
{
    const Path directory = journal.parent_path();
    return directory.empty() ? Path(".") : directory;
}

[[noreturn]] void fail(const std::string& what, const Path& path)
{
    const int error = errno;
    const std::string beginning = "cannot " + what + " " + path.string() + ": ";
    if (error == ENOSPC || error == EDQUOT)
        throw Fault(beginning + "the disk is full",
                    "make room on that disk; what was answered is safe");
    throw Fault(beginning + std::strerror(error),
                "check that this user may do so there, and that the disk is sound");
}

/// An open file that closes itself. Not for a file that SQLite has open: closing a second
/// descriptor would drop SQLite's locks.
class OpenFile {
  public:
    OpenFile(const Path& path, int flags, mode_t mode = 0)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, mode))
    {}
    ~OpenFile()
    {
        if (number_ >= 0)
            ::close(number_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    explicit operator bool() const { return number_ >= 0; }
    [[nodiscard]] int number() const { return number_; }

  private:
    int number_;
};

/// Makes an empty file (0600).
void make_file(const Path& path)
{
    const OpenFile made(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (!made)
        fail("make", path);
}

std::string line_of(const Head& head)
{
    const std::string text = to_text(head) + '\n';
    return std::string(head_bytes - text.size(), '0') + text;
}

/// Up to `size` bytes from the file's beginning.
std::string beginning(const OpenFile& file, std::size_t size, const Path& path)
{
    std::string text(size, '\0');
    const ssize_t count = ::pread(file.number(), text.data(), size, 0);
    if (count < 0)
        fail("read", path);
    text.resize(static_cast<std::size_t>(count));
    return text;
}

std::uint32_t big_endian(std::string_view header, std::size_t offset)
{
    std::uint32_t number = 0;
    for (const char byte : header.substr(offset, 4))
        number = number << 8 | static_cast<std::uint8_t>(byte);
    return number;
}

void refuse_strangers(const struct stat& found, const Path& path)
{
    if (found.st_uid != ::geteuid())
        throw Fault(path.string() + " belongs to another user",
                    "chown it to the user that usherd runs as");
    if ((found.st_mode & 077) != 0)
        throw Fault(path.string() + " is open to others, and lease ids are secrets",
                    "chmod " + std::string(S_ISDIR(found.st_mode) ? "0700 " : "0600 ") +
                        path.string());
}

} // namespace

DirectoryLock DirectoryLock::alone(const Path& journal)
{
    return {journal, LOCK_EX};
}

DirectoryLock DirectoryLock::shared(const Path& journal)
{
    return {journal, LOCK_SH};
}

DirectoryLock::DirectoryLock(const Path& journal, int operation)
    : directory_(directory_of(journal)),
      number_(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
{
    if (number_ < 0)
        fail("open the directory", directory_);
    if (::flock(number_, operation | LOCK_NB) == 0)
        return;
    const int error = errno;
    ::close(number_);
    errno = error;
    if (error == EWOULDBLOCK && operation == LOCK_SH)
        throw Fault("the journal " + journal.string() +
                        " is in use by usherd, which lets nobody in",
                    "stop usherd for it, or look at a copy of its directory that was made while "
                    "it stood still");
    if (error == EWOULDBLOCK)
        throw InUse("the journal " + journal.string() + " is in use by another usherd",
                    "stop the other one first, or give this one a state directory of its own");
    fail("lock the directory", directory_);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : directory_(std::move(other.directory_)), number_(std::exchange(other.number_, -1))
{}

DirectoryLock::~DirectoryLock()
{
    if (number_ >= 0)
        ::close(number_);
}

void DirectoryLock::sync() const
{
    if (::fsync(number_) != 0)
        fail("write the directory", directory_);
}

void check_directory(const Path& journal)
{
    const Path directory = directory_of(journal);
    struct stat found {};
    if (::stat(directory.c_str(), &found) != 0)
        fail("look at the directory", directory);
    refuse_strangers(found, directory);
}

bool is_there(const Path& journal)
{
    struct stat found {};
    if (::lstat(journal.c_str(), &found) != 0) {
        if (errno != ENOENT)
            fail("look at", journal);
        for (const std::string_view ending : {"-head", "-wal"})
            if (::access(beside(journal, ending).c_str(), F_OK) == 0)
                throw Fault(journal.string() + " is missing, but its " +
                                beside(journal, ending).filename().string() + " is there",
                            "put it back; to begin with an empty journal, remove both the -head "
                            "and the -wal file");
        return false;
    }
    if (S_ISLNK(found.st_mode))
        throw Fault(journal.string() + " is a link", "put the journal itself there");
    if (!S_ISREG(found.st_mode))
        throw Fault(journal.string() + " is not a regular file", "put the journal itself there");
    refuse_strangers(found, journal);
    return true;
}

void check_header(const Path& journal)
{
    constexpr std::string_view magic("SQLite format 3\0", 16);
    constexpr std::size_t header_bytes = 100;
    constexpr std::size_t version_offset = 60;
    constexpr std::size_t mark_offset = 68;
    const OpenFile opened(journal, O_RDONLY);
    if (!opened)
        fail("open", journal);
    const std::string header = beginning(opened, header_bytes, journal);
    if (header.size() < header_bytes)
        throw Fault(journal.string() + " was cut off: only " + std::to_string(header.size()) +
                        " bytes are left",
                    "restore it from a backup, together with its -wal file");
    if (!header.starts_with(magic) || big_endian(header, mark_offset) != file_mark)
        throw Fault(journal.string() + " is not a journal of usherd, or its beginning is damaged",
                    "check the path; if it is right, restore the journal from a backup");
    const std::uint32_t version = big_endian(header, version_offset);
    if (version > file_format)
        throw Fault(journal.string() + " has format " + std::to_string(version) +
                        ", and this usherd knows formats up to " + std::to_string(file_format),
                    "run the usherd that wrote it, or a newer one");
}

Path begin_file(const Path& journal)
{
    Path unfinished = beside(journal, ".new");
    for (const std::string_view ending : {"", "-wal"})
        ::unlink(beside(unfinished, ending).c_str());
    make_file(unfinished);
    return unfinished;
}

void finish_file(const Path& journal)
{
    if (::rename(beside(journal, ".new").c_str(), journal.c_str()) != 0)
        fail("make", journal);
}

bool has_pending_turns(const Path& journal)
{
    struct stat found {};
    return ::stat(beside(journal, "-wal").c_str(), &found) == 0 && found.st_size > 0;
}

std::optional<Head> HeadFile::read(const Path& journal)
{
    const Path path = beside(journal, "-head");
    const OpenFile opened(path, O_RDONLY);
    if (!opened && errno == ENOENT)
        return std::nullopt;
    if (!opened)
        fail("open", path);
    const std::string text = beginning(opened, head_bytes + 1, path);
    const bool is_line = text.size() == head_bytes && text.ends_with('\n');
    const auto head =
        is_line ? head_from(std::string_view(text).substr(0, head_bytes - 1)) : std::nullopt;
    if (!head)
        throw Fault(path.string() + " is damaged",
                    "check the disk; the file only says where the journal ended, so remove it once "
                    "usher journal verify shows that the journal ends where it should");
    return head;
}

HeadFile::HeadFile(const Path& journal, const Head& head)
{
    const Path path = beside(journal, "-head");
    if (::access(path.c_str(), F_OK) != 0) {
        const Path unfinished = beside(journal, "-head.new");
        ::unlink(unfinished.c_str());
        make_file(unfinished);
        VfsFile made(unfinished);
        made.write(line_of(head), 0);
        made.sync();
        if (::rename(unfinished.c_str(), path.c_str()) != 0)
            fail("make", path);
    }
    file_.emplace(path);
    write(head);
    file_->sync();
}

void HeadFile::write(const Head& head)
{
    file_->write(line_of(head), 0);
}

} // namespace usher::journal
