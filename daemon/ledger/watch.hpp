#pragma once

#include "daemon/ledger/types.hpp"

#include <optional>

namespace usher::ledger {

struct PoolRecord;

struct PoolState;
struct State;

/// A connection that wants to hear how a pool stands.
struct WatchRecord {
    ConnectionId connection;
    PartyId party; ///< Whose pool; empty: `asked` itself.
    PoolId asked;

    PoolRecord* pool = nullptr; ///< That it looks at now; null: the party has none.
    // As it was told last.
    const PoolRecord* told = nullptr;
    bool was_locked = false;
    bool was_closed = false;
    Units was_short = 0;
};

/// What a watcher of `pool` is told now; null: of none.
[[nodiscard]] PoolState pool_state(const State& state, const PoolRecord* pool);

/// Whether the watch's pool stands otherwise than it was told.
[[nodiscard]] bool has_news(const WatchRecord& watch);
void remember_told(WatchRecord& watch);

} // namespace usher::ledger
