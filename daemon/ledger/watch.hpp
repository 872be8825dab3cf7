#pragma once

#include "daemon/ledger/refusal.hpp"
#include "daemon/ledger/types.hpp"

#include <optional>

namespace usher::ledger {

struct PoolRecord;

struct PoolState;
struct State;

/// What a watcher hears of a pool.
struct Told {
    std::uint64_t pool = 0; ///< Its number, which no later pool has; 0: there is none.
    bool is_locked = false;
    bool is_closed = false;
    Units short_by = 0;
    std::optional<Code> because; ///< Why what feeds it counts nothing.

    friend bool operator==(const Told&, const Told&) = default;
};

/// A connection that wants to hear how a pool stands.
struct WatchRecord {
    ConnectionId connection;
    PartyId party; ///< Whose pool; empty: `asked` itself.
    PoolId asked;

    PoolRecord* pool = nullptr; ///< That it looks at now; null: the party has none.
    Told told;                  ///< Last.
};

/// What a watcher of `pool` is told now; null: of none.
[[nodiscard]] PoolState pool_state(const State& state, const PoolRecord* pool);
/// The part of it that is news where it changes.
[[nodiscard]] Told told_of(const State& state, const PoolRecord* pool);

} // namespace usher::ledger
