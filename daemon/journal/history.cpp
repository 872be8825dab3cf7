#include "daemon/journal/history.hpp"

namespace usher::journal {
namespace {

using Access = Database::Access;

/// The file, once it is known to be one that can be looked at.
const std::filesystem::path& checked(const std::filesystem::path& file)
{
    std::error_code error;
    if (!std::filesystem::exists(file, error))
        throw Fault("there is no journal " + file.string() +
                        (error ? ": " + error.message() : std::string()),
                    "name its file, or the state directory of usherd: --state DIR");
    check_header(file);
    return file;
}

} // namespace

History::History(const std::filesystem::path& file)
    : file_(file), lock_(DirectoryLock::shared(file)),
      database_(checked(file), has_pending_turns(file) ? Access::read : Access::frozen),
      tables_(database_)
{}

Head History::walk(std::uint64_t number, const std::function<void(const Turn&)>& visit)
{
    Head from{.number = number, .link = {}};
    if (const auto link = tables_.link_of(number))
        from.link = *link;
    Turn turn;
    return tables_.walk(from, [&](const Row& row, const Link&) {
        read_turn(row, turn, file_);
        visit(turn);
    });
}

std::optional<Turn> History::snapshot()
{
    std::optional<Turn> snapshot;
    tables_.read_snapshot([&](const Row& row) { read_turn(row, snapshot.emplace(), file_); });
    return snapshot;
}

void History::check_against(const Head& expected, const Head& head)
{
    tables_.check_against(expected, head,
                          "restore the journal from a backup that has what is missing here");
}

} // namespace usher::journal
