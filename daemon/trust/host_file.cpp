#include "daemon/trust/host_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace usher::trust {

HostFile read_host_file(const std::filesystem::path& root, const std::filesystem::path& path)
{
    const std::string shown = "/" + path.string();
    const auto not_read = [&]() -> HostFile {
        const int error = errno;
        if (error == ENOENT || error == ENOTDIR)
            return {"", "there is no " + shown};
        if (error == EACCES || error == EPERM)
            return {"", "only root may read " + shown};
        return {"", shown + ": " + std::strerror(error)};
    };
    const int file = ::open((root / path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return not_read();
    // A file of the kernel may come in pieces.
    constexpr std::size_t bytes_max = 64 << 10;
    HostFile read;
    char piece[4096];
    ssize_t count = 0;
    while (read.text.size() < bytes_max && (count = ::read(file, piece, sizeof piece)) > 0)
        read.text.append(piece, static_cast<std::size_t>(count));
    if (count < 0)
        read = not_read();
    ::close(file);
    return read;
}

Identifier found_identifier(std::string name, std::string value)
{
    return {.name = std::move(name), .value = std::move(value), .why = ""};
}

Identifier missing_identifier(std::string name, std::string why)
{
    return {.name = std::move(name), .value = "", .why = std::move(why)};
}

std::string plain_value(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const auto letter = static_cast<unsigned char>(c);
        if (std::isalnum(letter) != 0)
            out += static_cast<char>(std::tolower(letter));
    }
    return out;
}

bool says_nothing(std::string_view value)
{
    constexpr std::array<std::string_view, 14> placeholders{
        "none",          "default",
        "defaultstring", "unknown",
        "notspecified",  "notapplicable",
        "invalid",       "systemserialnumber",
        "uninitialized", "baseboardserialnumber",
        "0123456789",    "tobefilledbyoem",
        "123456789",     "03000200040005000006000700080009"};
    return value.empty() || value.find_first_not_of(value.front()) == std::string_view::npos ||
           std::ranges::find(placeholders, value) != placeholders.end();
}

} // namespace usher::trust
