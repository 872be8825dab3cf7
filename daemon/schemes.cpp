#include "daemon/schemes.hpp"

#include "daemon/config_values.hpp"
#include "protocol/text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace usher::daemon {
namespace {

using ledger::Closing;
using ledger::LeaseKind;
using ledger::Rebinding;
using ledger::RootPer;
using ledger::Scheme;
using ledger::Use;
using std::chrono::milliseconds;

constexpr std::array roots{RootPer::license, RootPer::product};
constexpr std::array lease_kinds{LeaseKind::floating, LeaseKind::fixed, LeaseKind::persistent};
constexpr std::array rebindings{Rebinding::none, Rebinding::drop, Rebinding::carry};
constexpr std::array uses{Use::served, Use::reconciled};
constexpr std::array closings{Closing::keep, Closing::release};

constexpr milliseconds lease_length_min = std::chrono::minutes(1);
constexpr milliseconds lease_length_max = std::chrono::days(3'660);

Scheme* find(std::span<Scheme> schemes, std::string_view name)
{
    const auto found = std::ranges::find(schemes, name, &Scheme::name);
    return found == schemes.end() ? nullptr : &*found;
}

/// `none, drop or carry`
template <class Value, std::size_t count>
std::string words_of(const std::array<Value, count>& values)
{
    std::string list;
    for (std::size_t i = 0; i < count; ++i)
        list += (i == 0 ? "" : i + 1 == count ? " or " : ", ") + std::string(word(values[i]));
    return list;
}

template <class Value, std::size_t count>
void read_word(Section& section, std::string_view key, Value& value,
               const std::array<Value, count>& known)
{
    std::optional<std::string> text;
    section.text(key, text);
    if (!text)
        return;
    const auto found =
        std::ranges::find_if(known, [&](const Value each) { return word(each) == *text; });
    if (found == known.end())
        section.complain(key, "must be " + words_of(known));
    else
        value = *found;
}

/// A scheme that is no longer fixed has no length any more, wherever it had it from.
void read_lease_length(Section& section, Scheme& scheme)
{
    auto length = std::chrono::duration_cast<milliseconds>(scheme.lease_length);
    if (!section.has("lease_length") && scheme.leases != LeaseKind::fixed)
        length = milliseconds::zero();
    section.duration("lease_length", length, lease_length_min, lease_length_max);
    scheme.lease_length = length;
}

void read_keys(Section& section, Scheme& scheme)
{
    read_word(section, "root", scheme.root, roots);
    section.flag("root_leasable", scheme.root_leasable);
    section.flag("children", scheme.has_children);
    read_word(section, "leases", scheme.leases, lease_kinds);
    read_lease_length(section, scheme);
    read_word(section, "rebind", scheme.rebind, rebindings);
    read_word(section, "close", scheme.close, closings);
    section.flag("maintenance", scheme.asks_maintenance);
    section.flag("restarts_leases", scheme.restarts_leases);
    section.flag("trial", scheme.is_trial);
    read_word(section, "use", scheme.use, uses);
    section.flag("model_change", scheme.changes_models);
}

/// Where a table begins: with what it is based on, or with the preset that it varies, or with the
/// preset of everybody who says nothing.
Scheme beginning_of(Section& section, const std::string& name, std::span<Scheme> schemes)
{
    std::optional<std::string> base;
    section.text("based_on", base);
    const Scheme* found = find(schemes, base.value_or(name));
    if (!found && base) {
        std::string list;
        for (const Scheme& scheme : schemes)
            list += (list.empty() ? "" : ", ") + scheme.name;
        section.complain("based_on",
                         "must be a preset or a scheme that stands before this one: " + list);
    }
    Scheme scheme = found ? *found : ledger::preset_schemes().front();
    scheme.name = name;
    return scheme;
}

/// What no key says alone; said where the key stands, or at the table that lacks it.
void check_soundness(Section& schemes, Section& section, const Scheme& scheme)
{
    const auto why = ledger::why_unsound(scheme);
    if (!why)
        return;
    const std::size_t colon = why->find(": ");
    const std::string key = why->substr(0, colon);
    if (section.has(key))
        section.complain(key, why->substr(colon + 2));
    else
        schemes.complain(scheme.name, *why);
}

Scheme read_scheme(Section& schemes, const std::string& name, std::span<Scheme> known)
{
    Section section = schemes.table(name);
    const std::size_t complaints = section.complaints();
    if (const std::string wrong = protocol::objection_to_name(name); !wrong.empty())
        schemes.complain(name, "is no name: " + wrong);
    Scheme scheme = beginning_of(section, name, known);
    read_keys(section, scheme);
    section.close();
    if (section.complaints() == complaints)
        check_soundness(schemes, section, scheme);
    return scheme;
}

} // namespace

std::vector<Scheme> read_schemes(Section& root)
{
    const auto presets = ledger::preset_schemes();
    std::vector<Scheme> all(presets.begin(), presets.end());
    Section tables = root.table("scheme");
    for (const std::string& name : tables.names()) {
        Scheme scheme = read_scheme(tables, name, all);
        if (Scheme* const varied = find(all, name))
            *varied = std::move(scheme);
        else
            all.push_back(std::move(scheme));
    }
    return all;
}

std::vector<Setting> settings_of(const std::vector<Scheme>& schemes)
{
    std::vector<Setting> settings;
    const auto presets = ledger::preset_schemes();
    for (const Scheme& scheme : schemes) {
        if (std::ranges::find(presets, scheme) != presets.end())
            continue;
        const auto add = [&](std::string_view key, std::string value) {
            settings.push_back(
                {"scheme." + scheme.name + "." + std::string(key), std::move(value)});
        };
        add("root", std::string(word(scheme.root)));
        add("root_leasable", value_text(scheme.root_leasable));
        add("children", value_text(scheme.has_children));
        add("leases", std::string(word(scheme.leases)));
        add("lease_length",
            value_text(std::chrono::duration_cast<milliseconds>(scheme.lease_length)));
        add("rebind", std::string(word(scheme.rebind)));
        add("close", std::string(word(scheme.close)));
        add("maintenance", value_text(scheme.asks_maintenance));
        add("restarts_leases", value_text(scheme.restarts_leases));
        add("trial", value_text(scheme.is_trial));
        add("use", std::string(word(scheme.use)));
        add("model_change", value_text(scheme.changes_models));
    }
    return settings;
}

ledger::SetSchemes schemes_of(const Config& config)
{
    return {config.schemes, config.pools.scheme};
}

} // namespace usher::daemon
