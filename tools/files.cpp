#include "tools/files.hpp"

#include "protocol/limits.hpp"
#include "tools/fault.hpp"
#include "tools/printable.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace usher::tools {
namespace {

constexpr std::size_t file_bytes_max = 1 << 20;

/// Closes itself.
class File {
  public:
    explicit File(int fd) : fd_(fd) {}
    ~File() { ::close(fd_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int fd() const { return fd_; }

  private:
    int fd_;
};

Fault fault(const std::string& what, const std::filesystem::path& file)
{
    const int error = errno;
    return {"cannot " + what + " " + printable(file.string()) + ": " + std::strerror(error),
            {"see that the path is right and that you may " + what + " it"}};
}

Fault too_long(const std::filesystem::path& file, std::size_t bytes_max)
{
    return {printable(file.string()) + " is longer than " +
                (bytes_max == file_bytes_max ? "1 MiB" : "16 KiB, so it is no document of Usher"),
            {"see that it is the right file"}};
}

std::string read_all(int fd, const std::filesystem::path& file,
                     std::size_t bytes_max = file_bytes_max)
{
    std::string text;
    std::array<char, 16 << 10> piece{};
    for (;;) {
        const ssize_t count = ::read(fd, piece.data(), piece.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            throw fault("read", file);
        if (count == 0)
            return text;
        text.append(piece.data(), static_cast<std::size_t>(count));
        if (text.size() > bytes_max)
            throw too_long(file, bytes_max);
    }
}

} // namespace

std::string read_file(const std::filesystem::path& file)
{
    if (file == "-")
        return read_all(STDIN_FILENO, "standard input");
    const File opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (opened.fd() < 0)
        throw fault("read", file);
    return read_all(opened.fd(), file);
}

std::string read_document(const std::filesystem::path& file)
{
    constexpr std::size_t bytes_max = protocol::license_bytes_max;
    if (file == "-")
        return read_all(STDIN_FILENO, "standard input", bytes_max);
    // A FIFO without a writer would keep an open waiting for one.
    const File opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    const std::string name = printable(file.string());
    if (opened.fd() < 0 && errno == ELOOP)
        throw Fault(name + " is a symbolic link", {"name the file that it leads to"});
    struct stat found {};
    if (opened.fd() < 0 || ::fstat(opened.fd(), &found) != 0)
        throw fault("read", file);
    if (!S_ISREG(found.st_mode))
        throw Fault(name + " is not a regular file", {"name the file that was sent"});
    if (found.st_size > static_cast<off_t>(bytes_max))
        throw too_long(file, bytes_max);
    return read_all(opened.fd(), file, bytes_max);
}

void write_new_file(const std::filesystem::path& file, std::string_view contents)
{
    const File opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (opened.fd() < 0)
        throw fault("write", file);
    while (!contents.empty()) {
        const ssize_t count = ::write(opened.fd(), contents.data(), contents.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            throw fault("write", file);
        contents.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(opened.fd()) != 0)
        throw fault("write", file);
}

std::string file_for(const std::string& license, const std::string& ending)
{
    std::string name = license;
    std::ranges::replace(name, '/', '_');
    return name + ending;
}

std::string first_line(std::string_view text)
{
    return std::string(text.substr(0, text.find_first_of("\r\n")));
}

std::vector<std::string> lines_of(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r";
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
        line = line.substr(0, line.find_last_not_of(blanks) + 1);
        if (!line.empty())
            lines.emplace_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

} // namespace usher::tools
