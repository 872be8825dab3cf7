#pragma once

#include "daemon/ledger/answer.hpp"
#include "daemon/ledger/command.hpp"
#include "daemon/ledger/fact.hpp"
#include "daemon/ledger/rules.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace usher::ledger {

struct State;

/// What follows from a command: facts that have to be applied, then journaled, and only then
/// the answer.
struct Verdict {
    Answer answer;
    std::vector<Fact> facts;
};

/// A notice and the connection that must hear it; `to` none: every connection.
struct Message {
    ConnectionId to;
    Notice notice;
};

/// What is true: who owns what, who holds what, who waits.
///
/// Pure: no clock, no file, no randomness, no waiting, and it changes only in `apply`.
/// One thread at a time.
///
/// A turn is, for every question and once without one:
///
///     decide → apply each fact → while (settle gives facts) apply each
///
/// so that whoever is asked next sees a ledger in which nothing is overdue: no expired lease,
/// no license that ended, no seat that is free while somebody waits for it.
class Ledger {
  public:
    /// `seed` keys the tables whose keys clients choose; it never influences an answer.
    explicit Ledger(std::uint64_t seed = 0, Rules rules = {});
    ~Ledger();
    Ledger(Ledger&&) noexcept;
    Ledger& operator=(Ledger&&) noexcept;

    /// The answer to `command` at `now`, and the facts that it makes true. Changes nothing.
    /// Needs everything settled at `now`.
    [[nodiscard]] Verdict decide(const Command& command, Now now) const;

    /// What follows by itself at `now`: licenses that begin or end, silent holders, free seats
    /// that somebody waits for. Empty: all is settled. Apply what it gives, in order, then call it
    /// again. Changes no truth; only takes what it has looked at off its lists of what to look at.
    [[nodiscard]] std::vector<Fact> settle(Now now);

    /// Makes a fact true. Never refuses: a fact has happened. Calling it with a fact that no
    /// `decide` or `settle` of this state gave is a broken promise, and ends the process.
    void apply(const Fact& fact, CalendarInstant at);

    /// What `fact` means for others than the asker. Call it before `fact` is applied.
    [[nodiscard]] std::optional<Message> message_about(const Fact& fact) const;

    /// The earliest instants at which `settle` may have news; none: never. Early is harmless.
    [[nodiscard]] std::optional<SteadyInstant> next_deadline() const;
    [[nodiscard]] std::optional<CalendarInstant> next_boundary() const;

    /// The calendar never runs below this.
    [[nodiscard]] CalendarInstant calendar_floor() const;

    /// Where the counter of this host stood at least when the newest fact was applied; none: no
    /// counter is asked.
    [[nodiscard]] std::optional<Anchor> anchor() const;
    /// How far the counter must be raised after this turn is remembered, and before anybody hears
    /// of it (`CounterReached` is to be applied then); none: it stands there.
    [[nodiscard]] std::optional<Anchor> anchor_due() const;

    /// Facts that, applied in order to an empty ledger at `calendar_floor()`, make this state
    /// again: a snapshot. Two ledgers with equal histories give equal facts (I14).
    [[nodiscard]] std::vector<Fact> facts() const;

    /// All licenses, in the order of their numbers.
    [[nodiscard]] std::vector<Entitlement> entitlements() const;
    [[nodiscard]] std::size_t leases_held() const;
    /// Leases and places in the queue: what `leases_max` bounds.
    [[nodiscard]] std::size_t places_taken() const;

    [[nodiscard]] const State& state() const; ///< For the walker.

  private:
    std::unique_ptr<State> state_;
};

} // namespace usher::ledger
