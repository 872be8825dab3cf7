#include "daemon/ledger/types.hpp"
#include "tools/call.hpp"
#include "tools/instants.hpp"
#include "tools/printable.hpp"
#include "tools/usher_verbs.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

/// What would happen. Where a verb refuses to take something from somebody unless it is told that
/// it may, its plan says that it may: what would be taken is what is asked.
namespace usher::tools {
namespace {

void add_at(Call& call, std::string& at)
{
    call.options()
        .add_option("--at", at, "When it is done: a day, or an instant in UTC; else now")
        ->type_name("WHEN");
}

int show(Call& call, v1::Plan plan, const std::string& at)
{
    if (at.empty())
        return call.forecast(std::move(plan));
    const auto instant = instant_from_text(at);
    if (!instant)
        throw Fault("--at: is not a day or an instant in UTC: " + cut(printable(at), 60),
                    {"write 2030-01-31, or 2030-01-31T12:00:00Z"}, Fault::Kind::usage);
    plan.set_at_us(*instant);
    return call.forecast(std::move(plan));
}

/// None: unlimited.
std::optional<std::int64_t> units_from(const std::string& text)
{
    std::int64_t units = 0;
    if (text == "unlimited")
        return std::nullopt;
    const char* const end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, units);
    if (error != std::errc() || read != end || units < 1 || units > ledger::units_max)
        throw Fault("--units: is not 1 to " + std::to_string(ledger::units_max) +
                        ", or unlimited: " + cut(printable(text), 60),
                    {"a license that ends: --ends"}, Fault::Kind::usage);
    return units;
}

} // namespace

int plan(Call& call)
{
    std::string at;
    add_at(call, at);
    call.parse();
    return show(call, {}, at);
}

int plan_license(Call& call)
{
    v1::Plan plan;
    v1::PlanResize& resize = *plan.mutable_license_resize();
    std::string units;
    std::string at;
    bool ends = false;
    CLI::App& options = call.options();
    options.add_option("LICENSE", *resize.mutable_license(), "The number of the license")
        ->required();
    CLI::Option* const sized =
        options.add_option("--units", units, "It is for so many, or unlimited")->type_name("UNITS");
    options.add_flag("--ends", ends, "It ends")->excludes(sized);
    add_at(call, at);
    call.parse();
    if (!ends && units.empty())
        throw Fault("say what becomes of the license", {"--units UNITS", "--ends"},
                    Fault::Kind::usage);
    if (ends)
        resize.set_units(0);
    else if (const auto wanted = units_from(units))
        resize.set_units(*wanted);
    return show(call, std::move(plan), at);
}

int plan_allocate(Call& call)
{
    v1::Plan plan;
    v1::PoolAllocate& allocate = *plan.mutable_pool_allocate();
    std::int64_t units = 0;
    std::string at;
    CLI::App& options = call.options();
    options.add_option("FROM", *allocate.mutable_from(), "Takes them from")->required();
    options.add_option("TO", *allocate.mutable_to(), "Gives them to")->required();
    options.add_option("UNITS", units, "How many")->required()->type_name("UNITS");
    add_at(call, at);
    call.parse();
    allocate.set_units(units);
    allocate.set_force(true);
    return show(call, std::move(plan), at);
}

int plan_close(Call& call)
{
    v1::Plan plan;
    v1::PoolClose& close = *plan.mutable_pool_close();
    std::string at;
    bool release = false;
    call.options().add_option("POOL", *close.mutable_pool(), "The pool")->required();
    call.options().add_flag("--release", release, "Its leases end; else they stay, locked");
    add_at(call, at);
    call.parse();
    close.set_leases(release ? "release" : "keep");
    return show(call, std::move(plan), at);
}

int plan_rebind(Call& call)
{
    v1::Plan plan;
    v1::PartyRebind& rebind = *plan.mutable_party_rebind();
    std::string at;
    CLI::App& options = call.options();
    options.add_option("PARTY", *rebind.mutable_party(), "The user or instance")->required();
    options.add_option("TARGET", *rebind.mutable_target(), "A user's company, an instance's pool")
        ->required();
    options
        .add_option("--source", *rebind.mutable_source(),
                    "Where a user's units come from there; else as it was")
        ->check(CLI::IsMember({"root", "pool", "personal", "delegate"}))
        ->type_name("SOURCE");
    add_at(call, at);
    call.parse();
    rebind.set_drop(true);
    return show(call, std::move(plan), at);
}

int plan_mode(Call& call)
{
    v1::Plan plan;
    v1::PartySource& change = *plan.mutable_party_source();
    std::string at;
    CLI::App& options = call.options();
    options.add_option("PARTY", *change.mutable_party(), "The company or user")->required();
    options
        .add_option("SOURCE", *change.mutable_source(),
                    "Where its units come from: root, pool, personal or delegate")
        ->required()
        ->check(CLI::IsMember({"root", "pool", "personal", "delegate"}))
        ->type_name("SOURCE");
    add_at(call, at);
    call.parse();
    return show(call, std::move(plan), at);
}

int plan_remove(Call& call)
{
    v1::Plan plan;
    v1::PartyRemove& remove = *plan.mutable_party_remove();
    std::string at;
    call.options().add_option("PARTY", *remove.mutable_party(), "The party")->required();
    add_at(call, at);
    call.parse();
    remove.set_drop(true);
    return show(call, std::move(plan), at);
}

} // namespace usher::tools
