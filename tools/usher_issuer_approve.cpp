#include "tools/fault.hpp"
#include "tools/files.hpp"
#include "tools/printable.hpp"
#include "tools/terminal.hpp"
#include "tools/usher_issuer.hpp"
#include "tools/usher_issuer_directory.hpp"
#include "tools/usher_issuer_record.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

namespace usher::tools {
namespace {

using trust::DocumentKind;

struct Brought {
    std::string file;
    std::optional<std::string> output; ///< None: standard output.
    std::filesystem::path directory = default_issuer_directory();
};

/// Answers what is in the file, if it is one of `kinds`.
std::string answer(const Brought& asked, const issuer::Surroundings& here,
                   std::initializer_list<DocumentKind> kinds, const std::string& hint)
{
    const std::string document = read_document(asked.file);
    const auto kind = trust::document_kind(document);
    if (!kind)
        throw Fault(printable(asked.file) + " is no document of Usher",
                    {"ask who sent it to send it again, as a file"});
    if (std::ranges::find(kinds, *kind) == kinds.end())
        throw Fault(printable(asked.file) + " is an " + std::string(trust::word(*kind)), {hint});
    Office office(here, asked.directory);
    return expect(office.issuer.answer(document, office.now, office.who));
}

void show(const Brought& asked, const std::string& document, const Terminal& terminal)
{
    if (!asked.output) {
        terminal.out() << document << std::flush;
        return;
    }
    write_new_file(*asked.output, document);
    terminal.out() << "wrote " << printable(*asked.output) << std::endl;
}

int approve(const Brought& asked, const issuer::Surroundings& here, const Terminal& terminal)
{
    show(asked,
         answer(asked, here,
                {DocumentKind::activation_request, DocumentKind::transfer_request,
                 DocumentKind::showing},
                "approve takes what usher activate --offline wrote; receive takes receipts"),
         terminal);
    return 0;
}

int receive(const Brought& asked, const issuer::Surroundings& here, const Terminal& terminal)
{
    show(asked,
         answer(asked, here, {DocumentKind::receipt},
                "receive takes what usher deactivate wrote; approve takes requests"),
         terminal);
    terminal.remark("the receipt is received: the license may be activated elsewhere");
    return 0;
}

std::shared_ptr<Brought> brought(CLI::App& options, const char* what)
{
    auto asked = std::make_shared<Brought>();
    options.add_option("FILE", asked->file, what)->required();
    options
        .add_option("--output", asked->output, "The answer's file to write; none is overwritten")
        ->type_name("FILE");
    add_issuer_directory(options, asked->directory);
    return asked;
}

} // namespace

Order issuer_approve(CLI::App& options, const issuer::Surroundings& here)
{
    const auto asked = brought(options, "The request, or -");
    return [asked, here](const Terminal& terminal) { return approve(*asked, here, terminal); };
}

Order issuer_receive(CLI::App& options, const issuer::Surroundings& here)
{
    const auto asked = brought(options, "The receipt, or -");
    return [asked, here](const Terminal& terminal) { return receive(*asked, here, terminal); };
}

} // namespace usher::tools
