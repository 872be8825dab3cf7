#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The grammar of the command line: a table of verbs, from which the help is printed as well. Pure.
namespace usher::tools {

class Call;

/// To whom a verb speaks when it is told no server.
enum class Door : std::uint8_t {
    nobody,       ///< It needs no daemon.
    operators,    ///< The local socket.
    applications, ///< USHER_SERVER, else the local socket.
};

struct Verb {
    std::string_view word;      ///< One word, or noun and verb: `profile add`.
    std::string_view arguments; ///< `NAME POOL… [--default]`
    std::string_view help;      ///< One line, without a full stop.
    Door door = Door::operators;
    int (*obey)(Call&) = nullptr; ///< Returns the exit code.
    int exit_failed = 1;          ///< Where it was refused or failed.
};

/// The verb that `words` begin with; null: none.
[[nodiscard]] const Verb* find_verb(std::span<const Verb> verbs,
                                    std::span<const std::string> words);

/// How many of `words` are the verb's own.
[[nodiscard]] std::size_t words_of(const Verb& verb);

/// Why `words` begin with no verb, and what may have been meant.
struct Misspelling {
    std::string sentence;
    std::vector<std::string> hints; ///< Never empty.
};
[[nodiscard]] Misspelling misspelling(std::span<const Verb> verbs,
                                      std::span<const std::string> words);

/// The verbs of a noun; empty: it is none.
[[nodiscard]] std::string noun_help_text(std::span<const Verb> verbs, std::string_view noun);

/// All verbs, the exit codes and the environment.
[[nodiscard]] std::string help_text(std::span<const Verb> verbs);

} // namespace usher::tools
