#pragma once

#include "daemon/server/clock.hpp"
#include "daemon/server/desk.hpp"
#include "daemon/server/inbox.hpp"
#include "daemon/server/limits.hpp"
#include "daemon/server/peer_log.hpp"
#include "daemon/server/premises.hpp"
#include "daemon/server/shares.hpp"
#include "daemon/server/sockets.hpp"
#include "daemon/server/tally.hpp"
#include "daemon/server/usage.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <google/protobuf/arena.h>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace usher::server {

class Session;

/// The letters of one turn. The halls that they concern have them in common, and they live until
/// the last of these has read its own.
using Mail = std::shared_ptr<const std::vector<Letter>>;

/// What sessions go by. A reload gives a new one; every session takes the newest at its next step.
struct Rules {
    std::shared_ptr<const Premises> premises;
    Limits limits;
};

/// Sessions on one thread: each is born, served and ended in its hall, and no other thread touches
/// it. What a hall shares with the rest of the daemon is a queue to the desk, and one from it.
class Hall {
  public:
    /// The hall number `index` of `count`. Its deadlines go by `clock`, which outlives it.
    Hall(std::size_t index, std::size_t count, Rules rules, std::shared_ptr<Usage> usage,
         const Clock& clock = machine_clock());
    ~Hall();
    Hall(const Hall&) = delete;
    Hall& operator=(const Hall&) = delete;

    // Any thread.

    /// Serves on the calling thread until `stop`.
    void run();
    void stop();
    /// The letters of one turn; it reads those that are for this hall.
    void deliver(Mail letters);
    void adopt(Rules rules);
    /// Tells every peer that the daemon stops, once what it asked is answered; takes nobody in any
    /// more. Calls `when_empty` (on this hall's thread) when the last one has gone.
    void wind_down(std::function<void()> when_empty);
    /// Grows every quarter of a second: what a watchdog looks at.
    [[nodiscard]] std::uint64_t pulse() const { return pulse_.load(std::memory_order_relaxed); }
    /// How many are not let in yet.
    [[nodiscard]] std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
    [[nodiscard]] boost::asio::io_context& context() { return context_; }
    [[nodiscard]] std::size_t index() const { return index_; }

    // The hall's thread only; for its sessions and who brings them.

    /// Draws the consequences of every deadline that has passed. `run` does it every quarter of a
    /// second.
    void look_at_deadlines();
    [[nodiscard]] ledger::SteadyInstant now() const { return clock_.steady(); }

    /// A number that no connection had before; `% count` is this hall.
    [[nodiscard]] ledger::ConnectionId next_id();
    /// Takes a session in, or drops it where there is no room.
    void seat(std::shared_ptr<Session> session);
    /// Its owner is let in.
    void let_in(Session& session);
    /// It has ended; `unanswered` is what it leaves at the desk.
    void leave(Session& session, Errands unanswered);
    /// Its peer has said something: `take_turn` is called when it is its turn. In each round every
    /// share has one turn, and of those who are not let in yet, of whom each step may cost a
    /// signature, one share in all: who asks much waits behind himself.
    void line_up(std::shared_ptr<Session> session);
    /// It has something to write when all letters of the turn have been read.
    void note_written(std::shared_ptr<Session> session);
    /// One more question lies at the desk.
    void note_question() { gauge(Bound::questions).raise(++questions_); }
    /// So many bytes lie here for one session now, where it were `before`.
    void note_bytes(std::size_t before, std::size_t now);
    /// Whether so much lies at the desk, or here, that nothing more should be read.
    [[nodiscard]] bool is_full() const;
    /// Whether so much of one identity lies at the desk that nothing more of it should be read.
    [[nodiscard]] bool is_full(const Share& share) const;
    /// Whether one identity has as many connections as it may.
    [[nodiscard]] bool is_crowded(const Share& share) const;
    /// The session is woken (`resume`) when that has changed.
    void hold_back(std::shared_ptr<Session> session);
    [[nodiscard]] Shares& shares() { return shares_; }
    /// Its own counts.
    [[nodiscard]] Gauge& gauge(Bound bound) { return usage_->of_hall(index_).of(bound); }
    /// All of the daemon's.
    [[nodiscard]] Usage& usage() { return *usage_; }

    [[nodiscard]] const Premises& premises() const { return *rules_.premises; }
    [[nodiscard]] const std::shared_ptr<const Premises>& shared_premises() const
    {
        return rules_.premises;
    }
    [[nodiscard]] const Limits& limits() const { return rules_.limits; }
    [[nodiscard]] PeerLog& log() { return log_; }
    /// Room to read into, for as long as one step of a session lasts.
    [[nodiscard]] std::span<std::byte> scratch() { return scratch_; }
    /// Where messages live while they are translated; the session empties it.
    [[nodiscard]] google::protobuf::Arena& arena() { return arena_; }

  private:
    void tick();
    void await_mail();
    void read_mail();
    const Letter* next_letter();
    void read_out(const Letter& letter);
    void relieve();
    void relieve_shares();
    void go_round();
    void take_counts();
    void hear_neighbors_of(const Session& newcomer);
    [[nodiscard]] bool make_room_for(const Session& newcomer);
    [[nodiscard]] Session*
    who_makes_room(const std::function<bool(const Session*)>& concerned) const;
    void look_whether_empty();

    const std::size_t index_;
    const std::size_t count_;
    Rules rules_;
    const Clock& clock_;
    boost::asio::io_context context_{1};
    boost::asio::steady_timer timer_{context_};
    std::atomic<std::uint64_t> pulse_ = 0;
    std::atomic<std::size_t> waiting_ = 0;
    Inbox<Mail> letterbox_;                       ///< From the desk's thread.
    Bell bell_;                                   ///< Rung where the letterbox was empty.
    boost::asio::posix::stream_descriptor rings_; ///< The bell's, for this thread's loop.

    std::uint64_t ids_given_ = 0;
    std::unordered_map<std::uint64_t, std::shared_ptr<Session>> sessions_; ///< By connection.
    std::list<Session*> waiting_room_; ///< Who is not let in yet, the oldest first.
    Tally<Origin> waiting_of_;         ///< Where they come from.
    const std::shared_ptr<Usage> usage_;
    Shares shares_;
    std::deque<std::shared_ptr<Share>> round_;     ///< Who is ready and was let in.
    std::deque<std::shared_ptr<Share>> newcomers_; ///< Who is ready and was not.
    bool is_going_round_ = false;
    std::vector<std::shared_ptr<Share>> crowded_; ///< Whose questions are too many.
    std::deque<Mail> mail_;                       ///< Delivered, and not all of it read out yet.
    std::size_t mail_read_ = 0;                   ///< Letters of the first of them.
    bool is_reading_mail_ = false;
    std::vector<std::shared_ptr<Session>> written_;
    std::vector<std::shared_ptr<Session>> held_back_;
    std::size_t questions_ = 0; ///< That lie at the desk.
    std::size_t buffered_ = 0;  ///< Bytes, of all sessions.
    bool closing_ = false;
    std::function<void()> when_empty_;
    PeerLog log_;
    std::vector<std::byte> scratch_;
    std::vector<char> first_block_; ///< Of the arena.
    google::protobuf::Arena arena_;
};

/// Of a bound, what one hall has, at least one.
[[nodiscard]] inline std::size_t part_of(std::uint64_t all, std::size_t halls)
{
    return static_cast<std::size_t>((all + halls - 1) / halls);
}

/// Takes the letters of a turn to the halls of their connections, one message a hall.
/// The desk's thread.
void deliver(std::vector<Letter>&& letters, std::span<const std::unique_ptr<Hall>> halls);

} // namespace usher::server
