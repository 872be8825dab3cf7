#pragma once

#include <cassert>
#include <cstdint>

namespace usher::world {

/// Chance that comes out the same each time: splitmix64.
class Chance {
  public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next()
    {
        std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
        return mixed ^ mixed >> 31;
    }
    /// 0 to `bound` - 1.
    std::uint64_t below(std::uint64_t bound)
    {
        assert(bound > 0);
        return next() % bound;
    }
    bool one_in(std::uint64_t bound) { return below(bound) == 0; }
    /// `low` to `high`, both of them too.
    template <class Duration>
    Duration between(Duration low, Duration high)
    {
        const auto span = static_cast<std::uint64_t>((high - low).count());
        return low + Duration(static_cast<typename Duration::rep>(below(span + 1)));
    }
    /// Another that goes its own way: what one of two does is no matter for the other.
    [[nodiscard]] Chance fork(std::uint64_t name) const
    {
        Chance other(state_ ^ (name + 1) * 0xd1342543de82ef95);
        other.next();
        return other;
    }

  private:
    std::uint64_t state_;
};

} // namespace usher::world
