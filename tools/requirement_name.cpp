#include "tools/requirement_name.hpp"

#include <array>

namespace usher::tools {

std::optional<v1::RequirementName> requirement_from(std::string_view text)
{
    constexpr std::array<std::string_view, 2> kinds{"device", "user"};
    std::size_t first = std::string_view::npos;
    std::string_view kind;
    for (const std::string_view each : kinds) {
        const std::size_t at = text.find("/" + std::string(each) + ":");
        if (at < first) {
            first = at;
            kind = each;
        }
    }
    if (kind.empty())
        return std::nullopt;
    v1::RequirementName name;
    name.set_product(std::string(text.substr(0, first)));
    name.set_kind(std::string(kind));
    name.set_consumer(std::string(text.substr(first + kind.size() + 2)));
    return name;
}

std::string to_text(const v1::RequirementName& name)
{
    return name.product() + "/" + name.kind() + ":" + name.consumer();
}

} // namespace usher::tools
