#include "tools/usher_issuer.hpp"

#include "daemon/journal/journal.hpp"
#include "daemon/trust/fault.hpp"
#include "tools/fault.hpp"
#include "tools/misuse.hpp"
#include "tools/printable.hpp"
#include "tools/terminal.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::tools {
namespace {

struct IssuerVerb {
    std::string_view word;
    const char* help; ///< One line, without a full stop.
    Order (*add)(CLI::App&, const issuer::Surroundings&);
};

constexpr auto verbs = std::to_array<IssuerVerb>({
    {"init", "Make the key that licenses are signed with", issuer_init},
    {"sign", "Sign a license", issuer_sign},
    {"inspect", "Show what a document says, and whether its signature holds", issuer_inspect},
    {"code", "Register what is sold, and print its activation code", issuer_code},
    {"serve", "Answer hosts over the network", issuer_serve},
    {"approve", "Answer a request that came as a file", issuer_approve},
    {"receive", "Take a receipt that came as a file", issuer_receive},
    {"release", "Free a license whose host is lost", issuer_release},
    {"emergency", "Print a code that bridges 7 days while a host is lost", issuer_emergency},
    {"list", "Show what is sold and where it is active", issuer_list},
    {"audit", "Show what was done, when and by whom", issuer_audit},
    {"address", "Show or set where hosts reach the issuer", issuer_address},
});

int fail(const Terminal& terminal, const Fault& fault)
{
    terminal.error(fault.what());
    for (const std::string& hint : fault.hints())
        terminal.hint(hint);
    return fault.exit_code();
}

/// CLI11 would call it an unexpected argument; a person typed a verb.
void expect_verb(const std::vector<std::string>& words)
{
    if (words.empty())
        throw Fault("say what to do", {"usher-issuer --help lists all verbs"}, Fault::Kind::usage);
    const bool is_option = words[0].starts_with('-');
    const auto is_meant = [&](const IssuerVerb& verb) { return verb.word == words[0]; };
    const auto is_asked = [&](std::string_view option) { return option == words[0]; };
    constexpr std::array<std::string_view, 3> options{"--help", "-h", "--version"};
    if (is_option ? std::ranges::any_of(options, is_asked) : std::ranges::any_of(verbs, is_meant))
        return;
    throw Fault((is_option ? "unknown option: " : "unknown verb: ") + cut(printable(words[0]), 60),
                {"usher-issuer --help lists all verbs"}, Fault::Kind::usage);
}

int obey(const std::vector<std::string>& words, const Terminal& terminal,
         const issuer::Surroundings& here)
{
    expect_verb(words);
    CLI::App app("usher-issuer signs what a vendor sells, and says where it is active.",
                 "usher-issuer");
    app.set_version_flag("--version", "usher-issuer " USHER_VERSION);
    app.require_subcommand(1);
    std::vector<std::pair<const CLI::App*, Order>> orders;
    for (const IssuerVerb& verb : verbs) {
        CLI::App* const options = app.add_subcommand(std::string(verb.word), verb.help);
        orders.emplace_back(options, verb.add(*options, here));
    }
    try {
        std::vector<std::string> last_first(words.rbegin(), words.rend());
        app.parse(last_first); // CLI11 takes words off the end.
    } catch (const CLI::Success& asked) {
        return app.exit(asked); // --help and --version.
    } catch (const CLI::ParseError& error) {
        throw misuse(error, "usher-issuer " + words[0] + " --help tells how");
    }
    for (const auto& [options, order] : orders)
        if (options->parsed())
            return order(terminal);
    return 0; // CLI11 has already asked for a verb.
}

} // namespace

int usher_issuer(const std::vector<std::string>& words, const issuer::Surroundings& here)
{
    const Terminal terminal = Terminal::of_process("usher-issuer");
    try {
        return obey(words, terminal, here);
    } catch (const Fault& fault) {
        return fail(terminal, fault);
    } catch (const trust::Fault& fault) {
        return fail(terminal, {printable(fault.what()), {printable(fault.hint())}});
    } catch (const journal::Fault& fault) {
        return fail(terminal, {printable(fault.what()), {printable(fault.hint())}});
    }
}

} // namespace usher::tools
