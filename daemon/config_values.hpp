#pragma once

#include "daemon/config.hpp"

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

/// How single values stand in the configuration: as text that must have a form. Pure.
namespace usher::daemon {

/// What is wrong with a text; lower case, without a full stop.
struct FormFault {
    std::string what;
};

template <class Value>
using Form = std::variant<Value, FormFault> (*)(const std::string& text);

/// Of a list: the form of each item, and how many there may be.
template <class Value>
struct ListForm {
    Form<Value> item;
    std::size_t least = 0;
    std::size_t most = 0;
};

[[nodiscard]] std::variant<std::filesystem::path, FormFault> absolute_path(const std::string& text);
[[nodiscard]] std::variant<std::filesystem::path, FormFault> path_or_none(const std::string& text);
/// Empty, or absolute and short enough for the address of a Unix socket.
[[nodiscard]] std::variant<std::filesystem::path, FormFault> socket_path(const std::string& text);
/// A DNS name or an address: what may stand in `usher://…` and in a certificate.
[[nodiscard]] std::variant<std::string, FormFault> host_name(const std::string& text);
/// What it may be, the whole file says.
[[nodiscard]] std::variant<std::string, FormFault> any_text(const std::string& text);
[[nodiscard]] std::variant<std::string, FormFault> log_level(const std::string& text);
/// `auto`, `none`, or a TCTI whose library is known.
[[nodiscard]] std::variant<std::string, FormFault> tpm_way(const std::string& text);
/// `0x01814750`
[[nodiscard]] std::variant<TpmIndex, FormFault> tpm_index(const std::string& text);
[[nodiscard]] std::variant<Endpoint, FormFault> endpoint(const std::string& text);
[[nodiscard]] std::variant<trust::VendorKey, FormFault> vendor_key(const std::string& text);

inline constexpr ListForm<Endpoint> endpoint_list{endpoint, 1, 16};
inline constexpr ListForm<trust::VendorKey> vendor_key_list{vendor_key, 0, 256};

/// A value as the file would say it, without quotes; a list in brackets.
[[nodiscard]] std::string value_text(bool value);
[[nodiscard]] std::string value_text(std::uint64_t value);
[[nodiscard]] std::string value_text(std::chrono::milliseconds value);
[[nodiscard]] std::string value_text(const std::string& value);
[[nodiscard]] std::string value_text(const std::filesystem::path& value);
[[nodiscard]] std::string value_text(TpmIndex value);
[[nodiscard]] std::string value_text(const std::vector<Endpoint>& value);
[[nodiscard]] std::string value_text(const std::vector<trust::VendorKey>& value);

/// A sentence of a library in our form: it begins small.
[[nodiscard]] std::string lower_case_start(std::string_view sentence);

} // namespace usher::daemon
