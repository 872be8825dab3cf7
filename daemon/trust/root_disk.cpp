#include "daemon/trust/host_file.hpp"

#include <array>
#include <optional>
#include <set>
#include <sstream>
#include <sys/vfs.h>

namespace usher::trust {
namespace {

namespace fs = std::filesystem;

constexpr const char* name = "root_disk";

/// What is mounted as `/`.
struct Mount {
    std::string device; ///< `8:1`
    std::string type;   ///< `ext4`
};

/// proc(5): id, parent, device, root, place, options, words up to a dash, type, …
std::optional<Mount> root_mount(const std::string& mountinfo)
{
    std::optional<Mount> last; // A later mount hides an earlier one.
    std::istringstream lines(mountinfo);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string id, parent, place, word;
        Mount mount;
        words >> id >> parent >> mount.device >> word >> place;
        while (words >> word && word != "-")
            ;
        if (place == "/" && words >> mount.type)
            last = mount;
    }
    return last;
}

/// What lies under a mapped, encrypted or joined disk: always the same one of several.
std::optional<fs::path> first_beneath(const fs::path& device)
{
    std::error_code failed;
    std::set<fs::path> beneath;
    for (const auto& entry : fs::directory_iterator(device / "slaves", failed))
        beneath.insert(entry.path());
    if (beneath.empty())
        return std::nullopt;
    return *beneath.begin();
}

std::string makers_number(const fs::path& device)
{
    for (const char* file : {"wwid", "device/wwid", "device/cid"}) {
        const std::string number = plain_value(read_host_file(device, file).text);
        // QEMU numbers the disks of every machine alike, from 1.
        if (!says_nothing(number) && number.find("qemu") == std::string::npos)
            return number;
    }
    return "";
}

/// Walks down from the mounted device to the disk that has a number.
std::string disk_number(const fs::path& root, const std::string& device)
{
    constexpr int layers_max = 8;
    std::error_code failed;
    fs::path at = fs::canonical(root / "sys/dev/block" / device, failed);
    for (int layer = 0; layer < layers_max && !failed; ++layer) {
        const std::string number = makers_number(at);
        if (!number.empty())
            return number;
        if (fs::exists(at / "partition", failed))
            at = at.parent_path();
        else if (const auto beneath = first_beneath(at))
            at = fs::canonical(*beneath, failed);
        else
            break;
    }
    return "";
}

/// Derived from the UUID of the file system, and to be had without privilege in every kernel.
/// Other kinds of file system derive it from the device's number, which moves.
std::string file_system_number(const fs::path& root)
{
    constexpr std::uint32_t ext = 0xef53;
    constexpr std::uint32_t btrfs = 0x9123683e;
    struct statfs found {};
    if (::statfs(root.c_str(), &found) != 0)
        return "";
    const auto type = static_cast<std::uint32_t>(found.f_type);
    if (type != ext && type != btrfs)
        return "";
    std::array<std::uint8_t, sizeof found.f_fsid> bytes{};
    __builtin_memcpy(bytes.data(), &found.f_fsid, bytes.size());
    return hex(bytes);
}

} // namespace

Identifier root_disk(const fs::path& root)
{
    const HostFile mountinfo = read_host_file(root, "proc/self/mountinfo");
    if (!mountinfo.why.empty())
        return missing_identifier(name, mountinfo.why);
    const auto mount = root_mount(mountinfo.text);
    if (!mount)
        return missing_identifier(name, "/proc/self/mountinfo does not say what / is");
    if (const std::string number = disk_number(root, mount->device); !number.empty())
        return found_identifier(name, "disk:" + number);
    if (mount->type.starts_with("ext") || mount->type == "btrfs")
        if (const std::string number = file_system_number(root); !says_nothing(number))
            return found_identifier(name, "file system:" + number);
    return missing_identifier(name, "/ is " + mount->type + " on a disk without a maker's number");
}

} // namespace usher::trust
