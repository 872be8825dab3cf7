#include "tests/world/life.hpp"

#include "tests/support/scratch.hpp"

#include <array>
#include <cassert>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string_view>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <type_traits>
#include <unistd.h>
#include <utility>

/// Of a sanitizer; null without one.
extern "C" [[gnu::weak]] int __lsan_do_recoverable_leak_check();

namespace usher::world {
namespace {

/// A file in memory that two processes have.
class Sheet {
  public:
    Sheet() : number_(::memfd_create("sheet", MFD_CLOEXEC)) { assert(number_ >= 0); }
    ~Sheet() { ::close(number_); }
    Sheet(const Sheet&) = delete;
    Sheet& operator=(const Sheet&) = delete;

    [[nodiscard]] int number() const { return number_; }
    void write(std::string_view text) const
    {
        const ssize_t count = ::write(number_, text.data(), text.size());
        assert(std::cmp_equal(count, text.size()));
    }
    [[nodiscard]] std::string text() const
    {
        std::string all(static_cast<std::size_t>(::lseek(number_, 0, SEEK_END)), '\0');
        const ssize_t count = ::pread(number_, all.data(), all.size(), 0);
        assert(std::cmp_equal(count, all.size()));
        return all;
    }

  private:
    int number_;
};

/// What the process writes when its life is over; the complaint follows.
struct Last {
    Figures figures;
    std::uint64_t digest = 0;
    bool is_broken = false;
};
static_assert(std::is_trivially_copyable_v<Last>);

struct Sheets {
    Sheet trace;
    Sheet last;
    Sheet said; ///< What else it writes to stderr.
};

/// Whether a sanitizer misses something; it says what. At an end by `_Exit` it would not look.
bool has_leaked()
{
    return __lsan_do_recoverable_leak_check != nullptr && __lsan_do_recoverable_leak_check() != 0;
}

/// Nobody wants the core of one that dies, nor one that outlives who waits for it.
void settle_in_process()
{
    const rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // A test has others. So has a sanitizer, which then says nothing more of a signal than its
    // name.
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        std::signal(signal, SIG_DFL);
}

/// What a life throws ends its process, and nothing of ours is cleaned up by it.
[[noreturn]] void live_and_go(const Life& life, const Sheets& sheets) noexcept
{
    settle_in_process();
    ::dup2(sheets.said.number(), STDERR_FILENO);
    const Outcome outcome = life([&](const std::string& line) { sheets.trace.write(line + '\n'); });
    if (has_leaked())
        std::_Exit(1);
    const Last last{outcome.figures, outcome.digest, outcome.broken.has_value()};
    sheets.last.write(std::string(reinterpret_cast<const char*>(&last), sizeof last) +
                      outcome.broken.value_or(""));
    std::_Exit(0);
}

std::string text_of_death(int status, std::string said)
{
    while (said.ends_with('\n'))
        said.pop_back();
    const std::string how = WIFSIGNALED(status)
                                ? ::strsignal(WTERMSIG(status))
                                : "exit status " + std::to_string(WEXITSTATUS(status));
    return "the process died (" + how + ")" + (said.empty() ? "" : ": " + said);
}

} // namespace

Outcome live_apart(const Life& life)
{
    const Sheets sheets;
    std::cout.flush();
    const pid_t child = ::fork();
    assert(child >= 0);
    if (child == 0)
        live_and_go(life, sheets);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        assert(errno == EINTR);

    Outcome outcome;
    std::istringstream trace(sheets.trace.text());
    for (std::string line; std::getline(trace, line);)
        outcome.trace.push_back(line);
    const std::string last_text = sheets.last.text();
    if (last_text.size() < sizeof(Last)) {
        outcome.broken = text_of_death(status, sheets.said.text());
        return outcome;
    }
    std::cerr << sheets.said.text();
    Last last;
    std::memcpy(&last, last_text.data(), sizeof last);
    outcome.figures = last.figures;
    outcome.digest = last.digest;
    if (last.is_broken)
        outcome.broken = last_text.substr(sizeof last);
    return outcome;
}

Outcome live(const Neighborhood& neighborhood, std::uint64_t seed, const std::vector<Act>& plan)
{
    const tests::Scratch scratch; // Not the process's own: it goes however that ends.
    return live_apart([&](const Note& note) {
        World world(seed, neighborhood.premises(), neighborhood.vendor(), scratch.path());
        world.when_noted = note;
        auto broken = world.live(plan);
        return Outcome{.broken = std::move(broken),
                       .figures = world.figures(),
                       .trace = {},
                       .digest = world.digest()};
    });
}

} // namespace usher::world
