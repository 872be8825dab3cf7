#pragma once

#include <cstdint>
#include <string>

namespace usher::trust {

/// A number that only ever grows, kept where no copy of this host's files can bring it back. What
/// is anchored by it shows its age.
class Counter {
  public:
    struct Reading {
        std::string name; ///< No other counter has it, nor one that took this one's place.
        std::uint64_t value = 0;
        bool is_new = false; ///< It was made by this reading.
    };

    virtual ~Counter() = default;

    /// Where it stands; makes it where there is none. Throws `Fault`.
    virtual Reading read() = 0;
    /// One higher; needs one that is there. Throws `Fault`, and then it may be higher or not.
    virtual Reading raise() = 0;
    /// Another one takes its place, and begins no lower. Throws `Fault`.
    virtual Reading replace() = 0;
};

} // namespace usher::trust
