#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

/// What Usher's programs print, and where. The rules:
///
/// - What was asked for goes to standard output, and nothing else does. All the rest, that
/// something
///   went wrong or is being waited for, goes to standard error.
/// - An error is one line, `usher: error: …`, in lower case and without a full stop. What would
/// help
///   follows as `usher: hint: …`, the nearest first. A warning is no error: the exit code stays 0.
/// - With --json, standard output is one JSON object, also where the answer is no.
/// - Colour only says again what a word says already, and only to a person: on a terminal, unless
///   NO_COLOR is set or TERM is `dumb`; `--color always` and `--color never` say otherwise.
/// - Whatever a stranger may have written passes `printable` first.
/// - Nobody is ever asked a question: every command works in a script.
namespace usher::tools {

enum class Color : std::uint8_t { automatic, always, never };

class Terminal {
  public:
    /// `program` begins each line on `err`. Both streams must outlive this.
    Terminal(std::string program, std::ostream& out, std::ostream& err);

    /// On the process's own streams.
    static Terminal of_process(std::string program);

    [[nodiscard]] std::ostream& out() const { return *out_; }

    void error(std::string_view sentence) const;
    void hint(std::string_view sentence) const;
    void warning(std::string_view sentence) const;
    /// Says what goes on: `usher: waiting …`.
    void remark(std::string_view sentence) const;

    /// Whether standard output may be coloured.
    [[nodiscard]] bool is_colored() const { return is_colored_; }
    void color(Color color);

  private:
    void say(std::string_view kind, std::string_view sentence) const;

    std::string program_;
    std::ostream* out_;
    std::ostream* err_;
    bool is_colored_ = false;
};

} // namespace usher::tools
