#include "daemon/config_values.hpp"

#include "daemon/trust/tpm_counter.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>

namespace usher::daemon {
namespace {

constexpr auto log_levels = std::to_array<std::string_view>({"debug", "info", "warning", "error"});

/// The ways to a TPM whose libraries are loaded by name: no other file can be named for one.
constexpr auto tpm_ways =
    std::to_array<std::string_view>({"device:", "swtpm:", "mssim:", "tabrmd:"});

/// Of sun_path, with its terminating zero.
constexpr std::size_t socket_path_bytes_max = 107;

bool is_address(int family, const std::string& text)
{
    std::array<unsigned char, 16> ignored{};
    return ::inet_pton(family, text.c_str(), ignored.data()) == 1;
}

bool is_host_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/// RFC 1123: labels of 1 to 63 letters, digits and inner hyphens.
bool is_dns_name(std::string_view text)
{
    if (text.empty() || text.size() > 253)
        return false;
    for (;;) {
        const std::string_view label = text.substr(0, text.find('.'));
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
            !std::ranges::all_of(label, is_host_character))
            return false;
        if (label.size() == text.size())
            return true;
        text.remove_prefix(label.size() + 1);
    }
}

std::string endpoint_text(const Endpoint& endpoint)
{
    const bool is_v6 = endpoint.address.find(':') != std::string::npos;
    return (is_v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" +
           std::to_string(endpoint.port);
}

template <class Item, class Text>
std::string list_text(const std::vector<Item>& items, Text text)
{
    std::string list;
    for (const Item& item : items)
        list += (list.empty() ? "" : ", ") + text(item);
    return "[" + list + "]";
}

} // namespace

std::variant<std::filesystem::path, FormFault> absolute_path(const std::string& text)
{
    if (!text.starts_with('/') || text.find('\0') != std::string::npos)
        return FormFault{"must be an absolute path"};
    return std::filesystem::path(text);
}

std::variant<std::filesystem::path, FormFault> path_or_none(const std::string& text)
{
    if (text.empty())
        return std::filesystem::path();
    return absolute_path(text);
}

std::variant<std::filesystem::path, FormFault> socket_path(const std::string& text)
{
    if (text.size() > socket_path_bytes_max)
        return FormFault{"longer than 107 bytes, the most for the address of a socket"};
    return path_or_none(text);
}

std::variant<std::string, FormFault> host_name(const std::string& text)
{
    if (!is_dns_name(text) && !is_address(AF_INET6, text))
        return FormFault{"must be a host name or an address"};
    return text;
}

std::variant<std::string, FormFault> any_text(const std::string& text)
{
    return text;
}

std::variant<std::string, FormFault> log_level(const std::string& text)
{
    if (std::ranges::find(log_levels, text) == log_levels.end())
        return FormFault{"must be debug, info, warning or error"};
    return text;
}

std::variant<std::string, FormFault> tpm_way(const std::string& text)
{
    const auto begins = [&text](std::string_view way) { return text.starts_with(way); };
    if ((text != "auto" && text != "none" && std::ranges::none_of(tpm_ways, begins)) ||
        text.find('\0') != std::string::npos)
        return FormFault{"must be auto, none, or how a TPM is reached, as in "
                         "\"device:/dev/tpmrm0\" or \"swtpm:host=127.0.0.1,port=2321\""};
    return text;
}

std::variant<TpmIndex, FormFault> tpm_index(const std::string& text)
{
    TpmIndex index;
    const char* const end = text.data() + text.size();
    const bool is_hex = text.size() == 10 && text.starts_with("0x");
    const auto [read, error] =
        std::from_chars(text.data() + (is_hex ? 2 : 0), end, index.handle, 16);
    if (!is_hex || error != std::errc() || read != end || index.handle < trust::tpm_index_first ||
        index.handle > trust::tpm_index_last)
        return FormFault{"must be an index that a TPM leaves to its owner, \"0x01800000\" to "
                         "\"0x01bfffff\""};
    return index;
}

std::variant<Endpoint, FormFault> endpoint(const std::string& text)
{
    const FormFault fault{"must be an address and a port, as in \"0.0.0.0:4750\" or \"[::]:4750\""};
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos)
        return fault;
    std::string address = text.substr(0, colon);
    const bool bracketed = address.starts_with('[') && address.ends_with(']');
    if (bracketed)
        address = address.substr(1, address.size() - 2);
    if (!is_address(bracketed ? AF_INET6 : AF_INET, address))
        return fault;
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data() + colon + 1, end, port);
    if (error != std::errc() || read != end)
        return fault;
    return Endpoint{std::move(address), port};
}

std::variant<trust::VendorKey, FormFault> vendor_key(const std::string& text)
{
    if (const auto key = trust::vendor_key_from(text))
        return *key;
    return FormFault{"must be a vendor's key, usher-vendor:NAME:KEY"};
}

std::string value_text(bool value)
{
    return value ? "true" : "false";
}

std::string value_text(std::uint64_t value)
{
    return std::to_string(value);
}

std::string value_text(std::chrono::milliseconds value)
{
    return to_text(value);
}

std::string value_text(const std::string& value)
{
    return value;
}

std::string value_text(const std::filesystem::path& value)
{
    return value.empty() ? "(none)" : value.string();
}

std::string value_text(TpmIndex value)
{
    std::array<char, 11> text{};
    std::snprintf(text.data(), text.size(), "0x%08x", value.handle);
    return text.data();
}

std::string value_text(const std::vector<Endpoint>& value)
{
    return list_text(value, endpoint_text);
}

std::string value_text(const std::vector<trust::VendorKey>& value)
{
    return list_text(value, [](const trust::VendorKey& key) { return trust::to_text(key); });
}

std::string lower_case_start(std::string_view sentence)
{
    std::string text(sentence);
    if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
        text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    return text;
}

} // namespace usher::daemon
