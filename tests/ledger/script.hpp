#pragma once

#include "tests/ledger/scene.hpp"

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace usher::ledger::test {

/// One table: a claim, and the lines that show it. See table/README.md for the language.
struct Table {
    struct Line {
        std::string file;
        int number = 0;
        std::string text;
    };

    std::string claim;
    std::vector<Line> lines;
};

/// All tables of all files of a folder, in the order of their names.
std::vector<Table> tables_in(const std::string& folder);
std::ostream& operator<<(std::ostream& out, const Table& table);

/// Plays the lines of one table.
class Script {
  public:
    explicit Script(Rules rules = {}) : scene_(1, rules) {}

    /// What is wrong with the line: the answer was another one, an invariant is broken, the line
    /// cannot be read; empty: nothing.
    std::string play(const Table::Line& line);

  private:
    using Words = std::istringstream;

    std::string answer_to(Words& words);
    std::string answer_about_lease(const std::string& names, Words& words);
    Command checkout(const std::string& name, Words& words);
    Command command(const std::string& verb, Words& words);
    Command terms(const std::string& term, Words& words);
    Install install(Words& words);
    std::optional<Command> activation(const std::string& verb, Words& words);
    Command activate(Words& words);
    static Command counter(Words& words);
    std::optional<std::string> move(const std::string& verb, Words& words);
    std::optional<Command> about_pools(const std::string& verb, Words& words);
    static std::optional<Command> about_requirements(const std::string& verb, Words& words);
    std::optional<Plannable> plannable(const std::string& verb, Words& words);
    Command plan(Words& words);
    static Command registration(Words& words);
    static Command giving_back(Words& words);
    Command state(const std::string& name, Words& words);
    static std::string look_at(const PoolPicture& pool);
    static std::string look_at(const PartyPicture& party);
    Command description(Words& words);
    static Import::License announced(Words& words);
    Command profile(Words& words);
    static Profile profile_of(const std::string& name, Words& words);
    std::string install_three();
    std::string look(const std::string& name);
    std::string put(const Command& command);
    std::string heard() const;
    ConnectionId connection_of(const std::string& lease);

    Scene scene_;
    Scene other_; ///< Another server, to which `there` goes and comes back from.
    SteadyInstant start_ = scene_.now().steady;
    std::map<std::string, ConnectionId> connections_; ///< By the lease that they speak for.
    std::uint64_t connections_made_ = 0;
    std::string said_; ///< The sentences of the last answer.
};

} // namespace usher::ledger::test
