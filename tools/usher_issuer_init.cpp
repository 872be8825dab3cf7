#include "tools/terminal.hpp"
#include "tools/usher_issuer.hpp"
#include "tools/usher_issuer_directory.hpp"
#include "tools/vendor_secret.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

namespace usher::tools {
namespace {

struct Init {
    std::string vendor;
    std::filesystem::path directory = default_issuer_directory();
};

/// Nothing but the one line goes to standard output, so that a script can take it.
int init(const Init& asked, const Terminal& terminal)
{
    const VendorSecret secret = make_vendor_secret(asked.directory, asked.vendor);
    terminal.out() << trust::to_text(secret.public_half()) << std::endl;
    terminal.remark("keep a copy of " + (asked.directory / "vendor.json").string() +
                    " where nobody else can read it: without it no further license can be signed");
    return 0;
}

} // namespace

Order issuer_init(CLI::App& options)
{
    const auto asked = std::make_shared<Init>();
    options.add_option("--vendor", asked->vendor, "Your name, as operators are told it")
        ->required()
        ->type_name("NAME");
    add_issuer_directory(options, asked->directory);
    return [asked](const Terminal& terminal) { return init(*asked, terminal); };
}

} // namespace usher::tools
