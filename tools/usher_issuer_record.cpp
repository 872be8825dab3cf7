#include "tools/usher_issuer_record.hpp"

#include "client/address.hpp"
#include "tools/fault.hpp"
#include "tools/printable.hpp"
#include "tools/terminal.hpp"
#include "tools/usher_issuer.hpp"
#include "tools/usher_issuer_directory.hpp"

#include <CLI/CLI.hpp>
#include <ostream>
#include <pwd.h>
#include <unistd.h>

namespace usher::tools {
namespace {

struct Named {
    std::string number;
    std::filesystem::path directory = default_issuer_directory();
};

std::string user()
{
    const passwd* const found = ::getpwuid(::geteuid());
    return "local:" +
           (found == nullptr ? std::to_string(::geteuid()) : std::string(found->pw_name));
}

std::shared_ptr<Named> named(CLI::App& options)
{
    auto asked = std::make_shared<Named>();
    options.add_option("NUMBER", asked->number, "The license number")->required();
    add_issuer_directory(options, asked->directory);
    return asked;
}

int release(const Named& asked, const issuer::Surroundings& here, const Terminal& terminal)
{
    Office office(here, asked.directory);
    const std::string host = expect(office.issuer.release(asked.number, office.now, office.who));
    terminal.out() << "license " << printable(asked.number) << " is no longer active on "
                   << printable(host) << ", and its next activation is no transfer" << std::endl;
    terminal.remark("a host that shows itself is told so; one that does not may run on: see "
                    "--check-every of usher-issuer code");
    return 0;
}

int emergency(const Named& asked, const issuer::Surroundings& here, const Terminal& terminal)
{
    Office office(here, asked.directory);
    const std::string code = expect(office.issuer.emergency(asked.number, office.now, office.who));
    terminal.out() << code << std::endl;
    terminal.remark("it ends 7 days from now, and so does what is activated with it");
    return 0;
}

int address(const Named& asked, const issuer::Surroundings& here, const Terminal& terminal)
{
    expect_address(asked.number);
    keep_address(here, asked.directory, asked.number);
    Office office(here, asked.directory);
    std::string address;
    office.record->look([&] { address = office.record->address(); });
    if (address.empty())
        throw Fault("no address is known", {"usher-issuer serve makes one known",
                                            "usher-issuer address usher://…, to set it"});
    terminal.out() << printable(address) << std::endl;
    return 0;
}

} // namespace

Office::Office(const issuer::Surroundings& here, const std::filesystem::path& directory)
    : vendor(open_vendor_secret(directory)), record(here.open_record(directory)),
      issuer(vendor, *record), now(here.now()), who(user())
{}

void refuse(const issuer::Refusal& no)
{
    std::vector<std::string> hints;
    for (const std::string& cure : ledger::cures(no))
        hints.push_back(printable(cure));
    throw Fault(std::string(ledger::word(no.code)) + ": " + printable(ledger::sentence(no)),
                std::move(hints));
}

std::string expect(std::variant<std::string, issuer::Refusal> answer)
{
    if (const auto* no = std::get_if<issuer::Refusal>(&answer))
        refuse(*no);
    return std::get<std::string>(std::move(answer));
}

void expect_address(const std::string& address)
{
    if (address.empty())
        return;
    const auto read = client::address_from(address);
    if (!read || !std::holds_alternative<client::TcpAddress>(*read))
        throw Fault("this is no address of an issuer: " + printable(cut(address, 80)),
                    {"it looks like usher://HOST:PORT/?ca=sha256:HEX; usher-issuer serve says it"},
                    Fault::Kind::usage);
}

void keep_address(const issuer::Surroundings& here, const std::filesystem::path& directory,
                  const std::string& address)
{
    if (address.empty())
        return;
    const auto record = here.open_record(directory);
    record->decide([&] { record->put_address(address); });
}

Order issuer_release(CLI::App& options, const issuer::Surroundings& here)
{
    const auto asked = named(options);
    return [asked, here](const Terminal& terminal) { return release(*asked, here, terminal); };
}

Order issuer_emergency(CLI::App& options, const issuer::Surroundings& here)
{
    const auto asked = named(options);
    return [asked, here](const Terminal& terminal) { return emergency(*asked, here, terminal); };
}

Order issuer_address(CLI::App& options, const issuer::Surroundings& here)
{
    const auto asked = std::make_shared<Named>();
    options.add_option("URI", asked->number, "What it is from now on; none: only show it");
    add_issuer_directory(options, asked->directory);
    return [asked, here](const Terminal& terminal) { return address(*asked, here, terminal); };
}

} // namespace usher::tools
