#include "daemon/section.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace usher::daemon {
namespace {

using std::chrono::milliseconds;

Place place_of(const toml::source_region& region)
{
    return {region.begin.line, region.begin.column};
}

std::string_view word_of(const toml::node& node)
{
    switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "a text";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a fraction";
    case toml::node_type::boolean: return "true or false";
    default: return "a date or time";
    }
}

} // namespace

std::string to_text(const Complaint& complaint, std::string_view file)
{
    std::string text(file);
    if (complaint.place.line != 0)
        text += ":" + std::to_string(complaint.place.line) + ":" +
                std::to_string(complaint.place.column);
    return text + ": " + complaint.sentence;
}

Section::Section(std::string name, const toml::table* table, std::vector<Complaint>& complaints,
                 std::map<std::string, Place>& places)
    : name_(std::move(name)), table_(table), complaints_(complaints), places_(places)
{}

void Section::text(std::string_view key, std::optional<std::string>& value)
{
    const toml::node* const node = find(key);
    if (node == nullptr)
        return;
    if (const auto* found = node->as_string())
        value = found->get();
    else
        complain_of_type(key, "a text", *node);
}

void Section::texts(std::string_view key, std::optional<std::vector<std::string>>& value)
{
    const toml::node* const node = find(key);
    if (node == nullptr)
        return;
    const toml::array* const list = node->as_array();
    if (list == nullptr)
        return complain_of_type(key, "a list of texts", *node);
    std::vector<std::string> found;
    for (const toml::node& item : *list) {
        const auto* const each = item.as_string();
        if (each == nullptr)
            return complain_of_type(key, "a list of texts", item);
        found.push_back(each->get());
    }
    value = std::move(found);
}

void Section::flag(std::string_view key, bool& value)
{
    const toml::node* const node = find(key);
    if (node == nullptr)
        return;
    if (const auto* found = node->as_boolean())
        value = found->get();
    else
        complain_of_type(key, "true or false", *node);
}

void Section::number(std::string_view key, std::uint64_t& value, std::uint64_t least,
                     std::uint64_t most)
{
    const toml::node* const node = find(key);
    if (node == nullptr)
        return;
    const auto* const found = node->as_integer();
    if (found == nullptr)
        return complain_of_type(key, "a whole number", *node);
    if (std::cmp_less(found->get(), least) || std::cmp_greater(found->get(), most))
        return complain(key, std::to_string(found->get()) + " is out of range (" +
                                 std::to_string(least) + " to " + std::to_string(most) + ")");
    value = static_cast<std::uint64_t>(found->get());
}

void Section::duration(std::string_view key, milliseconds& value, milliseconds least,
                       milliseconds most)
{
    const toml::node* const node = find(key);
    if (node == nullptr)
        return;
    const auto* const text = node->as_string();
    if (text == nullptr)
        return complain_of_type(key, "a duration like \"25s\"", *node);
    const auto found = duration_from(text->get());
    if (!found)
        return complain(key,
                        "not a duration; write a whole number and ms, s, m, h or d, as in \"25s\"");
    if (*found < least || *found > most)
        return complain(key, text->get() + " is out of range (" + to_text(least) + " to " +
                                 to_text(most) + ")");
    value = *found;
}

Section Section::table(std::string_view key)
{
    const toml::node* const node = find(key);
    if (node != nullptr && !node->is_table())
        complain_of_type(key, "a table", *node);
    return {full(key), node == nullptr ? nullptr : node->as_table(), complaints_, places_};
}

void Section::close()
{
    if (table_ == nullptr)
        return;
    std::string list;
    for (const std::string& known : known_)
        list += (list.empty() ? "" : ", ") + known;
    for (const auto& [key, node] : *table_)
        if (std::ranges::find(known_, key.str()) == known_.end())
            complaints_.push_back({place_of(key.source()), "unknown key " + full(key.str()) +
                                                               "; the keys here are " + list});
}

std::vector<std::string> Section::names() const
{
    std::vector<std::pair<Place, std::string>> found;
    if (table_ != nullptr)
        for (const auto& [key, node] : *table_)
            found.emplace_back(place_of(key.source()), key.str());
    std::ranges::sort(found, {}, [](const auto& each) {
        return std::tuple(each.first.line, each.first.column, each.second);
    });
    std::vector<std::string> list;
    for (auto& [place, name] : found)
        list.push_back(std::move(name));
    return list;
}

bool Section::has(std::string_view key) const
{
    return table_ != nullptr && table_->contains(key);
}

void Section::complain(std::string_view key, const std::string& what, std::size_t item)
{
    Place place = places_[full(key)];
    const toml::node* const node = table_ == nullptr ? nullptr : table_->get(key);
    const toml::array* const list = node == nullptr ? nullptr : node->as_array();
    if (list != nullptr && item < list->size())
        place = place_of((*list)[item].source());
    complaints_.push_back({place, full(key) + ": " + what});
}

const toml::node* Section::find(std::string_view key)
{
    known_.emplace_back(key);
    const toml::node* const node = table_ == nullptr ? nullptr : table_->get(key);
    if (node != nullptr)
        places_[full(key)] = place_of(node->source());
    return node;
}

void Section::complain_of_type(std::string_view key, std::string_view wanted,
                               const toml::node& found)
{
    complaints_.push_back(
        {place_of(found.source()),
         full(key) + ": must be " + std::string(wanted) + ", not " + std::string(word_of(found))});
}

std::string Section::full(std::string_view key) const
{
    return name_.empty() ? std::string(key) : name_ + "." + std::string(key);
}

} // namespace usher::daemon
