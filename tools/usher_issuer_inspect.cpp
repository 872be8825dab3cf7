#include "daemon/trust/license_json.hpp"
#include "tools/fault.hpp"
#include "tools/files.hpp"
#include "tools/printable.hpp"
#include "tools/terminal.hpp"
#include "tools/usher_issuer.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace usher::tools {
namespace {

using Json = nlohmann::ordered_json;

struct Inspect {
    std::string file;
    std::vector<std::string> vendor_keys;
    bool json = false;
};

/// What is in a file, and what its signature is worth.
struct Finding {
    std::string text;
    trust::License license;
    std::string signature; ///< The word for it: holds, not_checked, unknown_vendor, bad_signature.
    std::string doubt;     ///< Empty: none. Else why it cannot be trusted.
};

std::vector<trust::VendorKey> keys_of(const std::vector<std::string>& texts)
{
    std::vector<trust::VendorKey> keys;
    for (const std::string& text : texts) {
        const auto key = trust::vendor_key_from(text);
        if (!key)
            throw Fault("--vendor-key: is not a vendor's key: " + printable(cut(text, 80)),
                        {"it looks like usher-vendor:NAME:KEY; usher-issuer init prints it"},
                        Fault::Kind::usage);
        keys.push_back(*key);
    }
    return keys;
}

Finding finding_in(const Inspect& asked)
{
    const auto keys = keys_of(asked.vendor_keys);
    Finding finding{.text = read_file(asked.file), .signature = "holds"};
    const auto read = trust::read_license_unverified(finding.text);
    if (const auto* error = std::get_if<trust::DocumentError>(&read))
        throw Fault(printable(asked.file) + " is not a license: " + printable(error->what),
                    {"ask who sent it to send it again, as a file"});
    finding.license = std::get<trust::License>(read);
    if (keys.empty()) {
        finding.signature = "not_checked";
        return finding;
    }
    const auto opened = trust::open_license(finding.text, keys);
    if (const auto* error = std::get_if<trust::DocumentError>(&opened)) {
        finding.signature = error->kind == trust::DocumentError::Kind::unknown_vendor
                                ? "unknown_vendor"
                                : "bad_signature";
        finding.doubt = error->what;
    }
    return finding;
}

std::string when(const std::optional<trust::Instant>& instant, const char* none)
{
    return instant ? trust::to_text(*instant) : none;
}

std::string host_text(const std::optional<trust::NodeLockTerms>& lock)
{
    if (!lock)
        return "any";
    std::string text = lock->kind + " " + trust::base64url(lock->node) + ", and " +
                       std::to_string(lock->need) + " of";
    for (const auto& [name, digest] : lock->identifiers)
        text += " " + name;
    return text;
}

std::string signature_text(const Finding& finding)
{
    if (finding.signature == "holds")
        return "holds: " + finding.license.vendor + " signed this";
    if (finding.signature == "not_checked")
        return "not checked; --vendor-key says whom you trust";
    return "DOES NOT HOLD: " + finding.doubt;
}

std::string text_of(const Finding& finding)
{
    const trust::License& license = finding.license;
    const std::pair<const char*, std::string> lines[] = {
        {"number", license.number},
        {"product", license.product},
        {"vendor", license.vendor},
        {"quantity", license.quantity ? std::to_string(*license.quantity) : "unlimited"},
        {"metric", license.metric},
        {"from", when(license.from, "always")},
        {"to", when(license.to, "for ever")},
        {"type", license.type.empty() ? "none" : license.type},
        {"maintenance until", when(license.maintenance_until, "not said")},
        {"requires", license.requires_product.empty() ? "nothing" : license.requires_product},
        {"host", host_text(license.lock)},
        {"key", trust::key_id_in(finding.text)},
        {"signature", signature_text(finding)},
    };
    std::string text;
    for (const auto& [name, value] : lines) {
        std::string line = name;
        line.resize(20, ' ');
        text += line + printable(value) + "\n";
    }
    return text;
}

Json json_of(const Finding& finding)
{
    Json json = {{"license", Json::parse(trust::payload_of(finding.license))},
                 {"key", trust::key_id_in(finding.text)},
                 {"signature", finding.signature}};
    if (!finding.doubt.empty())
        json["doubt"] = finding.doubt;
    return json;
}

/// As `usher` says it: with --json, standard output is one object also where something failed.
Finding finding_or_json(const Inspect& asked, const Terminal& terminal)
try {
    return finding_in(asked);
} catch (const Fault& fault) {
    if (asked.json)
        terminal.out() << Json{{"failed", {{"text", fault.what()}, {"cures", fault.hints()}}}}.dump(
                              2)
                       << std::endl;
    throw;
}

int inspect(const Inspect& asked, const Terminal& terminal)
{
    const Finding finding = finding_or_json(asked, terminal);
    if (asked.json)
        terminal.out() << json_of(finding).dump(2) << std::endl;
    else
        terminal.out() << text_of(finding) << std::flush;
    if (finding.doubt.empty())
        return 0;
    throw Fault("the signature does not hold: " + printable(finding.doubt),
                {"install nothing of it; ask the vendor for the file and for the vendor key"});
}

} // namespace

Order issuer_inspect(CLI::App& options, const issuer::Surroundings&)
{
    const auto asked = std::make_shared<Inspect>();
    options.add_option("FILE", asked->file, "The license file, or -")->required();
    options
        .add_option("--vendor-key", asked->vendor_keys,
                    "Whom you trust: usher-vendor:NAME:KEY; $USHER_VENDOR_KEY")
        ->envname("USHER_VENDOR_KEY")
        ->type_name("KEY");
    options.add_flag("--json", asked->json, "For programs");
    return [asked](const Terminal& terminal) { return inspect(*asked, terminal); };
}

} // namespace usher::tools
