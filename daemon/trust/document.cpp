#include "daemon/trust/document.hpp"

#include "daemon/trust/jws.hpp"
#include "protocol/limits.hpp"
#include "protocol/text.hpp"

#include <nlohmann/json.hpp>

namespace usher::trust {
namespace {

constexpr std::string_view words[] = {
    "usher-license",
    "usher-node",
    "usher-activation-request",
    "usher-activation",
    "usher-transfer-request",
    "usher-receipt",
    "usher-showing",
    "usher-issuer-answer",
    "usher-redirect",
    "usher-move-mark",
};
static_assert(std::size(words) == static_cast<std::size_t>(DocumentKind::move_mark) + 1);

constexpr std::string_view node_prefix = "usher-node:";

} // namespace

std::string_view word(DocumentKind kind)
{
    return words[static_cast<std::size_t>(kind)];
}

std::optional<DocumentKind> document_kind(std::string_view text)
try {
    if (text.size() > protocol::license_bytes_max)
        return std::nullopt;
    text = protocol::without_surrounding_space(text);
    const bool is_node = text.starts_with(node_prefix);
    if (is_node)
        text.remove_prefix(node_prefix.size());
    const auto header = canonical_object(split_jws(text).header, "header");
    const auto typ = header.find("typ");
    for (std::size_t i = 0; i < std::size(words) && typ != header.end(); ++i)
        if (const auto kind = static_cast<DocumentKind>(i);
            *typ == words[i] && is_node == (kind == DocumentKind::node))
            return kind;
    return std::nullopt;
} catch (const Malformed&) {
    return std::nullopt;
}

Nonce fresh_nonce()
{
    Nonce nonce{};
    fill_random(nonce);
    return nonce;
}

} // namespace usher::trust
