#pragma once

#include "daemon/journal/journal.hpp"
#include "daemon/ledger/ledger.hpp"
#include "daemon/server/clock.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

namespace usher::server {

/// What a session asks. `request` comes back with the answer.
struct Question {
    ledger::ConnectionId from; ///< None: nobody waits for the answer.
    std::uint64_t request = 0;
    ledger::Command command;
    std::uint64_t share = 0; ///< Whose it is: questions of one share are served in their order.
    std::size_t weight = 1;  ///< Of its command: `ask` sets it.
};

/// How many single questions one costs.
[[nodiscard]] std::size_t weight_of(const ledger::Command& command);

/// What the desk says to a connection: the answer to its `request`, or a notice (`request` 0).
struct Letter {
    ledger::ConnectionId to; ///< None: every connection (notices only).
    std::uint64_t request = 0;
    std::variant<ledger::Answer, ledger::Notice> text;
};

/// Takes the letters of one turn, after they are durable. Called on the desk's thread; must not
/// wait.
using Post = std::function<void(std::vector<Letter>&&)>;

/// Raises this host's counter to where it is due: once what it anchors is durable, and before
/// anybody hears of it. Called on the desk's thread, and may take as long as a TPM does. Throws
/// where it cannot.
using Raise = std::function<void(const ledger::Anchor& due)>;

/// The only place where clock, ledger and journal meet; it has a thread of its own.
///
/// A turn is all that waits and comes meanwhile, up to a bound, one of each share after the other:
/// stamp the time, sweep, decide and apply each question, journal all facts in one commit, raise
/// the counter where an activation has ended, and only then post the letters. If the commit fails,
/// memory is ahead of disk: `run` throws, nothing of the turn is told to anybody, and the process
/// ends. So it does where the counter is not raised.
class Desk {
  public:
    struct Limits {
        /// Questions that one turn serves; one that names many leases counts as many. Less: more
        /// commits; more: who asks little waits longer behind who asks much.
        std::size_t questions_per_turn_max = 1024;
        /// Turns after which a snapshot is due, unless the state is so large that more pay off.
        std::uint64_t turns_per_snapshot = 100'000;
        /// Longest absence of this thread that still counts as presence: after a longer one
        /// (SIGSTOP, a disk that hangs) every holder gets a full term (see Ledger, `Start`). More
        /// than the second after which the desk wakes by itself.
        ledger::Duration absence_max = std::chrono::seconds(2);
        /// The calendar's floor is journaled after so long without any other fact, so that a clock
        /// that is set back while the daemon is down gains no more than this.
        ledger::Duration silence_journaled_max = std::chrono::hours(1);
        /// A jump of the wall clock that is journaled at once.
        ledger::Duration jump_unnoticed_max = std::chrono::minutes(1);
    };

    Desk(ledger::Ledger& ledger, journal::Journal& journal, const Clock& clock, Limits limits,
         Post post, Raise raise = {});
    ~Desk();
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    /// Any thread; does not wait and takes no lock. After `stop` questions are dropped.
    void ask(std::unique_ptr<Question> question); ///< Not null.
    void ask(Question question) { ask(std::make_unique<Question>(std::move(question))); }

    /// Any thread: look at the clock again (it was moved by a test).
    void wake();

    /// Serves turns on the calling thread, `start` before anything else, until `stop`; then serves
    /// what was asked before it, takes a snapshot and returns. Throws `journal::Fault` where a
    /// commit failed, and what `Raise` throws.
    void run(const ledger::Start& start);

    // What `run` is made of, for who sleeps in another way; the same thread, the same faults.

    /// The first turn.
    void open(const ledger::Start& start);
    /// All that was asked, in as many turns as it takes; one turn where nothing was.
    void serve();
    /// How long nothing is due but for what may be asked.
    [[nodiscard]] ledger::Duration nap() const;
    /// The last that it does: a snapshot, where anything has happened.
    void close();

    /// Any thread.
    void stop();

    /// Grows with every turn, at least every second, and while a turn is long as its facts are
    /// applied: what a watchdog looks at. Any thread.
    [[nodiscard]] std::uint64_t pulse() const;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

} // namespace usher::server
