#include "tools/usher_issuer_license.hpp"

#include "daemon/trust/instant.hpp"
#include "tools/fault.hpp"
#include "tools/printable.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <utility>

namespace usher::tools {
namespace {

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

void add_when(CLI::App& options, LicenseWords& words)
{
    options.add_option("--from", words.from, "Counts from then on; a day, or an instant in UTC")
        ->type_name("WHEN");
    options.add_option("--to", words.to, "Counts no longer from then on")->type_name("WHEN");
    options.add_option("--maintenance-until", words.maintenance_until, "Shown only")
        ->type_name("WHEN");
}

} // namespace

std::string in_options(std::string objection)
{
    const std::size_t colon = objection.find(':');
    std::replace(objection.begin(), objection.begin() + static_cast<std::ptrdiff_t>(colon), '_',
                 '-');
    return "--" + objection;
}

trust::License license_of(const LicenseWords& words, const std::string& vendor)
{
    if (words.requires_product == "")
        misused("--requires: names no product", "leave it out where none is required");
    std::set<std::string> downgrades_to(words.downgrades_to.begin(), words.downgrades_to.end());
    if (downgrades_to.size() != words.downgrades_to.size())
        misused("--downgrades-to: names a product twice", "name each of them once");
    return {
        .vendor = vendor,
        .number = words.number,
        .product = words.product,
        .metric = words.metric,
        .quantity = quantity_of(words.quantity),
        .from = instant_of("--from", words.from),
        .to = instant_of("--to", words.to),
        .type = words.type,
        .maintenance_until = instant_of("--maintenance-until", words.maintenance_until),
        .requires_product = words.requires_product.value_or(""),
        .downgrades_to = std::move(downgrades_to),
        .lock = {},
    };
}

void add_license_words(CLI::App& options, LicenseWords& words, bool may_be_known)
{
    CLI::Option* const product = options.add_option("--product", words.product, "What is sold");
    options.add_option("--number", words.number, "The license number; no two licenses share one")
        ->required();
    CLI::Option* const metric = options.add_option(
        "--metric", words.metric,
        "What takes a seat: each lease, device, user, or user on a device (user_device)");
    CLI::Option* const quantity =
        options.add_option("--quantity", words.quantity, "How many units, or unlimited");
    metric->type_name("METRIC");
    quantity->type_name("N");
    if (may_be_known) {
        product->needs(metric, quantity);
        metric->needs(product);
        quantity->needs(product);
    } else {
        for (CLI::Option* const option : {product, metric, quantity})
            option->required();
    }
    options.add_option("--requires", words.requires_product,
                       "Another product without which this one counts nothing");
    options
        .add_option("--downgrades-to", words.downgrades_to,
                    "An older product that a right may be used for instead; may be said again")
        ->type_name("PRODUCT")
        ->allow_extra_args(false);
    options.add_option("--type", words.type, "Words for people: annual, academic");
    add_when(options, words);
}

} // namespace usher::tools
