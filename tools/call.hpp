#pragma once

#include "tools/conversation.hpp"
#include "tools/status_json.hpp"
#include "tools/terminal.hpp"
#include "tools/verb.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace usher::tools {

/// One command as it was typed. A verb adds its options, parses, asks the daemon, and prints.
///
/// Whatever goes wrong is thrown: `Fault`, `Refused`, and CLI11's own from `parse`.
class Call {
  public:
    /// `words`: what follows the verb.
    Call(const Verb& verb, std::vector<std::string> words, Terminal terminal);
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// Where the verb adds its own options and arguments, before `parse`.
    [[nodiscard]] CLI::App& options() { return app_; }

    /// An option that takes `15m`.
    void add_duration(const std::string& name, std::chrono::milliseconds& value,
                      const std::string& help);

    /// --dry-run: `done` then tells what the verb would do, and nothing is done.
    void add_dry_run();

    /// Sets all options. What stands behind a `--` is none of them: it is `command`.
    void parse();
    [[nodiscard]] const std::vector<std::string>& command() const { return command_; }

    [[nodiscard]] const Terminal& terminal() const { return terminal_; }
    [[nodiscard]] bool is_colored() const { return terminal_.is_colored(); }
    [[nodiscard]] bool is_json() const { return is_json_; }

    /// Prints `json` where programs read, else `text`, which ends its own lines.
    void print(const Json& json, const std::string& text) const;

    // The way to the daemon.

    [[nodiscard]] client::Address address() const;
    [[nodiscard]] client::Credentials credentials() const;
    [[nodiscard]] std::chrono::milliseconds timeout() const { return timeout_; }
    /// From now on, as long as --timeout allows.
    [[nodiscard]] client::Patience patience() const;
    /// Opened when it is first needed.
    [[nodiscard]] Conversation& daemon();
    [[nodiscard]] client::Line& line() { return daemon().line(); }

    // What is said to it.

    v1::Response ask(v1::Request request) { return daemon().ask(std::move(request)); }
    v1::Operated operate(v1::Operate operate) { return daemon().operate(std::move(operate)); }
    v1::StatusPart look() { return daemon().look(); }
    /// For a verb that has nothing to show: says `sentence` where it was done, and passes warnings
    /// on.
    int done(v1::Operate operate, const std::string& sentence);
    /// Shows what a plan would do. The exit code says whether somebody would be locked.
    int forecast(v1::Plan plan);

  private:
    void add_common_options();
    void add_connection_options();

    const Verb& verb_;
    std::vector<std::string> words_;
    std::vector<std::string> command_;
    Terminal terminal_;
    CLI::App app_;

    bool is_json_ = false;
    bool is_dry_run_ = false;
    std::string color_ = "auto";
    std::string server_;
    std::string socket_ = "/run/usher/usherd.sock";
    std::string key_;
    std::string key_file_;
    std::string certificate_;
    std::string certificate_key_;
    std::vector<std::string> vendor_keys_;
    std::chrono::milliseconds timeout_ = std::chrono::seconds(10);

    std::optional<Conversation> daemon_;
};

} // namespace usher::tools
