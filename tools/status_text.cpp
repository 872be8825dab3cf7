#include "tools/status_text.hpp"

#include "tools/instants.hpp"
#include "tools/pools_text.hpp"
#include "tools/printable.hpp"

#include <algorithm>

namespace usher::tools {
namespace {

using Part = v1::StatusPart;

template <class Texts>
std::string joined(const Texts& texts)
{
    std::string line;
    for (const std::string& text : texts)
        line += (line.empty() ? "" : ", ") + text;
    return line;
}

/// A floating lease whose holder is not connected lives for its term only.
Cell state_of(const Part::Lease& lease)
{
    if (lease.locked())
        return {"locked", Tone::alarm};
    if (!lease.connected() && lease.kind() == "floating")
        return {"away", Tone::warning};
    return {"", Tone::plain};
}

Cell state_of(const Part::License& license)
{
    if (!license.expected().empty() && license.activation() == "none")
        return {still_to_do(license), Tone::warning};
    if (!license.counts())
        return {license.product().empty() ? "ACTIVATION_PENDING" : text_or_dash(license.reason()),
                Tone::alarm};
    return {"counts", Tone::good};
}

/// `3, due 2030-02-14T12:00:00Z`; of an ended one, whether the issuer knows.
std::string activation_text(const Part::License& license)
{
    if (license.activation_number() != 0)
        return std::to_string(license.activation_number()) +
               (license.has_due_us() ? ", due " + instant_text(license.due_us()) : "");
    if (license.activation() == "pending")
        return "pending";
    if (license.receipt_number() != 0)
        return std::to_string(license.receipt_number()) + " ended" +
               (license.receipt_delivered() ? "" : ", receipt not delivered");
    return "-";
}

std::string headline(const Part& picture, bool is_colored)
{
    const bool is_serving = picture.mode() == "serving";
    return in_tone(printable(picture.mode()), is_serving ? Tone::good : Tone::warning, is_colored) +
           " · node " + printable(picture.node()) + " · " + instant_text(picture.at_us()) +
           (picture.has_anchor() ? " · anchored at " + std::to_string(picture.anchor()) : "") +
           "\n";
}

/// Of a server in the middle of a live move, or after one; else nothing.
std::string move_text(const Part& picture)
{
    if (!picture.moved_to().empty())
        return "moved to " + printable(picture.moved_to()) + "\n";
    if (!picture.arriving_from().empty())
        return "takes over from node " + printable(picture.arriving_from()) + ": " +
               std::to_string(picture.followed()) + " facts so far\n";
    return {};
}

std::string downgrades_text(const Part::License& license)
{
    std::string text;
    for (const std::string& product : license.downgrades_to())
        text += (text.empty() ? "" : ", ") + product;
    return text.empty() ? "-" : text;
}

} // namespace

std::string profiles_text(const Part& picture, bool is_colored)
{
    Table table({{"PROFILE"},
                 {"POOLS"},
                 {"IN USE", true},
                 {"RE-USE", true},
                 {"CAPACITY", true},
                 {"DEFAULT"}});
    for (const Part::Profile& profile : picture.profiles())
        table.add({{profile.name()},
                   {joined(profile.pools())},
                   {std::to_string(profile.in_use())},
                   {profile.has_re_use() ? std::to_string(profile.re_use()) : "-"},
                   {profile.has_capacity() ? std::to_string(profile.capacity()) : "-"},
                   {profile.is_default() ? "default" : ""}});
    return text_or(table, "no profiles: usher profile add", is_colored);
}

std::string leases_text(const Part& picture, bool is_colored)
{
    Table table({{"LEASE"},
                 {"PROFILE"},
                 {"POOL"},
                 {"USER"},
                 {"DEVICE"},
                 {"UNITS", true},
                 {"HELD FOR", true},
                 {"ENDS IN", true},
                 {"STATE"}});
    for (const Part::Lease& lease : picture.leases())
        table.add(
            {{lease.id()},
             {text_or_dash(lease.profile())},
             {lease.pool()},
             {lease.user()},
             {lease.device()},
             {std::to_string(lease.units())},
             {span_text(picture.at_us() - lease.started_us())},
             {lease.has_deadline_us() ? span_text(lease.deadline_us() - picture.at_us()) : "-"},
             state_of(lease)});
    return text_or(table, "no leases", is_colored);
}

std::string queue_text(const Part& picture, bool is_colored)
{
    Table table({{"WAITING"},
                 {"PLACE", true},
                 {"PROFILE"},
                 {"USER"},
                 {"DEVICE"},
                 {"UNITS", true},
                 {"SINCE", true},
                 {"GIVES UP IN", true}});
    for (const Part::Waiter& waiter : picture.queue())
        table.add({{waiter.id()},
                   {std::to_string(waiter.position())},
                   {text_or_dash(waiter.profile())},
                   {waiter.user()},
                   {waiter.device()},
                   {std::to_string(waiter.units())},
                   {span_text(picture.at_us() - waiter.since_us())},
                   {span_text(waiter.until_us() - picture.at_us())}});
    return text_or(table, "nobody waits", is_colored);
}

/// Who knows no activation code need not read of activations.
std::string licenses_text(const Part& picture, bool is_colored)
{
    const bool has_activations =
        std::ranges::any_of(picture.licenses(), [](const Part::License& license) {
            return activation_text(license) != "-";
        });
    std::vector<Column> columns{{"LICENSE"}, {"PRODUCT"}, {"VENDOR"},   {"UNITS", true},
                                {"FROM"},    {"TO"},      {"LOCKED TO"}};
    const bool has_downgrades =
        std::ranges::any_of(picture.licenses(), [](const Part::License& license) {
            return license.downgrades_to_size() > 0;
        });
    if (has_downgrades)
        columns.push_back({"DOWNGRADES TO"});
    if (has_activations)
        columns.push_back({"ACTIVATION"});
    columns.push_back({"STATE"});
    Table table(std::move(columns));
    for (const Part::License& license : picture.licenses()) {
        std::vector<Cell> row{
            {license.id()},
            {license.product()},
            {license.vendor()},
            {license.unlimited() ? "unlimited" : std::to_string(license.quantity())},
            {license.has_from_us() ? instant_text(license.from_us()) : "-"},
            {license.has_to_us() ? instant_text(license.to_us()) : "-"},
            {license.nodelock()}};
        if (has_downgrades)
            row.push_back({downgrades_text(license)});
        if (has_activations)
            row.push_back({activation_text(license)});
        row.push_back(state_of(license));
        table.add(std::move(row));
    }
    return text_or(table, "no licenses: usher license install", is_colored);
}

std::string credentials_text(const Part& picture, const std::string& kind, bool is_colored)
{
    Table table({{"NAME"}, {"ROLE"}, {"MADE"}});
    for (const Part::Credential& credential : picture.credentials())
        if (credential.kind() == kind)
            table.add(
                {{credential.name()}, {credential.role()}, {instant_text(credential.made_us())}});
    return text_or(table, "no " + kind + "s: usher " + kind + " create", is_colored);
}

/// What is at its bound stands out: somebody is waiting there, or was turned away.
std::string limits_text(const Part& picture, bool is_colored)
{
    Table table({{"LIMIT"}, {"BOUND", true}, {"IN USE", true}, {"HIGHEST", true}});
    for (const Part::Limit& limit : picture.limits()) {
        const auto cell = [&](std::uint64_t count) {
            return Cell{std::to_string(count),
                        count >= limit.bound() ? Tone::warning : Tone::plain};
        };
        table.add({{limit.name()},
                   {std::to_string(limit.bound())},
                   cell(limit.in_use()),
                   cell(limit.highest())});
    }
    return text_or(table, "no limits are told", is_colored);
}

std::string status_text(const Part& picture, bool is_colored)
{
    std::string text = headline(picture, is_colored) + move_text(picture);
    if (!picture.moved_to().empty() && picture.pools().empty())
        return text; // It has nothing any more, and wants nothing.
    text += "\n" + pools_text(picture, is_colored, children_on_a_screen);
    text += "\n" + profiles_text(picture, is_colored);
    text += "\n" + leases_text(picture, is_colored);
    if (!picture.queue().empty())
        text += "\n" + queue_text(picture, is_colored);
    if (!picture.limits().empty())
        text += "\n" + limits_text(picture, is_colored);
    return text;
}

} // namespace usher::tools
