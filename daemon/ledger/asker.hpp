#pragma once

#include "daemon/ledger/types.hpp"

namespace usher::ledger {

/// Who asks: proven by the session, not claimed in a message.
struct Asker {
    Identity identity;
    ConnectionId connection;
};

} // namespace usher::ledger
