#include "daemon/trust/instant.hpp"
#include "daemon/trust/node.hpp"
#include "tools/fault.hpp"
#include "tools/files.hpp"
#include "tools/printable.hpp"
#include "tools/terminal.hpp"
#include "tools/usher_issuer.hpp"
#include "tools/usher_issuer_directory.hpp"
#include "tools/vendor_secret.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>

namespace usher::tools {
namespace {

/// As it was typed.
struct Sign {
    std::filesystem::path directory = default_issuer_directory();
    std::string product;
    std::string number;
    std::string metric;
    std::string quantity;
    std::string type;
    // An empty word is not the same as none: a script whose variable is unset would sell for ever.
    std::optional<std::string> from;
    std::optional<std::string> to;
    std::optional<std::string> maintenance_until;
    std::optional<std::string> requires_product;
    std::optional<std::string> node; ///< A file, or `-`; none: bound to no host.
    std::string kind = "machine";
    unsigned need = 2;
    std::optional<std::string> output; ///< None: standard output.
};

[[noreturn]] void misused(const std::string& sentence, std::string hint)
{
    throw Fault(printable(sentence), {std::move(hint)}, Fault::Kind::usage);
}

std::optional<std::int64_t> quantity_of(const std::string& text)
{
    if (text == "unlimited")
        return std::nullopt;
    std::int64_t quantity = 0;
    const char* const end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, quantity);
    if (error != std::errc() || read != end || quantity < 1 || quantity > trust::quantity_max)
        misused("--quantity: is not 1 to 1000000000000, or unlimited: " + text,
                "it is how many units are sold: --quantity 8");
    return quantity;
}

/// A day means its first instant, so a license until a day does not count on that day any more.
std::optional<trust::Instant> instant_of(const char* option, const std::optional<std::string>& when)
{
    if (!when)
        return std::nullopt;
    const bool is_day = when->find('T') == std::string::npos;
    const auto instant = trust::instant_from(is_day ? *when + "T00:00:00Z" : *when);
    if (!instant)
        misused(std::string(option) + ": is not a day or an instant in UTC: " + *when,
                "write 2030-01-31, or 2030-01-31T12:00:00Z");
    return instant;
}

std::optional<trust::NodeLockTerms> lock_of(const Sign& asked)
{
    if (!asked.node)
        return std::nullopt;
    const std::string text = read_file(*asked.node);
    const auto known = trust::lock_from(text, asked.kind, 1);
    if (!known)
        throw Fault(
            "--node: is not a node's text, or was changed on its way",
            {"usher node prints it on the host that the license is for: one line that begins "
             "with usher-node:"});
    const std::size_t shown = known->identifiers.size();
    auto lock = trust::lock_from(text, asked.kind, asked.need);
    if (!lock)
        misused("--need: is not 1 to " + std::to_string(shown) + ": " + std::to_string(asked.need),
                "so many of the host's " + std::to_string(shown) + " identifiers must agree");
    return lock;
}

/// The parser of licenses names the field; the options are called like the fields.
std::string in_options(std::string objection)
{
    const std::size_t colon = objection.find(':');
    std::replace(objection.begin(), objection.begin() + static_cast<std::ptrdiff_t>(colon), '_',
                 '-');
    return "--" + objection;
}

trust::License license_of(const Sign& asked, const std::string& vendor)
{
    if (asked.requires_product == "")
        misused("--requires: names no product", "leave it out where none is required");
    return {
        .vendor = vendor,
        .number = asked.number,
        .product = asked.product,
        .metric = asked.metric,
        .quantity = quantity_of(asked.quantity),
        .from = instant_of("--from", asked.from),
        .to = instant_of("--to", asked.to),
        .type = asked.type,
        .maintenance_until = instant_of("--maintenance-until", asked.maintenance_until),
        .requires_product = asked.requires_product.value_or(""),
        .lock = lock_of(asked),
    };
}

std::string signed_license(const trust::License& license, const trust::SigningKey& key)
{
    try {
        return trust::sign_license(license, key);
    } catch (const std::invalid_argument& objection) {
        misused(in_options(objection.what()), "usher-issuer sign --help tells what each one is");
    }
}

int sign(const Sign& asked, const Terminal& terminal)
{
    const VendorSecret vendor = open_vendor_secret(asked.directory);
    const trust::License license = license_of(asked, vendor.name);
    const std::string text = signed_license(license, vendor.key);
    if (license.to && *license.to <= std::chrono::system_clock::now())
        terminal.warning("this license has ended already: " + trust::to_text(*license.to));
    if (!asked.output) {
        terminal.out() << text << std::flush;
        return 0;
    }
    write_new_file(*asked.output, text);
    terminal.out() << "wrote " << printable(*asked.output) << std::endl;
    return 0;
}

void add_what_is_sold(CLI::App& options, Sign& asked)
{
    options.add_option("--product", asked.product, "What is sold")->required();
    options.add_option("--number", asked.number, "The license number; no two licenses share one")
        ->required();
    options
        .add_option(
            "--metric", asked.metric,
            "What takes a seat: each lease, device, user, or user on a device (user_device)")
        ->required()
        ->type_name("METRIC");
    options.add_option("--quantity", asked.quantity, "How many units, or unlimited")
        ->required()
        ->type_name("N");
    options.add_option("--requires", asked.requires_product,
                       "Another product without which this one counts nothing");
    options.add_option("--type", asked.type, "Words for people: annual, academic");
}

void add_when(CLI::App& options, Sign& asked)
{
    options.add_option("--from", asked.from, "Counts from then on; a day, or an instant in UTC")
        ->type_name("WHEN");
    options.add_option("--to", asked.to, "Counts no longer from then on")->type_name("WHEN");
    options.add_option("--maintenance-until", asked.maintenance_until, "Shown only")
        ->type_name("WHEN");
}

void add_where(CLI::App& options, Sign& asked)
{
    CLI::Option* const node = options.add_option(
        "--node", asked.node, "Bound to the host whose text is in this file, or -");
    node->type_name("FILE");
    options.add_option("--kind", asked.kind, "machine or personal; machine")
        ->needs(node)
        ->check(CLI::IsMember({"machine", "personal"}))
        ->type_name("KIND");
    options.add_option("--need", asked.need, "How many of the host's identifiers must agree; 2")
        ->needs(node)
        ->type_name("K");
    options.add_option("--output", asked.output, "The license file to write; none is overwritten")
        ->type_name("FILE");
}

} // namespace

Order issuer_sign(CLI::App& options)
{
    const auto asked = std::make_shared<Sign>();
    add_what_is_sold(options, *asked);
    add_when(options, *asked);
    add_where(options, *asked);
    add_issuer_directory(options, asked->directory);
    return [asked](const Terminal& terminal) { return sign(*asked, terminal); };
}

} // namespace usher::tools
