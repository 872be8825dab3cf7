#pragma once

#include "client/clock.hpp"
#include "client/failure.hpp"
#include "client/heartbeat.hpp"
#include "protocol/usher.pb.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The seats of one application and where each stands: what to ask the server, and what its answers
/// mean. Pure: time and bytes come in, nothing waits. One thread at a time.
namespace usher::client {

/// Names a seat within one application; from 1, never used twice.
using SeatNumber = std::uint64_t;
/// The same of a pool that is watched; see pool_watch.hpp.
using WatchNumber = std::uint64_t;
struct PoolStanding;

/// What an application wants.
struct Wish {
    std::string profile; ///< Empty: the server's default profiles.
    std::uint64_t units = 1;
    std::string user;
    std::string device;
    std::string party;
    std::string pool; ///< Instead of a profile.
    std::uint64_t pid = 0;
    std::chrono::milliseconds wait{0}; ///< In the queue, where no seat is free; 0: do not.
};

struct Seat {
    enum class State : std::uint8_t {
        asking,  ///< Not answered yet.
        waiting, ///< Has a place in the queue.
        held,
        locked,    ///< Held, but what stands behind it does not count any more; `why` says why.
        refused,   ///< Never was ours; `why` says why.
        lost,      ///< Was ours; `why` says why it is not any more.
        returning, ///< The application is done with it; the server does not know yet.
    };

    std::array<std::uint8_t, 16> id{}; ///< Random: retry key and proof of who holds it.
    Wish wish;
    State state = State::asking;
    std::string pool;
    std::string product;
    bool shares_seat = false;
    bool is_floating = true;    ///< It ends with our silence.
    std::uint32_t position = 0; ///< In the queue, from 1.
    /// Waiting: the end of the wait. Returning: when the seat has ended without us saying so.
    Instant patient_until{};
    Duration term{};
    Instant confirmed{};        ///< When the server was last asked and said that it is ours.
    bool was_uncertain = false; ///< It was said that this is more than a term ago.
    std::optional<v1::Refused> why;
    std::string reason;    ///< Of `lost`, in a word: `revoked`, `silent`, …; empty: not known.
    bool is_due = true;    ///< The server has to be told of `state`.
    bool was_sent = false; ///< The server may know of it.
};

/// Held or locked.
[[nodiscard]] bool is_ours(const Seat& seat);

/// Its id as it stands on the wire.
[[nodiscard]] std::string bytes_of(const Seat& seat);

/// Whether the server can have given the seat to somebody else by now, for all we know.
[[nodiscard]] bool is_uncertain(const Seat& seat, Instant now);

/// What the application is told without asking.
struct Event {
    enum class Kind : std::uint8_t {
        granted, ///< A seat that was waited for.
        lost,    ///< A seat or a place in the queue; `why`.
        locked,  ///< `why`.
        unlocked,
        uncertain, ///< No word from the server for a whole term: the seat may be somebody else's.
        certain,   ///< It is not: the server confirmed it again.
        disconnected,   ///< `why`. Seats are held for a term.
        reconnected,    ///< And all seats are confirmed but for those reported lost.
        maintenance,    ///< The server gives no new seats for now.
        serving,        ///< It does again.
        server_refused, ///< What answers at the address is not the server that it should be; `why`.
        turned_away,    ///< The server does not want us any more; `why`.
        moved,        ///< The server is another from now on, at the place `reason`; seats go along.
        pool_changed, ///< The pool that is watched as `watch` stands as `pool` says.
    };
    Kind kind = Kind::granted;
    SeatNumber seat = 0; ///< 0: it concerns all.
    std::optional<v1::Refused> why;
    /// Of `lost`: `revoked`, `silent`, `patience_ended`, …; may be empty. Of `moved`: where to.
    std::string reason;
    WatchNumber watch = 0;                    ///< Of `pool_changed`.
    std::shared_ptr<const PoolStanding> pool; ///< The same.
};

/// Whether a server that goes, or is about to come, says so instead of deciding: what was asked
/// will be asked again, of it or of the next one.
[[nodiscard]] bool is_ending(const v1::Response& response);

class Holdings {
  public:
    /// One application's seats, and those it is about to give back, together.
    static constexpr std::size_t seats_max = 4096;
    /// Questions without answer; beyond it a server reads no further.
    static constexpr std::size_t unanswered_max = 128;

    /// A new seat to ask for; none: there are `seats_max` already.
    std::optional<SeatNumber> ask_for(Wish wish, const std::array<std::uint8_t, 16>& id);

    /// The application is done with the seat, or gave up waiting for it. It goes at once where the
    /// server knows nothing of it.
    void give_back(SeatNumber number, Instant now);
    void give_all_back(Instant now);

    /// Null: there is no such seat.
    [[nodiscard]] const Seat* find(SeatNumber number) const;
    [[nodiscard]] bool is_empty() const { return seats_.empty(); }
    /// Whether a seat, or a place in the queue, is ours as far as we know.
    [[nodiscard]] bool has_any() const;
    [[nodiscard]] Heartbeat::Needs needs() const;
    /// The server takes over from another one: it decides nothing, and says when it does.
    [[nodiscard]] bool is_put_off() const { return mode_ == "arriving"; }

    /// A connection was greeted: what was not answered is asked again, and what is held is renewed.
    std::vector<Event> connected(const v1::Welcome& welcome);
    /// It is gone, and with it the answers that it owed. `why` is for the application, which is
    /// told where it holds something or `is_missed` for another reason.
    std::vector<Event> disconnected(v1::Refused why, bool is_missed = false);
    /// What was asked will not be answered.
    void forget_questions() noexcept { unanswered_.clear(); }
    /// Seats that the server has not confirmed for a term.
    std::vector<Event> tick(Instant now);
    /// When `tick` next has something to say; max: never.
    [[nodiscard]] Instant next_tick() const;

    /// What has to be asked next; none: nothing now.
    struct Question {
        v1::Request request;
        std::vector<SeatNumber> about;
    };
    [[nodiscard]] std::optional<Question> next_question(Instant now) const;
    /// Asks for all that is held.
    [[nodiscard]] Question renewal() const;
    /// It is on its way from now on; and went out as `request`.
    void begin(const Question& question, Instant now);
    void sent(Question question, std::uint64_t request, Instant begun);

    /// What a response, asked for or not, means.
    std::vector<Event> take(const v1::Response& response);

  private:
    struct Unanswered {
        v1::Request::AskCase verb{};
        std::vector<SeatNumber> about;
        Instant sent{};
    };
    using Events = std::vector<Event>;

    void take_answer(const Unanswered& question, const v1::Response& response, Events& events);
    void take_checkout(SeatNumber number, Seat& seat, const v1::Response& response, Instant sent,
                       Events& events);
    void take_renewed(const Unanswered& question, const v1::Renewed& renewed, Events& events);
    void take_state(SeatNumber number, Seat& seat, const v1::LeaseState& state, Events& events);
    void take_notice(const v1::Response& notice, Events& events);
    void set_mode(const std::string& mode, Events& events);
    /// What was not answered is asked again, and what is held is renewed.
    void ask_anew();
    std::map<SeatNumber, Seat>::iterator find_by_id(const std::string& id);

    std::map<SeatNumber, Seat> seats_;
    std::map<std::uint64_t, Unanswered> unanswered_; ///< By request, of this connection.
    SeatNumber last_number_ = 0;
    Duration term_{};
    std::string mode_;        ///< As last heard; empty: nothing yet.
    bool must_renew_ = false; ///< A fresh connection: all that is held is asked for at once.
    bool is_away_ = false;    ///< It was reported that the connection is gone.
    Instant renewed_{};       ///< When the last renewal went out.
};

} // namespace usher::client
