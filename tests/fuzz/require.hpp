#pragma once

#include <cstdlib>

namespace usher::tests {

/// A claim of a fuzz target. Where it does not hold the program ends, and the fuzzer keeps what it
/// ended on.
inline void require(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace usher::tests
