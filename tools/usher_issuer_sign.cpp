#include "daemon/trust/instant.hpp"
#include "daemon/trust/node.hpp"
#include "tools/fault.hpp"
#include "tools/files.hpp"
#include "tools/printable.hpp"
#include "tools/terminal.hpp"
#include "tools/usher_issuer.hpp"
#include "tools/usher_issuer_directory.hpp"
#include "tools/usher_issuer_license.hpp"
#include "tools/vendor_secret.hpp"

#include <CLI/CLI.hpp>
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
    LicenseWords words;
    std::optional<std::string> node; ///< A file, or `-`; none: bound to no host.
    std::string kind = "machine";
    unsigned need = 2;
    std::optional<std::string> output; ///< None: standard output.
};

[[noreturn]] void misused(const std::string& sentence, std::string hint)
{
    throw Fault(printable(sentence), {std::move(hint)}, Fault::Kind::usage);
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
    trust::License license = license_of(asked.words, vendor.name);
    license.lock = lock_of(asked);
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

Order issuer_sign(CLI::App& options, const issuer::Surroundings&)
{
    const auto asked = std::make_shared<Sign>();
    add_license_words(options, asked->words, false);
    add_where(options, *asked);
    add_issuer_directory(options, asked->directory);
    return [asked](const Terminal& terminal) { return sign(*asked, terminal); };
}

} // namespace usher::tools
