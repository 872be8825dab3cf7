#pragma once

#include "client/failure.hpp"
#include "client/heartbeat.hpp"
#include "client/holdings.hpp"
#include "client/inquiries.hpp"
#include "client/pool_watch.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <variant>
#include <vector>

namespace usher::client {

/// What an attendant has to do next, and what it makes of what it hears: seats, inquiries and
/// watched pools of one application, and the one connection that they share. Pure: time and
/// messages come in, nothing waits and nothing is sent. One thread at a time.
class Duty {
  public:
    /// As `Heartbeat`.
    Duty(Duration answer_max, std::uint64_t seed, Duration pause_max = Heartbeat::pause_max_default)
        : heartbeat_(answer_max, seed, pause_max)
    {}

    // What the application wants is put in here.
    [[nodiscard]] Holdings& holdings() { return holdings_; }
    [[nodiscard]] const Holdings& holdings() const { return holdings_; }
    [[nodiscard]] Inquiries& inquiries() { return inquiries_; }
    [[nodiscard]] PoolWatches& watches() { return watches_; }
    [[nodiscard]] const PoolWatches& watches() const { return watches_; }

    /// Somebody waits for what becomes of the seat, and hears of its granting and its loss by the
    /// end of that wait: these are no news as long.
    void await(SeatNumber seat) { awaited_.insert(seat); }
    void await_no_more(SeatNumber seat) { awaited_.erase(seat); }

    struct OfInquiry {
        InquiryNumber number = 0;
    };
    struct OfWatch {
        WatchNumber number = 0;
    };
    /// Something to ask on the connection that there is.
    struct Asking {
        v1::Request request;
        std::variant<Holdings::Question, OfInquiry, OfWatch> about;
        Instant begun{};
    };
    enum class Act : std::uint8_t {
        rest,    ///< Nothing until `until`, or until something is put in or heard.
        connect, ///< Try to; then `connected` or `failed`.
        ask,     ///< Send `asking`; then `sent` or `lost`.
        hang_up, ///< The other end is silent: end the connection; then `lost`.
    };
    struct Next {
        Act act = Act::rest;
        Instant until = Instant::max();
        std::optional<Asking> asking;
    };
    /// What silence makes true by `now`: seats that nobody has confirmed for a term.
    void tick(Instant now) { note(holdings_.tick(now)); }
    /// What it gives to ask counts as being on its way.
    [[nodiscard]] Next next(Instant now);

    void sent(Asking asking, std::uint64_t request);
    /// The server has greeted us.
    void connected(const v1::Welcome& welcome);
    /// It was not reached, or did not let us in.
    void failed(const Failure& failure, Instant now);
    /// The connection is gone, whoever ended it.
    void lost(const Failure& failure, Instant now);
    /// The connection is gone, and there is no memory to say more.
    void start_over(Instant now) noexcept;
    /// The server is another from now on, at `where`. After `lost`.
    void moved(std::string where);
    /// What the server said, asked for or not; not an ending and not a redirect.
    void take(const v1::Response& response, Instant now);

    /// There is no later: whoever waits to try again tries now.
    void hurry(Instant now) { heartbeat_.hurry(now); }

    [[nodiscard]] bool is_connected() const { return heartbeat_.is_connected(); }
    /// To connect, that are over.
    [[nodiscard]] std::uint64_t attempts() const { return attempts_; }
    /// Why there is no connection; none: there is one, or none was tried.
    [[nodiscard]] const std::optional<Failure>& last_failure() const { return last_failure_; }

    /// What the application should be told.
    [[nodiscard]] bool has_news() const { return !news_.empty(); }
    [[nodiscard]] std::vector<Event> take_news() { return std::exchange(news_, {}); }

  private:
    [[nodiscard]] Heartbeat::Needs needs() const;
    [[nodiscard]] Next ask(Holdings::Question question, Instant now);
    [[nodiscard]] std::optional<Next> ask_next(Instant now);
    [[nodiscard]] bool is_missed() const;
    void note(std::vector<Event> events);

    Holdings holdings_;
    Inquiries inquiries_;
    PoolWatches watches_;
    Heartbeat heartbeat_;
    std::set<SeatNumber> awaited_;
    std::optional<Failure> last_failure_;
    std::uint64_t attempts_ = 0;
    bool is_reported_ = false; ///< A lasting failure was called back.
    std::vector<Event> news_;  ///< Not called back yet.
};

} // namespace usher::client
