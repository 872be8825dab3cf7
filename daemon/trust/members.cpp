#include "daemon/trust/members.hpp"

#include "protocol/text.hpp"

namespace usher::trust {

using nlohmann::json;

Members::Members(const json& object, std::string place) : object_(object), place_(std::move(place))
{}

const json& Members::value(const std::string& name)
{
    const auto found = object_.find(name);
    if (found == object_.end())
        refuse(name, "is missing");
    asked_.insert(name);
    return *found;
}

std::string Members::text(const std::string& name)
{
    const json& found = value(name);
    if (!found.is_string())
        refuse(name, "is not a text");
    return found.get<std::string>();
}

std::optional<std::string> Members::text_or_null(const std::string& name)
{
    if (value(name).is_null())
        return std::nullopt;
    return text(name);
}

std::set<std::string> Members::sorted_texts_if_any(const std::string& name)
{
    std::set<std::string> texts;
    if (!object_.contains(name))
        return texts;
    const json& found = value(name);
    if (!found.is_array())
        refuse(name, "is not a list");
    if (found.empty())
        refuse(name, "is empty; none is left out");
    for (const json& one : found) {
        if (!one.is_string())
            refuse(name, "has something in it that is not a text");
        auto text = one.get<std::string>();
        if (!texts.empty() && *texts.rbegin() >= text)
            refuse(name, "is not in order, each once");
        texts.insert(texts.end(), std::move(text));
    }
    return texts;
}

unsigned Members::small_number(const std::string& name)
{
    const json& found = value(name);
    if (!found.is_number_unsigned() || found.get<std::uint64_t>() > UINT16_MAX)
        refuse(name, "is not a small number");
    return found.get<unsigned>();
}

std::uint64_t Members::count(const std::string& name, std::uint64_t least, std::uint64_t most)
{
    const json& found = value(name);
    if (!found.is_number_unsigned() || found.get<std::uint64_t>() < least ||
        found.get<std::uint64_t>() > most)
        refuse(name, "is not " + std::to_string(least) + " to " + std::to_string(most));
    return found.get<std::uint64_t>();
}

bool Members::truth(const std::string& name)
{
    const json& found = value(name);
    if (!found.is_boolean())
        refuse(name, "is not true or false");
    return found.get<bool>();
}

std::string Members::name(const std::string& name)
{
    std::string found = text(name);
    if (const std::string wrong = protocol::objection_to_name(found); !wrong.empty())
        refuse(name, "is not a name: " + wrong);
    return found;
}

Instant Members::instant(const std::string& name)
{
    const auto read = instant_from(text(name));
    if (!read)
        refuse(name, "is not an instant like 2030-01-31T00:00:00Z");
    return *read;
}

std::optional<Instant> Members::instant_or_null(const std::string& name)
{
    if (value(name).is_null())
        return std::nullopt;
    return instant(name);
}

void Members::expect_format()
{
    if (value("format") != format)
        refuse("format", "is not 1, which is all that this version reads");
}

Members Members::object(const std::string& name)
{
    const json& found = value(name);
    if (!found.is_object())
        refuse(name, "is not an object");
    return {found, place_ + name + "."};
}

std::string Members::bytes_of(const std::string& name, std::size_t count)
{
    auto decoded = from_base64url(text(name));
    if (!decoded || decoded->size() != count)
        refuse(name, "is not " + std::to_string(count) + " bytes in base64url");
    return *std::move(decoded);
}

std::vector<std::string> Members::names() const
{
    std::vector<std::string> all;
    for (const auto& [name, value] : object_.items())
        all.push_back(name);
    return all;
}

void Members::expect_no_more() const
{
    for (const std::string& name : names())
        if (!asked_.contains(name))
            throw Malformed(place_ + json(name).dump() + ": is not known");
}

void Members::refuse(const std::string& name, const std::string& what) const
{
    throw Malformed(place_ + name + ": " + what);
}

json written(Instant instant, const std::string& name)
{
    if (!is_writable(instant))
        throw Malformed(name + ": is not a whole second of the years 1970 to 9999");
    return to_text(instant);
}

} // namespace usher::trust
