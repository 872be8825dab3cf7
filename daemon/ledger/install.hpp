#pragma once

#include "daemon/ledger/decide.hpp"

/// What a license brings along and what it takes with it; whatever command it comes or goes by.
namespace usher::ledger {

/// The license with the root that it feeds and the scheme of that; or UNKNOWN_SCHEME, NAME_TAKEN,
/// NOT_IN_SCHEME or PRODUCT_MISMATCH where that pool is something else.
[[nodiscard]] std::variant<Install, Refusal> placed(const State& state, Install command);

/// BAD_QUANTITY; none: there may be so many.
[[nodiscard]] std::optional<Refusal> why_bad_quantity(const Install& command);

/// Why the license cannot stand here, by itself; none: it can. Needs it `placed`.
[[nodiscard]] std::optional<Refusal> why_unfit(const State& state, const Install& command);

/// Why the license is another one than what stands in `pool`, which is its own; none: it is not.
[[nodiscard]] std::optional<Refusal> why_unlike(const Pool& pool, const Install& command);

/// The facts that make a new license known; needs `why_unfit` to be none.
void bring_in(const State& state, const Install& command, Verdict& verdict);

/// Another content of a license that is here, or one that was active before. Its leases, its users
/// and the profiles that lead to it stay (A-Q9).
void put_in_place(const State& state, const Install& command, Verdict& verdict);

/// What the operator should know of a license that is there now.
[[nodiscard]] std::vector<std::string>
warnings_about(const State& state, const Entitlement& entitlement, CalendarInstant at);

/// Ends every lease of the pool and says in `warnings` how many; each holder is told `note`.
void end_leases(const PoolRecord& pool, const Identity& by, const std::string& note,
                Verdict& verdict, std::vector<std::string>& warnings);

/// Who waits for the pool waits on for its others, at the same place, or is told that it is in
/// vain.
void drop_from_queue(const State& state, const PoolRecord& pool, Verdict& verdict);

/// Whether nothing is left of the root once its one license goes: no pool under it is open or used.
[[nodiscard]] bool is_last_of(const PoolRecord& root);

/// Why the license cannot go without force: somebody would lose what he holds; none: it can.
[[nodiscard]] std::optional<Refusal> why_still_needed(const EntitlementRecord& record,
                                                      const PoolRecord& root);

/// The license is not what the pool was made of any more: its units go, then itself.
void take_out(const EntitlementRecord& record, const Identity& by, Verdict& verdict);

} // namespace usher::ledger
