#pragma once

#include "daemon/ledger/state.hpp"

/// Which pool a party's units come from.
namespace usher::ledger {

/// The party's pool under `root`, or an instance's wherever it is; null: it has none yet. `root`
/// may be null.
[[nodiscard]] const PoolRecord* pool_of_party(const State& state, const Party& party,
                                              const PoolRecord* root);

/// What `owner` owns under `root`, closed or not; null: nothing. Empty: the root itself.
[[nodiscard]] const PoolRecord* pool_of_owner(const State& state, const PartyId& owner,
                                              const PoolRecord& root);

/// See `home_owner`.
[[nodiscard]] PartyId home_owner_of(const State& state, const Party& user);

/// UNKNOWN_PARTY.
[[nodiscard]] Refusal unknown_party(const PartyId& id, std::string_view kind = "party");

/// WRONG_KIND: what the party is, and `but` what is needed.
[[nodiscard]] Refusal wrong_kind(const Party& party, const std::string& but);

/// `text`, or `pool` where a number behind it would make it longer than a name may be.
[[nodiscard]] std::string pool_stem(const std::string& text);

/// A name for another pool: `stem`, or with the first free number behind it.
[[nodiscard]] PoolId free_pool_name(const State& state, const std::string& stem);

} // namespace usher::ledger
