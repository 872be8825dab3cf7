#include "daemon/trust/activation_request.hpp"
#include "daemon/trust/jws.hpp"
#include "daemon/trust/license_json.hpp"
#include "daemon/trust/move_mark.hpp"
#include "daemon/trust/node.hpp"
#include "daemon/trust/redirect.hpp"
#include "daemon/trust/showing.hpp"
#include "daemon/trust/transfer_request.hpp"
#include "protocol/text.hpp"
#include "tools/fault.hpp"
#include "tools/files.hpp"
#include "tools/printable.hpp"
#include "tools/terminal.hpp"
#include "tools/usher_issuer.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <variant>
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

Finding finding_in(const Inspect& asked, const std::string& text,
                   const std::vector<trust::VendorKey>& keys)
{
    Finding finding{.text = text, .signature = "holds"};
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

std::string downgrades_text(const trust::License& license)
{
    std::string text;
    for (const std::string& product : license.downgrades_to)
        text += (text.empty() ? "" : ", ") + product;
    return text.empty() ? "nothing" : text;
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
        {"downgrades to", downgrades_text(license)},
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

/// A document of a move: what is in it, as it stands there, and what its signature is worth.
struct Document {
    std::string kind;
    Json payload;
    std::string signature; ///< holds, not_checked, unknown_vendor, bad_signature
    std::string doubt;
};

/// Of a vendor's document, read before anybody's word is taken for it.
template <class Read, class Open>
void judge_vendor(Document& document, const std::vector<trust::VendorKey>& keys, Read read,
                  Open open)
{
    const auto found = read();
    if (const auto* error = std::get_if<trust::DocumentError>(&found)) {
        document.doubt = error->what;
        document.signature = "bad_signature";
        return;
    }
    document.signature = keys.empty() ? "not_checked" : "holds";
    if (keys.empty())
        return;
    const auto opened = open();
    if (const auto* error = std::get_if<trust::DocumentError>(&opened)) {
        document.doubt = error->what;
        document.signature = error->kind == trust::DocumentError::Kind::unknown_vendor
                                 ? "unknown_vendor"
                                 : "bad_signature";
    }
}

/// A host signs with the key that its document names.
template <class Opened>
void judge_node(Document& document, const Opened& opened)
{
    document.signature = "holds";
    if (const auto* error = std::get_if<trust::DocumentError>(&opened)) {
        document.doubt = error->what;
        document.signature = "bad_signature";
    }
}

Document document_in(const std::string& text, trust::DocumentKind kind,
                     const std::vector<trust::VendorKey>& keys)
{
    using trust::DocumentKind;
    Document document{.kind = std::string(trust::word(kind))};
    std::string_view jws = protocol::without_surrounding_space(text);
    if (kind == DocumentKind::node)
        jws.remove_prefix(jws.find(':') + 1);
    document.payload = Json::parse(trust::split_jws(jws).payload, nullptr, false);
    if (document.payload.is_discarded())
        document.payload = nullptr; // Its doubt says so.
    switch (kind) {
    case DocumentKind::license: break; // Has a page of its own.
    case DocumentKind::node:
        document.signature = "holds";
        if (!trust::lock_from(text, "machine", 1)) {
            document.signature = "bad_signature";
            document.doubt = "it is not the text of a node, or was changed";
        }
        break;
    case DocumentKind::activation_request:
        judge_node(document, trust::open_activation_request(text));
        break;
    case DocumentKind::transfer_request:
        judge_node(document, trust::open_transfer_request(text));
        break;
    case DocumentKind::receipt: judge_node(document, trust::open_receipt(text)); break;
    case DocumentKind::showing: judge_node(document, trust::open_showing(text)); break;
    case DocumentKind::redirect: judge_node(document, trust::open_redirect(text)); break;
    case DocumentKind::move_mark: judge_node(document, trust::open_move_mark(text)); break;
    case DocumentKind::activation:
        judge_vendor(
            document, keys, [&] { return trust::read_activation_unverified(text); },
            [&] { return trust::open_activation(text, keys); });
        break;
    case DocumentKind::issuer_answer:
        judge_vendor(
            document, keys, [&] { return trust::read_issuer_answer_unverified(text); },
            [&] { return trust::open_issuer_answer(text, keys); });
        break;
    }
    return document;
}

/// One line a member, those of objects in it by their full name.
void append_lines(std::string& text, const std::string& name, const Json& value)
{
    if (value.is_object() && !value.empty()) {
        for (const auto& [member, inside] : value.items())
            append_lines(text, name.empty() ? member : name + "." + member, inside);
        return;
    }
    std::string line = name;
    line.resize(std::max<std::size_t>(line.size() + 1, 32), ' ');
    text += line + printable(value.is_string() ? value.get<std::string>() : value.dump()) + "\n";
}

std::string text_of(const Document& document)
{
    std::string text;
    append_lines(text, "document", document.kind);
    append_lines(text, "", document.payload);
    append_lines(text, "signature",
                 !document.doubt.empty() ? "DOES NOT HOLD: " + document.doubt
                 : document.signature == "not_checked"
                     ? "not checked; --vendor-key says whom you trust"
                     : "holds");
    return text;
}

Json json_of(const Document& document)
{
    Json json = {{"document", document.kind},
                 {"payload", document.payload},
                 {"signature", document.signature}};
    if (!document.doubt.empty())
        json["doubt"] = document.doubt;
    return json;
}

/// As `usher` says it: with --json, standard output is one object also where something failed.
template <class Finding>
void print(const Inspect& asked, const Finding& finding, const Terminal& terminal)
{
    if (asked.json)
        terminal.out() << json_of(finding).dump(2) << std::endl;
    else
        terminal.out() << text_of(finding) << std::flush;
    if (!finding.doubt.empty())
        throw Fault("the signature does not hold: " + printable(finding.doubt),
                    {"install nothing of it; ask the vendor for the file and for the vendor key"});
}

void say_failed(const Inspect& asked, const Fault& fault, const Terminal& terminal)
{
    if (asked.json)
        terminal.out() << Json{{"failed", {{"text", fault.what()}, {"cures", fault.hints()}}}}.dump(
                              2)
                       << std::endl;
}

/// What is in the file; its parts are verified one by one.
std::variant<Finding, Document> whatever_in(const Inspect& asked, const Terminal& terminal)
try {
    const auto keys = keys_of(asked.vendor_keys);
    const std::string text = read_file(asked.file);
    const auto kind = trust::document_kind(text);
    if (kind && *kind != trust::DocumentKind::license)
        return document_in(text, *kind, keys);
    return finding_in(asked, text, keys);
} catch (const Fault& fault) {
    say_failed(asked, fault, terminal);
    throw;
}

int inspect(const Inspect& asked, const Terminal& terminal)
{
    std::visit([&](const auto& found) { print(asked, found, terminal); },
               whatever_in(asked, terminal));
    return 0;
}

} // namespace

Order issuer_inspect(CLI::App& options, const issuer::Surroundings&)
{
    const auto asked = std::make_shared<Inspect>();
    options.add_option("FILE", asked->file, "The document, or -")->required();
    options
        .add_option("--vendor-key", asked->vendor_keys,
                    "Whom you trust: usher-vendor:NAME:KEY; $USHER_VENDOR_KEY")
        ->envname("USHER_VENDOR_KEY")
        ->type_name("KEY");
    options.add_flag("--json", asked->json, "For programs");
    return [asked](const Terminal& terminal) { return inspect(*asked, terminal); };
}

} // namespace usher::tools
