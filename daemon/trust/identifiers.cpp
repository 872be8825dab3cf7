#include "daemon/trust/host_file.hpp"

#include <initializer_list>

namespace usher::trust {
namespace {

/// What the first of `files` tells that tells anything.
Identifier from_first(const char* name, const std::filesystem::path& root,
                      std::initializer_list<const char*> files)
{
    std::string why;
    for (const char* file : files) {
        const HostFile read = read_host_file(root, file);
        const std::string value = plain_value(read.text);
        if (read.why.empty() && !says_nothing(value))
            return found_identifier(name, value);
        why += why.empty() ? "" : ", ";
        why += read.why.empty() ? "/" + std::string(file) + " names no host" : read.why;
    }
    return missing_identifier(name, why);
}

} // namespace

std::vector<Identifier> read_identifiers(const std::filesystem::path& root)
{
    return {
        // The second file is a link to the first, or its copy: together they are one identifier.
        from_first("machine_id", root, {"etc/machine-id", "var/lib/dbus/machine-id"}),
        from_first("product_uuid", root, {"sys/class/dmi/id/product_uuid"}),
        from_first("board_serial", root,
                   {"sys/class/dmi/id/board_serial", "sys/firmware/devicetree/base/serial-number"}),
        root_disk(root),
        mac(root),
    };
}

} // namespace usher::trust
