#include "daemon/trust/mark_json.hpp"

#include "protocol/text.hpp"

namespace usher::trust {

ActivationMark mark_in(Members members)
{
    const ActivationMark mark{.node = members.bytes<32>("node"),
                              .number = members.count("number", 1, activation_number_max)};
    members.expect_no_more();
    return mark;
}

nlohmann::json object_of(const ActivationMark& mark)
{
    return {{"node", base64url(mark.node)}, {"number", mark.number}};
}

std::string address(Members& members, const std::string& name)
{
    std::string text = members.text(name);
    if (!text.starts_with("usher://") || !protocol::objection_to_line(text).empty())
        members.refuse(name, "is not an address that begins with usher://");
    return text;
}

std::string address_or_null(Members& members, const std::string& name)
{
    return members.value(name).is_null() ? "" : address(members, name);
}

} // namespace usher::trust
