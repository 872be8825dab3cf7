#include "daemon/command_line.hpp"

#include "daemon/journal/journal.hpp"
#include "daemon/log.hpp"
#include "daemon/server/fault.hpp"
#include "daemon/standard_error.hpp"
#include "daemon/trust/fault.hpp"
#include "daemon/trust/private_files.hpp"

#include <CLI/CLI.hpp>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <new>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace usher::daemon {
namespace {

struct CommandLine {
    Order order;
    bool check = false;
    bool allow_root = false;
};

/// How long an end waits for somebody to take its reason.
constexpr auto last_words_max = std::chrono::seconds(1);

/// A configuration may have more than one error; each has a line of its own.
int fail(const std::string& sentences, const std::string& hint)
{
    std::istringstream lines(sentences);
    std::string text;
    for (std::string sentence; std::getline(lines, sentence);)
        text += "usherd: error: " + sentence + "\n";
    say(text + "usherd: hint: " + hint + "\n", last_words_max);
    return 1;
}

/// A daemon that talks to strangers needs no privilege, so a mistake in it should not have any.
void refuse_root(const CommandLine& line)
{
    if (::geteuid() == 0 && !line.allow_root)
        throw server::Fault(
            "usherd does not run as root",
            "start it as its own user, as usherd.service does, or say --allow-root");
}

/// What these name is code, or says which code is loaded into us.
void refuse_strange_surroundings()
{
    for (const char* name : {"OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES"}) {
        const char* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): at start.
        if (value == nullptr || *value == '\0')
            continue;
        try {
            trust::expect_guarded(value);
        } catch (const trust::Fault& fault) {
            throw server::Fault(std::string(name) + ": " + fault.what(),
                                std::string("start usherd without ") + name + ", or see that " +
                                    "only root can change what it names");
        }
    }
}

void obey(const CommandLine& line, const World& world, Signals& signals)
{
    const Reading reading = read_config_file(line.order.config_file);
    if (line.check) {
        std::cout << line.order.config_file.string() << ": ok" << std::endl;
        return;
    }
    refuse_root(line);
    trust::expect_guarded(line.order.config_file);
    refuse_strange_surroundings();
    ::umask(077);
    open_log();
    run(line.order, reading.config, world, signals);
}

} // namespace

int usherd(int argc, const char* const* argv, const World& world)
{
    // First of all, and before any thread, which inherits the mask: who is asked to stop while it
    // starts stops in good order.
    Signals signals;
    CommandLine line;
    CLI::App app("usherd holds what a vendor has sold and lends it to applications.", "usherd");
    app.add_option("--config", line.order.config_file, "The configuration: usherd.toml")
        ->required()
        ->type_name("FILE");
    app.add_flag("--check", line.check, "Only say whether the configuration is right");
    app.add_flag("--print-port", line.order.print_port,
                 "Print the port that was bound as the first line");
    app.add_flag("--allow-root", line.allow_root, "Run even as root");
    app.set_version_flag("--version", "usherd " USHER_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked) {
        return app.exit(asked); // --help and --version.
    } catch (const CLI::ParseError& error) {
        constexpr int usage = 2;
        std::string sentence = error.what();
        sentence[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(sentence[0])));
        fail(sentence, "usherd --help tells how");
        return usage;
    }
    try {
        obey(line, world, signals);
        return 0;
    } catch (const server::Fault& fault) {
        return fail(fault.what(), fault.hint());
    } catch (const journal::Fault& fault) {
        return fail(fault.what(), fault.hint());
    } catch (const std::bad_alloc&) {
        // What it had is given back by now, so there is room for words.
        return fail("out of memory",
                    "let usherd have more memory (MemoryMax= of its service, or the machine's), or "
                    "lower limits.sessions_max and limits.leases_max; what was answered is safe");
    } catch (const std::exception& error) {
        return fail(error.what(), "usherd --config FILE --check tries the configuration");
    }
}

} // namespace usher::daemon
