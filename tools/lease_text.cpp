#include "tools/lease_text.hpp"

#include "daemon/trust/signature.hpp"

namespace usher::tools {
namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t id_bytes = 16;

} // namespace

std::string lease_text(std::string_view id)
{
    return trust::hex({reinterpret_cast<const std::uint8_t*>(id.data()), id.size()});
}

std::optional<std::string> lease_from(std::string_view text)
{
    if (text.size() != 2 * id_bytes)
        return std::nullopt;
    std::string id;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const std::size_t high = digits.find(text[i]);
        const std::size_t low = digits.find(text[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos)
            return std::nullopt;
        id += static_cast<char>(high << 4U | low);
    }
    return id;
}

} // namespace usher::tools
