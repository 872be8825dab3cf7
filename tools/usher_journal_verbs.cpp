#include "tools/call.hpp"
#include "tools/fault.hpp"
#include "tools/printable.hpp"
#include "tools/usher_journal.hpp"
#include "tools/usher_verbs.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

/// What is typed for usher_journal.hpp.
namespace usher::tools {
namespace {

struct Which {
    std::string file;
    std::string state = "/var/lib/usher";

    explicit Which(Call& call)
    {
        call.options().add_option("FILE", file, "The journal; else that in the state directory");
        call.options()
            .add_option("--state", state, "The daemon's state directory")
            ->type_name("DIR")
            ->capture_default_str();
    }

    [[nodiscard]] std::filesystem::path path() const
    {
        std::error_code unknown;
        if (file.empty() && !std::filesystem::exists(state, unknown) && !unknown)
            throw Fault("there is no directory " + printable(state),
                        {"--state DIR, or the journal itself, where it is elsewhere"});
        return journal_file(
            file.empty() ? std::nullopt : std::optional<std::filesystem::path>(file), state);
    }
};

} // namespace

int journal_verify(Call& call)
{
    const Which which(call);
    std::string head;
    call.options()
        .add_option("--head", head,
                    "Where it ended when this was run before: it must still hold that")
        ->type_name("HEAD");
    call.parse();
    return journal_verify(which.path(), head, call.is_json(), call.terminal().out());
}

int journal_tail(Call& call)
{
    const Which which(call);
    std::uint64_t turns = 10;
    call.options()
        .add_option("-n,--turns", turns, "How many of the last turns; 10")
        ->type_name("N");
    call.parse();
    return journal_tail(which.path(), turns, call.is_json(), call.terminal().out());
}

int journal_export(Call& call)
{
    const Which which(call);
    call.parse();
    return journal_export(which.path(), call.terminal().out());
}

} // namespace usher::tools
