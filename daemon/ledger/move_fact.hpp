#pragma once

#include "daemon/ledger/entities.hpp"

#include <cstdint>
#include <memory>
#include <string>

/// What has happened of a live move. Each concerns one of its two servers only.
namespace usher::ledger {

struct FactList;

/// What was here is another server's from now on; or it was before, and is read by another stream.
struct Departed {
    Departure departure;
    Identity by;

    friend bool operator==(const Departed&, const Departed&) = default;
};

/// The other server has it all: what it holds now is forgotten here.
struct DepartureConfirmed {
    Identity by;

    friend bool operator==(const DepartureConfirmed&, const DepartureConfirmed&) = default;
};

/// What comes from another server is followed from now on; what came before is forgotten.
struct ArrivalBegun {
    Arrival arrival;
    Identity by;

    friend bool operator==(const ArrivalBegun&, const ArrivalBegun&) = default;
};

/// The next so many facts in the turn are the source's.
struct Followed {
    std::uint64_t count = 0;
    bool is_end = false; ///< Nothing follows them.

    friend bool operator==(const Followed&, const Followed&) = default;
};

/// What was the source's is ours from now on.
struct Arrived {
    Identity by;

    friend bool operator==(const Arrived&, const Arrived&) = default;
};

/// What has come is forgotten, and nothing more is followed.
struct ArrivalAbandoned {
    Identity by;

    friend bool operator==(const ArrivalAbandoned&, const ArrivalAbandoned&) = default;
};

// Fleeting.

/// What makes this state, and then what happens, is kept to be read by another server.
struct StreamBegun {
    StreamId stream;
    NodeKey target;
    std::string uri;
    std::string redirect;
    std::shared_ptr<const FactList> beginning; ///< What makes this state; never null.

    friend bool operator==(const StreamBegun&, const StreamBegun&) = default;
};

/// So many facts of the stream are kept no longer.
struct StreamRead {
    std::uint64_t count = 0;

    friend bool operator==(const StreamRead&, const StreamRead&) = default;
};

} // namespace usher::ledger
