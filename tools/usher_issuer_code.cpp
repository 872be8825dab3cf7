#include "daemon/trust/license_json.hpp"
#include "tools/fault.hpp"
#include "tools/printable.hpp"
#include "tools/terminal.hpp"
#include "tools/usher_issuer.hpp"
#include "tools/usher_issuer_directory.hpp"
#include "tools/usher_issuer_license.hpp"
#include "tools/usher_issuer_record.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>
#include <ostream>
#include <set>
#include <string>

namespace usher::tools {
namespace {

/// As it was typed.
struct Code {
    std::filesystem::path directory = default_issuer_directory();
    LicenseWords words;
    std::string kinds = "machine";
    std::string check_every;
    std::string check_grace = "7d";
    unsigned need = 2;
};

[[noreturn]] void misused(const std::string& sentence, std::string hint)
{
    throw Fault(printable(sentence), {std::move(hint)}, Fault::Kind::usage);
}

std::set<std::string> kinds_of(std::string_view text)
{
    std::set<std::string> kinds;
    for (std::string_view rest = text;;) {
        const std::string_view kind = rest.substr(0, rest.find(','));
        if (kind != "machine" && kind != "personal")
            misused("--kinds: is not machine, personal or both: " + std::string(text),
                    "write --kinds machine,personal");
        kinds.emplace(kind);
        if (kind.size() == rest.size())
            return kinds;
        rest.remove_prefix(kind.size() + 1);
    }
}

unsigned days_of(const char* option, std::string_view text, unsigned least)
{
    constexpr unsigned most = 3650;
    unsigned days = 0;
    const char* const end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, days);
    if (error != std::errc() || std::string_view(read, end) != "d" || days < least || days > most)
        misused(std::string(option) + ": is not " + std::to_string(least) +
                    "d to 3650d: " + std::string(text),
                "write so many days: 30d");
    return days;
}

issuer::Sold sold(const Code& asked, const std::string& vendor)
{
    issuer::Sold sold{.license = license_of(asked.words, vendor),
                      .kinds = kinds_of(asked.kinds),
                      .need = asked.need,
                      .check = {}};
    if (const auto objection = trust::objection_to(sold.license))
        misused(in_options(*objection), "usher-issuer code --help tells what each one is");
    if (asked.need < 1 || asked.need > trust::identifiers_max)
        misused("--need: is not 1 to 16: " + std::to_string(asked.need),
                "so many of a host's identifiers must agree");
    if (!asked.check_every.empty())
        sold.check = {.every_days = days_of("--check-every", asked.check_every, 1),
                      .grace_days = days_of("--check-grace", asked.check_grace, 0)};
    return sold;
}

/// Nothing but the code goes to standard output, so that a script can take it.
int code(const Code& asked, const issuer::Surroundings& here, const Terminal& terminal)
{
    Office office(here, asked.directory);
    if (asked.words.product.empty())
        terminal.out() << expect(
                              office.issuer.renew_code(asked.words.number, office.now, office.who))
                       << std::endl;
    else
        terminal.out() << office.issuer.sell(sold(asked, office.vendor.name), office.now,
                                             office.who)
                       << std::endl;
    terminal.remark("whoever has this code can activate the license; it is kept nowhere, and a new "
                    "one makes it void");
    return 0;
}

} // namespace

Order issuer_code(CLI::App& options, const issuer::Surroundings& here)
{
    const auto asked = std::make_shared<Code>();
    add_license_words(options, asked->words, true);
    options
        .add_option("--kinds", asked->kinds, "Node-locks that are sold: machine,personal; machine")
        ->type_name("KINDS");
    CLI::Option* const every =
        options.add_option("--check-every", asked->check_every,
                           "The host must show itself to the issuer so often, as in 30d; never");
    every->type_name("DAYS");
    options.add_option("--check-grace", asked->check_grace, "It may be so late; 7d")
        ->needs(every)
        ->type_name("DAYS");
    options.add_option("--need", asked->need, "How many of the host's identifiers must agree; 2")
        ->type_name("K");
    add_issuer_directory(options, asked->directory);
    return [asked, here](const Terminal& terminal) { return code(*asked, here, terminal); };
}

} // namespace usher::tools
