#include "tools/forecast.hpp"

#include "tools/instants.hpp"
#include "tools/printable.hpp"
#include "tools/table.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string_view>

namespace usher::tools {
namespace {

using Change = v1::Forecast::Pool;

std::string count_text(std::uint64_t count, const std::string& noun)
{
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

bool would_lock(const Change& change)
{
    return change.locked_after() && !change.locked_before();
}

/// `1000 → 10`, or the one number where both are the same.
std::string change_text(const std::string& before, const std::string& after)
{
    return before == after ? after : before + " → " + after;
}

std::string stock_change(const Change& change)
{
    const auto text = [](bool is_there, bool is_unlimited, std::int64_t stock) {
        return !is_there ? "-" : is_unlimited ? "unlimited" : std::to_string(stock);
    };
    return change_text(text(!change.is_new(), change.unlimited_before(), change.stock_before()),
                       text(!change.is_gone(), change.unlimited_after(), change.stock_after()));
}

std::string held_change(const Change& change)
{
    return change_text(change.is_new() ? "-" : std::to_string(change.held_before()),
                       std::to_string(change.held_after()));
}

Cell state_of(const Change& change)
{
    const std::string why = change.is_gone() ? ": closed"
                            : change.short_() > 0
                                ? ": " + std::to_string(change.short_()) + " short"
                                : "";
    if (would_lock(change))
        return {"would lock" + why, Tone::alarm};
    if (change.locked_after())
        return {"locked" + why, Tone::alarm};
    if (change.locked_before() && !change.is_gone())
        return {"locked no more", Tone::good};
    if (change.is_gone())
        return {"gone", Tone::faint};
    return {change.is_new() ? "new" : "", Tone::plain};
}

std::string headline(const v1::Forecast& forecast, bool is_colored)
{
    const bool is_any_locked = forecast.stay_locked() > 0;
    std::string text =
        forecast.locks() > 0
            ? in_tone(count_text(forecast.locks(), "pool") + (is_any_locked ? " more" : "") +
                          " would lock",
                      Tone::alarm, is_colored)
            : in_tone(is_any_locked ? "nobody else would be locked" : "nobody would be locked",
                      Tone::good, is_colored);
    if (is_any_locked)
        text += ", " + in_tone(count_text(forecast.stay_locked(), "pool") +
                                   (forecast.stay_locked() == 1 ? " stays" : " stay") + " locked",
                               Tone::alarm, is_colored);
    if (forecast.leases_ended() > 0)
        text += ", " + count_text(forecast.leases_ended(), "lease") + " would end";
    if (forecast.leases_moved() > 0)
        text += ", " + count_text(forecast.leases_moved(), "lease") + " would move";
    return instant_text(forecast.at_us()) + ": " + text + "\n";
}

/// Whether a shell takes a cure for one command of ours and nothing else, whatever the names in it.
bool can_be_pasted(std::string_view cure)
{
    constexpr std::string_view harmless = " -_.,:/@+=";
    return cure.starts_with("usher ") && std::ranges::all_of(cure, [&](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return byte >= 0x80 || std::isalnum(byte) != 0 ||
                      harmless.find(c) != std::string_view::npos;
           });
}

/// Whoever pastes all of it obeys the commands, and nothing else.
std::string cures_text(const Change& change)
{
    std::string text =
        "\n# " + printable(change.pool()) +
        (change.short_() > 0
             ? " needs " + count_text(static_cast<std::uint64_t>(change.short_()), "unit") + ":\n"
             : " would lend nothing any more:\n");
    for (const std::string& cure : change.cures())
        text += (can_be_pasted(cure) ? "" : "# or: ") + printable(cure) + "\n";
    return text;
}

Json stock_json(bool is_there, bool is_unlimited, std::int64_t stock)
{
    return is_there && !is_unlimited ? Json(stock) : Json(nullptr);
}

Json json_of(const Change& change)
{
    Json json{{"pool", change.pool()},
              {"new", change.is_new()},
              {"gone", change.is_gone()},
              {"stock_before",
               stock_json(!change.is_new(), change.unlimited_before(), change.stock_before())},
              {"stock_after",
               stock_json(!change.is_gone(), change.unlimited_after(), change.stock_after())},
              {"held_before", change.held_before()},
              {"held_after", change.held_after()},
              {"locked_before", change.locked_before()},
              {"locked_after", change.locked_after()},
              {"short", change.short_()}};
    json["cures"] = std::vector<std::string>(change.cures().begin(), change.cures().end());
    return json;
}

v1::PlanInstall install_of(const v1::LicenseInstall& verb)
{
    v1::PlanInstall install;
    install.set_document(verb.document());
    install.set_profile(verb.profile());
    install.set_scheme(verb.scheme());
    install.set_pool(verb.pool());
    install.set_replace(verb.replace());
    return install;
}

} // namespace

v1::Plan plan_of(const v1::Operate& verb)
{
    v1::Plan plan;
    switch (verb.verb_case()) {
    case v1::Operate::kPoolOpen: *plan.mutable_pool_open() = verb.pool_open(); break;
    case v1::Operate::kPoolAllocate: *plan.mutable_pool_allocate() = verb.pool_allocate(); break;
    case v1::Operate::kPoolClose: *plan.mutable_pool_close() = verb.pool_close(); break;
    case v1::Operate::kPartyAdd: *plan.mutable_party_add() = verb.party_add(); break;
    case v1::Operate::kPartyRebind: *plan.mutable_party_rebind() = verb.party_rebind(); break;
    case v1::Operate::kPartySource: *plan.mutable_party_source() = verb.party_source(); break;
    case v1::Operate::kPartyRemove: *plan.mutable_party_remove() = verb.party_remove(); break;
    case v1::Operate::kLicenseInstall:
        *plan.mutable_license_install() = install_of(verb.license_install());
        break;
    case v1::Operate::kLicenseRemove:
        plan.mutable_license_remove()->set_license(verb.license_remove().license());
        plan.mutable_license_remove()->set_force(verb.license_remove().force());
        break;
    default: break;
    }
    return plan;
}

std::string forecast_text(const v1::Forecast& forecast, bool is_colored)
{
    std::string text = headline(forecast, is_colored);
    for (const std::string& warning : forecast.warnings())
        text += "warned of then: " + printable(warning) + "\n";
    Table table({{"POOL"}, {"ASSIGNED"}, {"HELD"}, {"STATE"}});
    for (const Change& change : forecast.pools())
        table.add(
            {{change.pool()}, {stock_change(change)}, {held_change(change)}, state_of(change)});
    text += "\n" + text_or(table, "no pool would stand otherwise", is_colored);
    if (forecast.pools_left_out() > 0)
        text += "and " + count_text(forecast.pools_left_out(), "pool") + " more\n";
    for (const Change& change : forecast.pools())
        if (would_lock(change))
            text += cures_text(change);
    return text;
}

Json forecast_json(const v1::Forecast& forecast)
{
    Json json{
        {"at", instant_text(forecast.at_us())},        {"locks", forecast.locks()},
        {"stay_locked", forecast.stay_locked()},       {"leases_ended", forecast.leases_ended()},
        {"leases_moved", forecast.leases_moved()},     {"pools", Json::array()},
        {"pools_left_out", forecast.pools_left_out()}, {"warnings", Json::array()}};
    for (const Change& change : forecast.pools())
        json["pools"].push_back(json_of(change));
    for (const std::string& warning : forecast.warnings())
        json["warnings"].push_back(warning);
    return json;
}

} // namespace usher::tools
