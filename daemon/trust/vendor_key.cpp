#include "daemon/trust/license_file.hpp"

#include <algorithm>

namespace usher::trust {

namespace {
constexpr std::string_view prefix = "usher-vendor:";
} // namespace

bool is_vendor_name(std::string_view name)
{
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= vendor_name_bytes_max &&
           std::ranges::all_of(name, is_plain);
}

std::string to_text(const VendorKey& key)
{
    return std::string(prefix) + key.vendor + ":" + base64url(key.key);
}

std::optional<VendorKey> vendor_key_from(std::string_view text)
{
    if (!text.starts_with(prefix))
        return std::nullopt;
    text.remove_prefix(prefix.size());
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !is_vendor_name(text.substr(0, colon)))
        return std::nullopt;
    const auto bytes = from_base64url(text.substr(colon + 1));
    VendorKey key{.vendor = std::string(text.substr(0, colon))};
    if (!bytes || bytes->size() != key.key.size())
        return std::nullopt;
    std::ranges::copy(*bytes, key.key.begin());
    return key;
}

} // namespace usher::trust
