#pragma once

#include <csignal>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace usher::tools {

/// How a command ended.
struct Ended {
    int exit_code = 0;
    int signal = 0; ///< That ended it; 0: it exited.
};

/// A command that runs as if it had been started from the shell: same terminal, same process group.
/// It does not end with this object.
class RunningCommand {
  public:
    /// `mask`: the signals that are blocked in it. Throws `std::system_error` where it cannot be
    /// run, with the code that exec gave.
    RunningCommand(const std::vector<std::string>& words, const sigset_t& mask);

    void signal(int number) const;

    /// Whether it has ended, without waiting.
    [[nodiscard]] std::optional<Ended> ended() const;

  private:
    pid_t pid_ = -1;
};

} // namespace usher::tools
