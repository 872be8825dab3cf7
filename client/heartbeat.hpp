#pragma once

#include "client/clock.hpp"

#include <cstdint>
#include <optional>

namespace usher::client {

/// When to connect, when to renew, and when to give a silent connection up: pure policy. Time and
/// chance come in as arguments; it neither waits nor sends. One thread.
///
/// Seats are renewed a third of the term after they were last confirmed. An answer may take another
/// third before the connection counts as dead, which leaves one third to come back in.
class Heartbeat {
  public:
    /// Between two attempts to connect, doubled from the one to the other and jittered, so that
    /// thousands of clients of a server that was restarted do not come back in one instant.
    static constexpr Duration pause_min = std::chrono::milliseconds(50);
    static constexpr Duration pause_max_default = std::chrono::seconds(5);
    /// A server may ask to be left alone for so long; what is longer counts as this.
    static constexpr Duration stay_away_max = std::chrono::minutes(1);
    /// An answer is waited for at least so long, however short the term.
    static constexpr Duration answer_min = std::chrono::seconds(1);

    /// `answer_max`: how long an answer may take where no term is known yet or a third of it is
    /// longer. `seed` chooses the jitter.
    Heartbeat(Duration answer_max, std::uint64_t seed, Duration pause_max = pause_max_default)
        : answer_max_(answer_max), pause_max_(pause_max), chance_(seed)
    {}

    /// What the holder of seats knows.
    struct Needs {
        bool line = false;                 ///< There is something to ask, or a seat to hold.
        std::optional<Instant> confirmed;  ///< When the seat confirmed longest ago was.
        std::optional<Instant> unanswered; ///< When the oldest question without answer was sent.
    };

    enum class Act : std::uint8_t {
        rest,    ///< Nothing until `at`, or until needs change.
        connect, ///< Try to, now.
        renew,   ///< Ask for all seats, now.
        hang_up, ///< The other end is silent: end the connection, as if it had broken.
    };
    struct Next {
        Act act = Act::rest;
        Instant at = Instant::max(); ///< Of `rest`; max: nothing is due by itself.

        friend bool operator==(const Next&, const Next&) = default;
    };
    [[nodiscard]] Next next(Instant now, const Needs& needs) const;

    /// The server greeted us; silent seats end after `term`.
    void connected(Duration term);
    /// An answer came: the server is well, so the next attempt need not be late.
    void answered() { failures_ = 0; }
    /// The term that the server gives from now on.
    void set_term(Duration term) { term_ = term; }
    /// The connection broke, or an attempt failed. `stay_away`: what the server asked for, or 0.
    void disconnected(Instant now, Duration stay_away);
    /// Trying again will not help before a person does something: as late as ever.
    void discourage(Instant now);

    /// There is no later: whoever waits to try again tries now.
    void hurry(Instant now) { next_attempt_ = std::min(next_attempt_, now); }

    [[nodiscard]] bool is_connected() const { return is_connected_; }

  private:
    [[nodiscard]] Duration answer_patience() const;
    /// From `low` to twice that.
    Duration jittered(Duration low);

    Duration answer_max_;
    Duration pause_max_;
    std::uint64_t chance_; ///< State of the generator (splitmix64).
    Duration term_{};      ///< 0: not known yet.
    bool is_connected_ = false;
    unsigned failures_ = 0;  ///< In a row, without an answer in between.
    Instant next_attempt_{}; ///< Not before this.
};

} // namespace usher::client
