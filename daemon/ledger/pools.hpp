#pragma once

#include "daemon/ledger/decide.hpp"

/// Pools under a root: what every command that changes them needs.
namespace usher::ledger {

/// `units` from one pool to another of its root; 0 are none.
void post(const PoolRecord& from, const PoolId& to, Units units, const std::string& cause,
          Verdict& verdict);

/// Opens `pool` under `root`. A closed one of its name gives the name up: it goes where nobody
/// refers to it any more, and is renamed otherwise (U-Q12).
void open_under(const State& state, const PoolRecord& root, const PoolId& pool,
                const PartyId& owner, Verdict& verdict);

/// Ends the pool: all that it has goes to its root, and with `release` its leases end.
void close(const State& state, const PoolRecord& pool, Closing leases, const Identity& by,
           Verdict& verdict);

/// The end of a pool of which nobody holds anything any more, and for which nobody waits.
void shut(const PoolRecord& pool, const Identity& by, Verdict& verdict);

/// LIMIT_REACHED where there are as many pools as there may be; none: another one may be opened.
[[nodiscard]] std::optional<Refusal> why_no_more_pools(const State& state);

/// BAD_QUANTITY where `pool` would have more units than any place may have.
[[nodiscard]] std::optional<Refusal> why_too_many(const PoolRecord& pool, Units units);

} // namespace usher::ledger
