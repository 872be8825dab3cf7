#pragma once

#include "client/bell.hpp"
#include "client/door.hpp"
#include "client/duty.hpp"
#include "client/setback.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <unistd.h>
#include <vector>

namespace usher::client {

/// Holds the seats of one application at one server, for as long as the application wants.
///
/// One thread of its own, begun by the first question, renews all seats in one message, comes back
/// by itself when the connection breaks, and calls back what the application should know. Every
/// call may come from any thread. In the child of a fork every call is refused, and it must not be
/// destroyed there: the thread that owns half of it exists in the parent only.
class Attendant {
  public:
    using Listener = std::function<void(const Event&)>;

    struct Settings {
        Duration connect_max = std::chrono::seconds(10);   ///< One attempt to connect and greet.
        Duration answer_max = std::chrono::seconds(10);    ///< A call waits so long for its answer.
        Duration farewell_max = std::chrono::seconds(2);   ///< Closing waits so long.
        Duration pause_max = Heartbeat::pause_max_default; ///< Between two attempts to connect.
        Listener listener; ///< Called on the thread of its own, one event after the other.
    };

    /// Makes nothing but itself; nothing is connected yet. Throws std::system_error where the
    /// system has no descriptors left.
    Attendant(std::unique_ptr<Door> door, Settings settings);
    /// Gives everything back, waits up to `farewell_max` for the server to hear of it, and ends the
    /// thread. Calls that wait end with `closed`; no new one may begin. Never on the thread that
    /// calls back.
    ~Attendant();
    Attendant(const Attendant&) = delete;
    Attendant& operator=(const Attendant&) = delete;

    struct Given {
        SeatNumber number = 0;
        bool is_waiting = false; ///< It has a place in the queue; the listener hears the rest.
    };
    /// Asks for a seat and waits for the answer; with a wait in the wish, for the seat too, unless
    /// `stays_in_queue`. No seat is taken where it fails, whatever the server came to do.
    [[nodiscard]] boost::system::result<Given, No> checkout(Wish wish, bool stays_in_queue);

    /// Gives a seat back; none: the server has heard of it. `unreachable`: it has not yet, and
    /// will, or the seat ends by itself within its term. The number is gone in any case. On the
    /// thread that calls back it does not wait for the server.
    [[nodiscard]] std::optional<No> checkin(SeatNumber number);

    /// The seat as it stands; `held` and `locked` ones may be uncertain. None: no such seat, or
    /// this is the child of a fork.
    [[nodiscard]] std::optional<Seat> look(SeatNumber number) const;

    struct Answered {
        v1::Response response;   ///< A refusal, where the server decided that.
        unsigned times_sent = 1; ///< With more than one it may answer what it had done already.
    };
    /// Asks something whose effect is the same once and twice, and waits for the answer; on as many
    /// connections as it takes. What fails may have had its effect. `allowance`: the answer may
    /// take so much longer than others before the connection counts as dead.
    [[nodiscard]] boost::system::result<Answered, No> ask(v1::Request request,
                                                          Duration allowance = Duration(0));

    /// Asks how a pool stands, and has the listener told from then on when it stands otherwise. It
    /// is not watched where this fails.
    [[nodiscard]] boost::system::result<WatchNumber, No> watch(PoolWish wish);
    /// None: it is not watched any more. What is being called back may still come.
    [[nodiscard]] std::optional<No> unwatch(WatchNumber number);
    /// As the server was last heard. None: no such watch, or this is the child of a fork.
    [[nodiscard]] std::optional<PoolStanding> look_at(WatchNumber number) const;

    /// Whether this is called by the listener.
    [[nodiscard]] bool is_in_callback() const;
    [[nodiscard]] bool is_forked() const { return ::getpid() != pid_; }

  private:
    using Lock = std::unique_lock<std::mutex>;

    bool begin_thread();
    void await_seat(Lock& lock, SeatNumber number, bool stays_in_queue);
    template <class IsAnswered>
    void await(Lock& lock, IsAnswered is_answered);
    [[nodiscard]] No why_unanswered() const;

    // On the thread of its own; `lock` is held on entry and on return.
    void run();
    void serve_once(Lock& lock);
    void rest(Lock& lock, Instant until);
    void connect(Lock& lock);
    void send(Lock& lock, Duty::Asking asking);
    void take(const v1::Response& response);
    [[nodiscard]] bool follow(const std::string& redirect);
    void lose(const Failure& failure);
    void deliver(Lock& lock);
    [[nodiscard]] bool is_over() const;

    const std::unique_ptr<Door> door_;
    const Settings settings_;
    const pid_t pid_ = ::getpid();
    Bell work_; ///< Rung when there is something to ask.
    Bell stop_; ///< Rung once, when everything has to end.

    mutable std::mutex guard_; ///< Over all that follows, but `conversation_` and `thread_`.
    std::condition_variable changed_;
    Duty duty_;
    std::uint64_t attempts_at_close_ = 0; ///< To connect, when closing began.
    unsigned callers_ = 0;                ///< Calls that wait.
    bool is_closing_ = false;
    Instant close_until_ = Instant::max();
    bool has_thread_ = false;
    bool is_done_ = false; ///< The thread has nothing more to do.

    std::unique_ptr<Conversation> conversation_; ///< Of the thread alone.
    pthread_t thread_{};
};

} // namespace usher::client
