#pragma once

#include "client/clock.hpp"
#include "client/heartbeat.hpp"
#include "client/holdings.hpp"
#include "protocol/usher.pb.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// How pools stand that an application watches: when to ask, and what answers and notices mean.
/// Pure: time and bytes come in, nothing waits. One thread at a time.
namespace usher::client {

/// Which pool is meant: by profile, or by name, or the server's default; and for whom.
struct PoolWish {
    std::string profile;
    std::string pool;
    std::string party;
};

/// How a pool stood when the server was last heard.
struct PoolStanding {
    v1::PoolState state;
    Instant heard{}; ///< No later than the server said it.
    /// The server says no to the very question since: the pool is gone, or not for us.
    std::optional<v1::Refused> no;
};

/// Until when it may be relied on without another word of the server; the clock is client/clock's.
[[nodiscard]] Instant valid_until(const PoolStanding& standing);
[[nodiscard]] bool is_reliable(const PoolStanding& standing, Instant now);
/// Whether an application has to be told. What is held changes all the time, and is no news.
[[nodiscard]] bool is_otherwise(const PoolStanding& before, const PoolStanding& after);

[[nodiscard]] v1::Request state_asked(const PoolWish& wish, bool watch);

struct PoolWatch {
    PoolWish wish;
    std::optional<PoolStanding> standing; ///< None: not answered yet.
    std::optional<v1::Refused> no;        ///< The first answer was this.
    Instant ask_at{};                     ///< Not before.
    std::optional<std::uint64_t> asked;   ///< As this request of this connection.
    Instant sent{};                       ///< Not 0: it is under way.
};

/// All watches of one application at one server.
///
/// The server tells what changes as long as the connection lives. On a fresh one all is asked
/// again; and every term, because a line that is dead in one direction looks like a pool that never
/// changes, and because each answer may be relied on from then on.
class PoolWatches {
  public:
    static constexpr std::size_t watches_max = 256;
    static constexpr std::size_t unanswered_max = 16;
    static constexpr Duration period_min = std::chrono::seconds(5);

    /// None: there are `watches_max` already.
    std::optional<WatchNumber> add(PoolWish wish);
    /// False: there is none.
    bool remove(WatchNumber number) { return watches_.erase(number) > 0; }
    void clear() { watches_.clear(); }
    /// Null: there is none.
    [[nodiscard]] const PoolWatch* find(WatchNumber number) const;
    [[nodiscard]] bool is_empty() const { return watches_.empty(); }

    [[nodiscard]] Heartbeat::Needs needs() const;
    void connected(Duration term);
    void ask_anew() noexcept;
    void forget_questions() noexcept;

    /// What has to be asked now, and when something will be; max: nothing before an answer comes.
    [[nodiscard]] std::optional<WatchNumber> next(Instant now) const;
    [[nodiscard]] Instant next_at() const;
    v1::Request begin(WatchNumber number, Instant now);
    void sent(WatchNumber number, std::uint64_t request);

    /// What a response, asked for or not, means.
    std::vector<Event> take(const v1::Response& response, Instant now);

  private:
    [[nodiscard]] bool is_busy() const;
    void take_answer(WatchNumber number, PoolWatch& watch, const v1::Response& response,
                     Instant now, std::vector<Event>& events);
    void take_notice(const v1::StateChanged& changed, Instant now, std::vector<Event>& events);

    std::map<WatchNumber, PoolWatch> watches_;
    WatchNumber last_number_ = 0;
    Duration period_ = period_min;
};

} // namespace usher::client
