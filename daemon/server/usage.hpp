#pragma once

#include "daemon/server/limits.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// How much of each limit is in use, and the most that ever was. Each count has one thread that
/// writes it, and any thread may look.
namespace usher::server {

/// What is counted, in the order in which it is shown.
enum class Bound : std::uint8_t {
    sessions,
    sessions_per_address,
    sessions_per_identity,
    local_sessions,
    handshakes,
    handshakes_per_address,
    in_flight,
    unanswered_bytes,
    unsent_bytes,
    buffered_bytes,
    questions,
    questions_per_identity,
    leases_per_connection,
    leases,
};
inline constexpr std::size_t bounds = 14;

/// One count.
class Gauge {
  public:
    void set(std::uint64_t now)
    {
        now_.store(now, std::memory_order_relaxed);
        raise(now);
    }
    /// It was so much for a moment.
    void raise(std::uint64_t peak)
    {
        if (peak > highest_.load(std::memory_order_relaxed))
            highest_.store(peak, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t now() const { return now_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t highest() const { return highest_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> now_ = 0;
    std::atomic<std::uint64_t> highest_ = 0;
};

/// What one connection uses of what bounds a connection.
struct Load {
    std::size_t in_flight = 0;
    std::size_t unanswered_bytes = 0;
    std::size_t unsent_bytes = 0;
    std::size_t leases = 0;

    void take_larger(const Load& other);
};

/// The counts of one thread.
class Gauges {
  public:
    [[nodiscard]] Gauge& of(Bound bound) { return all_[static_cast<std::size_t>(bound)]; }
    [[nodiscard]] const Gauge& of(Bound bound) const
    {
        return all_[static_cast<std::size_t>(bound)];
    }
    /// The most that one connection uses.
    void set(const Load& most);
    void raise(const Load& peak);

  private:
    std::array<Gauge, bounds> all_;
};

/// A row of what `usher status` says of limits.
struct LimitPicture {
    std::string_view name; ///< As in usherd.toml.
    std::uint64_t bound = 0;
    std::uint64_t in_use = 0;
    std::uint64_t highest = 0; ///< Since the start.
};

/// The counts of the whole daemon: of each hall, of the door and of the desk.
class Usage {
  public:
    explicit Usage(std::size_t halls) : halls_(halls) {}

    [[nodiscard]] Gauges& of_hall(std::size_t index) { return halls_[index]; }
    [[nodiscard]] Gauges& of_door() { return door_; }
    [[nodiscard]] Gauges& of_desk() { return desk_; }

    /// All limits. What is shared out over the threads is the sum of theirs, and its highest at
    /// most so much; what bounds one connection is that of the one which uses the most. `leases`:
    /// how many there are, with places in the queue.
    [[nodiscard]] std::vector<LimitPicture> seen(const Limits& limits, std::uint64_t leases) const;

  private:
    std::vector<Gauges> halls_;
    Gauges door_;
    Gauges desk_;
};

} // namespace usher::server
