#include "tools/running_command.hpp"

#include <cassert>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>

extern char** environ; // NOLINT: POSIX declares it nowhere.

namespace usher::tools {

RunningCommand::RunningCommand(const std::vector<std::string>& words, const sigset_t& mask)
{
    assert(!words.empty());
    std::vector<char*> arguments;
    for (const std::string& word : words)
        arguments.push_back(
            const_cast<char*>(word.c_str())); // NOLINT: exec does not write to them.
    arguments.push_back(nullptr);

    posix_spawnattr_t attributes{};
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    ::posix_spawnattr_setsigmask(&attributes, &mask);
    const int error =
        ::posix_spawnp(&pid_, arguments.front(), nullptr, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0)
        throw std::system_error(error, std::generic_category());
}

void RunningCommand::signal(int number) const
{
    ::kill(pid_, number);
}

std::optional<Ended> RunningCommand::ended() const
{
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_)
        return std::nullopt;
    if (WIFSIGNALED(status))
        return Ended{.exit_code = 128 + WTERMSIG(status), .signal = WTERMSIG(status)};
    return Ended{.exit_code = WEXITSTATUS(status)};
}

} // namespace usher::tools
