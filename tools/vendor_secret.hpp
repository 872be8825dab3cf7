#pragma once

#include "daemon/trust/license_file.hpp"
#include "daemon/trust/signature.hpp"

#include <filesystem>
#include <string>

namespace usher::tools {

/// What makes a vendor this vendor: its name and its private key, in `DIRECTORY/vendor.json`
/// (0600).
struct VendorSecret {
    std::string name;
    trust::SigningKey key;

    [[nodiscard]] trust::VendorKey public_half() const { return {name, key.public_key()}; }
};

/// Makes one, and the directory (0700) where that is missing. Throws a Fault where there is one
/// already: what was signed with a key needs that key, so none is ever overwritten.
[[nodiscard]] VendorSecret make_vendor_secret(const std::filesystem::path& directory,
                                              const std::string& name);

/// Throws a Fault where there is none, others may read it, or it is damaged.
[[nodiscard]] VendorSecret open_vendor_secret(const std::filesystem::path& directory);

} // namespace usher::tools
