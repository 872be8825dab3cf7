#pragma once

#include "daemon/server/desk.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

namespace usher::server {

/// What waits at the desk, in the order in which it is served: those of one share as they came, and
/// shares by turns. So who asks a thousand things waits behind himself, and who asks one thing is
/// served next. The desk's thread.
class Queue {
  public:
    /// So much of one share is served in one turn where others are served in it as well: their
    /// answers wait for its end.
    static constexpr std::size_t burst_weight = 128;
    /// A question of more begins a turn, and only every second one where others wait: so who is
    /// asked beside such questions waits for one of them.
    static constexpr std::size_t heavy_weight = 512;

    void put(std::unique_ptr<Question> question);
    [[nodiscard]] bool empty() const { return waiting_ == 0; }
    [[nodiscard]] std::size_t waiting() const { return waiting_; }

    /// All shares begin anew, with what waits now. What comes later waits for the next turn, so
    /// that answers of this one are read while it is served, but for the first of a share that has
    /// had nothing yet.
    void begin_turn();
    /// The next of this turn, which has at most this weight, or one question; null: it is over.
    [[nodiscard]] std::unique_ptr<Question> next(std::size_t weight_max);

  private:
    struct Line {
        std::deque<std::unique_ptr<Question>> questions;
        std::size_t waited = 0; ///< So many of them were there when the turn began.
        std::size_t weight = 0; ///< Of what was served in this turn.
    };
    using Shares = std::deque<std::uint64_t>;

    [[nodiscard]] Shares* first();
    void line_up(std::uint64_t share, const Line& line, Shares& light);
    void go_on(std::uint64_t share, Line& line);

    std::unordered_map<std::uint64_t, Line> lines_;
    Shares fresh_;            ///< Had nothing in this turn.
    Shares served_;           ///< Had something.
    Shares spent_;            ///< Had `burst_weight`, or more.
    Shares later_;            ///< What is left of theirs came after the turn began.
    Shares heavy_;            ///< Whose next question is heavy.
    bool was_heavy_ = false;  ///< The turn before, or this one.
    std::size_t waiting_ = 0; ///< Questions.
    std::size_t shares_in_turn_ = 0;
    std::size_t weight_ = 0; ///< Of the turn.
};

} // namespace usher::server
