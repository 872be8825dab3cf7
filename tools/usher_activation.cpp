#include "daemon/trust/document.hpp"
#include "tools/call.hpp"
#include "tools/courier.hpp"
#include "tools/files.hpp"
#include "tools/printable.hpp"
#include "tools/usher_verbs.hpp"

#include <algorithm>
#include <filesystem>

namespace usher::tools {
namespace {

using License = v1::StatusPart::License;

void add_issuer(Call& call, std::string& issuer)
{
    call.options()
        .add_option("--issuer", issuer, "Whom to ask; else the one that the activation names")
        ->type_name("usher://…")
        ->envname("USHER_ISSUER");
}

void add_output(Call& call, std::string& output, const char* help)
{
    call.options().add_option("--output", output, help)->type_name("FILE");
}

/// Before anything is asked that would be in vain if the file could not be written.
void require_absent(const std::string& file)
{
    if (file != "-" && std::filesystem::exists(std::filesystem::symlink_status(file)))
        throw Fault(printable(file) + " is there already, and is not written over",
                    {"--output, for another file"});
}

/// The license as status shows it; one that is not there has no number of any activation.
License license_of(Call& call, const std::string& number)
{
    const v1::StatusPart picture = call.look();
    const auto& all = picture.licenses();
    const auto found = std::ranges::find(all, number, [](const License& one) { return one.id(); });
    return found == all.end() ? License() : *found;
}

v1::Handed handed(Call& call, v1::Operate operate)
{
    v1::Operated operated = call.operate(std::move(operate));
    for (const std::string& warning : operated.handed().warnings())
        call.terminal().warning(printable(warning));
    return std::move(*operated.mutable_handed());
}

/// Standard output where `file` is `-`; says `next` where it is another.
void hand_out(const Call& call, const std::string& file, const std::string& document,
              const std::string& next)
{
    if (file == "-") {
        call.print({{"document", document}}, printable(first_line(document)) + "\n");
        return;
    }
    write_new_file(file, document);
    call.print({{"file", file}}, "wrote " + printable(file) + ": " + next + "\n");
}

/// Takes the receipt, or a showing, to the issuer, and its answer to the daemon.
void show_to_issuer(Call& call, const std::string& issuer, const std::string& document)
{
    v1::Operate operate;
    operate.mutable_issuer_answer_load()->set_document(carry(call, issuer, document));
    call.operate(std::move(operate));
}

/// Whether it can be loaded; what is none of ours at all the daemon refuses with its place.
void expect_of_vendor(const std::string& file, std::optional<trust::DocumentKind> kind)
{
    using Kind = trust::DocumentKind;
    if (!kind || kind == Kind::activation || kind == Kind::issuer_answer)
        return;
    throw Fault(printable(file) + " is an " + std::string(trust::word(*kind)),
                {kind == Kind::license
                     ? "usher license install takes it"
                     : "load what the vendor sent back: a response, or an answer"});
}

v1::Handed make_showing(Call& call, const License& license)
{
    v1::Operate operate;
    v1::ShowingMake& make = *operate.mutable_showing_make();
    make.set_license(license.id());
    make.set_number(license.activation_number());
    return handed(call, std::move(operate));
}

/// The issuer's no makes nothing: so the request need not stay pending.
std::string ask_issuer(Call& call, const std::string& issuer, const std::string& license,
                       const std::string& request)
try {
    return carry(call, issuer, request);
} catch (const Refused&) {
    v1::Operate operate;
    operate.mutable_activation_cancel()->set_license(license);
    call.operate(std::move(operate));
    throw;
} catch (const Fault& fault) {
    std::vector<std::string> hints = fault.hints();
    hints.emplace_back("the license is pending; usher activate, again, to go on");
    hints.emplace_back("usher activation cancel, to leave it");
    throw Fault(fault.what(), std::move(hints));
}

} // namespace

int activate(Call& call)
{
    std::string code;
    std::string issuer;
    std::string profile;
    std::string output;
    bool offline = false;
    v1::Operate operate;
    v1::ActivationRequest& ask = *operate.mutable_activation_request();
    call.options()
        .add_option("CODE", code, "As the vendor sent it; -, for standard input, hides it")
        ->required();
    call.options().add_option("--kind", *ask.mutable_kind(), "machine or personal; machine");
    call.options().add_option("--host", *ask.mutable_host(), "What people call this host");
    call.options().add_option("--profile", profile, "The name that applications will ask for");
    add_issuer(call, issuer);
    call.options().add_flag("--offline", offline, "Write a request for the vendor instead");
    add_output(call, output, "The request; LICENSE.request");
    call.parse();
    code = first_line(code == "-" ? read_file(code) : code);
    ask.set_code(code);
    const std::string license = code.substr(0, code.rfind('/'));

    if (offline) {
        if (output.empty())
            output = file_for(license, ".request");
        require_absent(output);
        hand_out(call, output, handed(call, std::move(operate)).document(),
                 "send it to the vendor, then usher activation load RESPONSE");
        return 0;
    }
    issuer = issuer_or_fault(issuer, issuer.empty() ? license_of(call, license).issuer() : "");
    const std::string request = handed(call, std::move(operate)).document();
    v1::Operate loading;
    v1::ActivationLoad& load = *loading.mutable_activation_load();
    load.set_document(ask_issuer(call, issuer, license, request));
    load.set_profile(profile);
    return call.done(std::move(loading), "activated " + printable(license));
}

int activation_load(Call& call)
{
    std::string file;
    std::string profile;
    call.options()
        .add_option("FILE", file, "As the vendor sent it; - is standard input")
        ->required();
    call.options().add_option("--profile", profile, "The name that applications will ask for");
    call.parse();
    const std::string document = read_document(file);
    const auto kind = trust::document_kind(document);
    expect_of_vendor(file, kind);
    v1::Operate operate;
    if (kind == trust::DocumentKind::issuer_answer) {
        operate.mutable_issuer_answer_load()->set_document(document);
    } else {
        operate.mutable_activation_load()->set_document(document);
        operate.mutable_activation_load()->set_profile(profile);
    }
    return call.done(std::move(operate), "loaded " + printable(file));
}

int activation_cancel(Call& call)
{
    v1::Operate operate;
    v1::ActivationCancel& cancel = *operate.mutable_activation_cancel();
    call.options()
        .add_option("LICENSE", *cancel.mutable_license(), "The number that `license list` shows")
        ->required();
    call.parse();
    const std::string sentence = "cancelled the request for " + printable(cancel.license()) +
                                 ": its response comes too late";
    return call.done(std::move(operate), sentence);
}

int deactivate(Call& call)
{
    std::string issuer;
    std::string output;
    bool force = false;
    v1::Operate operate;
    v1::Deactivate& end = *operate.mutable_deactivate();
    call.options()
        .add_option("LICENSE", *end.mutable_license(), "The number that `license list` shows")
        ->required();
    call.options().add_flag("--force", force, "End the leases of it");
    add_issuer(call, issuer);
    add_output(call, output, "The receipt, where no issuer takes it; LICENSE-NUMBER.receipt");
    call.parse();
    const std::string license = end.license();
    const License known = license_of(call, license);
    // A number that ended is never active again: the daemon says why not.
    const std::uint64_t number = known.activation_number() != 0
                                     ? known.activation_number()
                                     : std::max<std::uint64_t>(1, known.receipt_number());
    end.set_number(number);
    end.set_force(force);
    if (output.empty())
        output = file_for(license, "-" + std::to_string(number) + ".receipt");

    const v1::Handed receipt = handed(call, std::move(operate));
    if (issuer.empty())
        issuer = receipt.issuer();
    if (!issuer.empty()) {
        try {
            show_to_issuer(call, issuer, receipt.document());
            call.print({{"done", true}, {"delivered", true}},
                       "deactivated " + printable(license) + ", and the issuer has the receipt\n");
            return 0;
        } catch (const Fault& fault) { // It has ended all the same.
            call.terminal().warning("the receipt is not delivered: " + std::string(fault.what()));
        } catch (const Refused& no) { // Likewise: there it may have ended long ago.
            call.terminal().warning("the issuer does not take the receipt: " +
                                    printable(no.what()));
        }
    }
    hand_out(call, output, receipt.document(),
             "deactivated " + printable(license) +
                 "; send it to the vendor, or usher receipt LICENSE --deliver");
    return 0;
}

int receipt(Call& call)
{
    std::string issuer;
    std::string output = "-";
    bool deliver = false;
    v1::Operate operate;
    v1::ReceiptShow& show = *operate.mutable_receipt_show();
    call.options()
        .add_option("LICENSE", *show.mutable_license(), "The number that `license list` shows")
        ->required();
    call.options().add_flag("--deliver", deliver, "Take it to the issuer");
    add_issuer(call, issuer);
    add_output(call, output, "Where to write it; else it is printed");
    call.parse();
    const v1::Handed receipt = handed(call, std::move(operate));
    if (!deliver) {
        hand_out(call, output, receipt.document(), "send it to the vendor");
        return 0;
    }
    show_to_issuer(call, issuer_or_fault(issuer, receipt.issuer()), receipt.document());
    call.print({{"done", true}, {"delivered", true}}, "the issuer has the receipt\n");
    return 0;
}

int license_check(Call& call)
{
    std::string one;
    std::string issuer;
    std::string output;
    call.options().add_option("LICENSE", one, "One of them; else all that an issuer watches");
    add_issuer(call, issuer);
    add_output(call, output, "Write what the issuer must see instead, for `activation load`");
    call.parse();
    const v1::StatusPart picture = call.look();
    std::vector<License> due;
    for (const License& license : picture.licenses())
        if (one.empty() ? license.activation_number() != 0 && !license.issuer().empty()
                        : license.id() == one)
            due.push_back(license);
    if (due.empty())
        throw Fault(one.empty() ? "no license here was activated by an issuer that can be asked"
                                : "there is no license " + printable(one),
                    {"usher license list"});
    if (!output.empty()) {
        if (due.size() != 1)
            throw Fault("--output is for one license", {"name the license"}, Fault::Kind::usage);
        require_absent(output);
        hand_out(call, output, make_showing(call, due.front()).document(),
                 "send it to the vendor, then usher activation load ANSWER");
        return 0;
    }
    Json checked = Json::array();
    for (const License& license : due) {
        const std::string to = issuer_or_fault(issuer, license.issuer());
        show_to_issuer(call, to, make_showing(call, license).document());
        checked.push_back(license.id());
    }
    int code = 0;
    std::string text;
    const v1::StatusPart after = call.look();
    for (const License& license : after.licenses())
        if (std::ranges::count(checked, Json(license.id())) > 0) {
            text += printable(license.id()) + ": " + printable(license.activation()) + "\n";
            code = license.activation() == "active" ? code : 1;
        }
    call.print({{"checked", checked}}, text);
    return code;
}

} // namespace usher::tools
