#include "tools/terminal.hpp"
#include "tools/usher_issuer.hpp"
#include "tools/usher_issuer_directory.hpp"
#include "tools/usher_issuer_record.hpp"
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
    std::string address;
};

/// Nothing but the one line goes to standard output, so that a script can take it.
int init(const Init& asked, const issuer::Surroundings& here, const Terminal& terminal)
{
    expect_address(asked.address);
    const VendorSecret secret = make_vendor_secret(asked.directory, asked.vendor);
    keep_address(here, asked.directory, asked.address);
    terminal.out() << trust::to_text(secret.public_half()) << std::endl;
    terminal.remark("keep a copy of " + (asked.directory / "vendor.json").string() +
                    " where nobody else can read it: without it no further license can be signed");
    return 0;
}

} // namespace

Order issuer_init(CLI::App& options, const issuer::Surroundings& here)
{
    const auto asked = std::make_shared<Init>();
    options.add_option("--vendor", asked->vendor, "Your name, as operators are told it")
        ->required()
        ->type_name("NAME");
    options.add_option("--address", asked->address, "Where hosts reach the issuer; serve says it")
        ->type_name("URI");
    add_issuer_directory(options, asked->directory);
    return [asked, here](const Terminal& terminal) { return init(*asked, here, terminal); };
}

} // namespace usher::tools
