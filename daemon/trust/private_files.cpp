#include "daemon/trust/private_files.hpp"

#include "daemon/trust/fault.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace usher::trust {
namespace {

constexpr std::size_t file_bytes_max = 1 << 20;

/// An open file that closes itself.
class OpenFile {
  public:
    OpenFile(const std::filesystem::path& path, int flags, mode_t mode = 0)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, mode))
    {}
    explicit OpenFile(int number) : number_(number) {}
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

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path)
{
    const int error = errno;
    if (error == ENOSPC || error == EDQUOT)
        throw Fault("cannot " + what + " " + path.string() + ": the disk is full",
                    "make room on that disk");
    throw Fault("cannot " + what + " " + path.string() + ": " + std::strerror(error),
                "check that the user of usherd may do this there, and that the disk is sound");
}

struct stat described(const OpenFile& file, const std::filesystem::path& path)
{
    struct stat found {};
    if (::fstat(file.number(), &found) != 0)
        fail("look at", path);
    return found;
}

void refuse_readers(const struct stat& found, mode_t readers, const std::filesystem::path& path)
{
    if ((found.st_mode & readers) != 0)
        throw Fault(path.string() +
                        " can be read by others, so what it holds is no secret any more",
                    "chmod " + std::string(S_ISDIR(found.st_mode) ? "0700 " : "0600 ") +
                        path.string() + ", and replace it if others may have read it");
}

void refuse_other_owners(const struct stat& found, const std::filesystem::path& path)
{
    if (found.st_uid != ::geteuid())
        throw Fault(path.string() + " belongs to another user",
                    "chown it to the user that usherd runs as");
}

std::string contents(const OpenFile& file, const struct stat& found,
                     const std::filesystem::path& path)
{
    if (!S_ISREG(found.st_mode))
        throw Fault(path.string() + " is not a regular file", "put the file itself there");
    std::string text;
    char piece[8192];
    for (;;) {
        const ssize_t count = ::read(file.number(), piece, sizeof piece);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            fail("read", path);
        if (count == 0)
            return text;
        text.append(piece, static_cast<std::size_t>(count));
        if (text.size() > file_bytes_max)
            throw Fault(path.string() + " is longer than 1 MiB", "put the right file there");
    }
}

void write_all(const OpenFile& file, std::string_view text, const std::filesystem::path& path)
{
    while (!text.empty()) {
        const ssize_t count = ::write(file.number(), text.data(), text.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            fail("write", path);
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(file.number()) != 0)
        fail("write", path);
}

/// Makes the name of `file` durable, as fsync of a file makes its bytes.
void keep_entries_of(const std::filesystem::path& file)
{
    const std::filesystem::path parent = file.has_parent_path() ? file.parent_path() : ".";
    const OpenFile directory(parent, O_RDONLY | O_DIRECTORY);
    if (!directory || ::fsync(directory.number()) != 0)
        fail("write", parent);
}

} // namespace

void keep_private_directory(const std::filesystem::path& directory)
{
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
        fail("make", directory);
    const OpenFile opened(directory, O_RDONLY | O_DIRECTORY);
    if (!opened)
        fail("open", directory);
    const struct stat found = described(opened, directory);
    refuse_other_owners(found, directory);
    refuse_readers(found, 077, directory);
}

std::optional<std::string> read_private_file(const std::filesystem::path& file)
{
    const OpenFile opened(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!opened && errno == ENOENT)
        return std::nullopt;
    if (!opened && errno == ELOOP)
        throw Fault("cannot read " + file.string() + ": it is a symbolic link",
                    "put the file itself there");
    if (!opened)
        fail("read", file);
    const struct stat found = described(opened, file);
    refuse_other_owners(found, file);
    refuse_readers(found, 077, file);
    return contents(opened, found, file);
}

void expect_private_file(const std::filesystem::path& file)
{
    const OpenFile opened(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!opened && errno == ELOOP)
        throw Fault(file.string() + " is a symbolic link", "put the file itself there");
    if (!opened)
        fail("read", file);
    const struct stat found = described(opened, file);
    if (!S_ISREG(found.st_mode))
        throw Fault(file.string() + " is not a regular file", "put the file itself there");
    refuse_other_owners(found, file);
    refuse_readers(found, 077, file);
}

void expect_guarded(const std::filesystem::path& path)
{
    for (const auto& each : {path, std::filesystem::absolute(path).parent_path()}) {
        const OpenFile opened(each, O_PATH);
        if (!opened)
            fail("open", each);
        const struct stat found = described(opened, each);
        const bool is_sticky = S_ISDIR(found.st_mode) && (found.st_mode & S_ISVTX) != 0;
        const mode_t writers = found.st_gid == ::getegid() ? S_IWOTH : S_IWGRP | S_IWOTH;
        const bool is_ours = found.st_uid == 0 || found.st_uid == ::geteuid();
        if (!is_ours || (!is_sticky && (found.st_mode & writers) != 0))
            throw Fault(each.string() + " can be changed by others, who could say there what "
                                        "usherd does",
                        "chown it to root, and chmod go-w " + each.string());
    }
}

std::string read_given_file(const std::filesystem::path& file, bool secret)
{
    const OpenFile opened(file, O_RDONLY | O_NONBLOCK);
    if (!opened)
        fail("read", file);
    const struct stat found = described(opened, file);
    if (secret)
        refuse_readers(found, 007, file);
    return contents(opened, found, file);
}

void write_private_file(const std::filesystem::path& file, std::string_view contents)
{
    const std::filesystem::path unfinished = file.string() + ".new";
    ::unlink(unfinished.c_str()); // Of a start that was cut off.
    {
        const OpenFile opened(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
        if (!opened)
            fail("write", unfinished);
        write_all(opened, contents, unfinished);
    }
    if (::rename(unfinished.c_str(), file.c_str()) != 0)
        fail("write", file);
    keep_entries_of(file);
}

void remove_private_file(const std::filesystem::path& file)
{
    if (::unlink(file.c_str()) != 0 && errno != ENOENT)
        fail("remove", file);
}

bool create_private_file(const std::filesystem::path& file, std::string_view contents)
{
    // A name of its own: two that create at once must not write into one file.
    std::string unfinished = file.string() + ".XXXXXX";
    {
        const OpenFile opened(::mkostemp(unfinished.data(), O_CLOEXEC));
        if (!opened)
            fail("write", file);
        try {
            write_all(opened, contents, unfinished);
        } catch (...) { // Who is started again and again would leave as many of them.
            ::unlink(unfinished.c_str());
            throw;
        }
    }
    // A link, for a rename would silently take the place of what is there.
    const bool created = ::link(unfinished.c_str(), file.c_str()) == 0;
    const int error = errno;
    ::unlink(unfinished.c_str());
    errno = error;
    if (!created && errno != EEXIST)
        fail("write", file);
    keep_entries_of(file);
    return created;
}

} // namespace usher::trust
