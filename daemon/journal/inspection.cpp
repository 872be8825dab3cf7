#include "daemon/journal/inspection.hpp"

#include "daemon/journal/history.hpp"
#include "daemon/journal/record.hpp"
#include "daemon/ledger/invariants.hpp"
#include "daemon/ledger/ledger.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <new>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace usher::journal {
namespace {

using Path = std::filesystem::path;

constexpr auto impossible_hint =
    "somebody who could write the journal changed it, or usherd has a fault: keep a copy, and "
    "restore it from a backup";

std::string turn_text(std::uint64_t number, const Path& file)
{
    return "turn " + std::to_string(number) + " in " + file.string();
}

/// The chain, the records and the heads; everything but what the facts mean.
Inspection inspect_chain(History& history, const std::optional<Head>& expected)
{
    Inspection found;
    found.head = history.walk(0, [&](const Turn& turn) {
        if (turn.number == 1)
            found.first = turn.at;
        else if (turn.at < found.last)
            throw Fault(turn_text(turn.number, history.file()) + " is older than the one before it",
                        impossible_hint);
        found.last = turn.at;
        found.facts += turn.facts.size();
    });
    if (const auto snapshot = history.snapshot())
        found.snapshot = snapshot->number;
    if (const auto remembered = history.remembered()) {
        history.check_against(*remembered, found.head);
        found.reaches_remembered = true;
    }
    if (expected)
        history.check_against(*expected, found.head);
    return found;
}

/// What the facts come to must be what the snapshot says, byte for byte.
void compare(ledger::Ledger& ledger, const Turn& snapshot, const Path& file)
{
    // What a ledger still remembers depends on the day, and renewals, which are not journaled, may
    // have moved the calendar on.
    ledger.apply(ledger::TimeSeen{}, snapshot.at);
    RecordWriter folded;
    RecordWriter kept;
    if (folded.write(ledger.facts()) != kept.write(snapshot.facts))
        throw Fault("the snapshot after " + turn_text(snapshot.number, file) +
                        " is not what the turns before it come to",
                    impossible_hint);
}

void check_invariants(ledger::Ledger& ledger, const Path& file)
{
    // As a start does: deadlines are of one run of the daemon, so everybody gets a new one.
    const ledger::Now now{ledger.calendar_floor(), {}};
    for (const ledger::Fact& fact : ledger.decide(ledger::Start{}, now).facts)
        ledger.apply(fact, now.calendar);
    std::vector<std::string> broken;
    if (!ledger.settle(now).empty())
        broken.emplace_back("something that should have followed did not");
    else
        broken = ledger::broken_invariants(ledger, now);
    if (!broken.empty())
        throw Fault("what " + file.string() + " comes to breaks an invariant: " + broken.front(),
                    impossible_hint);
}

/// Folds all turns into a ledger. `at_turn` is where it is.
void inspect_facts(const Path& file, volatile std::uint64_t& at_turn)
{
    History history(file);
    const auto snapshot = history.snapshot();
    ledger::Ledger ledger;
    history.walk(0, [&](const Turn& turn) {
        at_turn = turn.number;
        for (const ledger::Fact& fact : turn.facts)
            ledger.apply(fact, turn.at);
        if (snapshot && snapshot->number == turn.number)
            compare(ledger, *snapshot, file);
    });
    check_invariants(ledger, file);
}

/// Memory that a process shares with the one it starts.
class SharedNumber {
  public:
    SharedNumber()
        : at_(::mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0))
    {
        if (at_ == MAP_FAILED)
            throw std::bad_alloc();
    }
    ~SharedNumber() { ::munmap(at_, sizeof(std::uint64_t)); }
    SharedNumber(const SharedNumber&) = delete;
    SharedNumber& operator=(const SharedNumber&) = delete;

    volatile std::uint64_t& operator*() { return *static_cast<volatile std::uint64_t*>(at_); }

  private:
    void* at_;
};

class Pipe {
  public:
    Pipe()
    {
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0)
            throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
    }
    ~Pipe()
    {
        ::close(ends_[0]);
        close_writing();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    void write(std::string_view text) const
    {
        while (!text.empty()) {
            const ssize_t count = ::write(ends_[1], text.data(), text.size());
            if (count <= 0)
                return; // Nobody reads any more.
            text.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    void close_writing()
    {
        if (ends_[1] >= 0)
            ::close(ends_[1]);
        ends_[1] = -1;
    }
    [[nodiscard]] std::string read_all() const
    {
        std::string text;
        std::array<char, 1024> piece{};
        for (;;) {
            const ssize_t count = ::read(ends_[0], piece.data(), piece.size());
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return text;
            text.append(piece.data(), static_cast<std::size_t>(count));
        }
    }

  private:
    std::array<int, 2> ends_{-1, -1};
};

/// The child's whole life: says on `pipe` what is wrong, if anything is, and ends.
[[noreturn]] void live_as_child(const Path& file, SharedNumber& at_turn, const Pipe& pipe)
{
    constexpr rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    std::signal(SIGABRT, SIG_DFL);
    ::dup2(nowhere, STDERR_FILENO); // Where a failed assertion would be printed.
    try {
        inspect_facts(file, *at_turn);
    } catch (const Fault& fault) {
        pipe.write(fault.what());
        ::_exit(1);
    } catch (...) {
        ::_exit(2); // As good as a failed assertion.
    }
    ::_exit(0);
}

/// A fact that cannot have happened ends the process that applies it, as the ledger promises. So
/// the facts are folded in a process of their own, and this one can say at which turn.
void inspect_facts_apart(const Path& file)
{
    SharedNumber at_turn;
    Pipe pipe;
    const pid_t child = ::fork();
    if (child < 0)
        throw std::system_error(errno, std::generic_category(), "cannot start a process");
    if (child == 0)
        live_as_child(file, at_turn, pipe);
    pipe.close_writing();
    const std::string wrong = pipe.read_all();
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!wrong.empty())
        throw Fault(wrong, impossible_hint);
    if (status != 0)
        throw Fault(turn_text(*at_turn, file) +
                        " says what cannot have happened after the turns before it",
                    impossible_hint);
}

} // namespace

Inspection inspect(const Path& file, const std::optional<Head>& expected)
{
    Inspection found;
    {
        // Closed before the fork: no connection to SQLite may be taken into another process.
        History history(file);
        found = inspect_chain(history, expected);
    }
    inspect_facts_apart(file);
    return found;
}

} // namespace usher::journal
