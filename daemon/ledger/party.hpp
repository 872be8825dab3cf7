#pragma once

#include "daemon/ledger/types.hpp"

#include <string>
#include <string_view>

/// Who leases are for: companies with their users, and instances that use a key.
namespace usher::ledger {

/// Where the units of a party's leases come from.
enum class Source : std::uint8_t {
    root,     ///< The root's own stock.
    pool,     ///< Of a company: the pool that it owns. Of an instance: the pool that it names.
    personal, ///< Of a user: the pool that he owns.
    delegate, ///< Of a company: each user's own source. Of a user: his company's.
};

struct Party {
    enum class Kind : std::uint8_t { company, user, instance };

    PartyId id;
    Kind kind = Kind::user;
    PartyId company; ///< Of a user; never empty for him (B-Q7).
    Source source = Source::root;
    PoolId pool; ///< Of an instance: the one that it uses.

    friend bool operator==(const Party&, const Party&) = default;
};

/// The company of users who name none; made with the first of them.
inline constexpr std::string_view default_company = "default";

/// Whether a party of this kind may have this source.
[[nodiscard]] bool may_have(Party::Kind kind, Source source);

/// Who owns the pool that the user's units come from, under every root that carries; empty: nobody,
/// they come from the root itself. `home` in the model: the company's source rules, unless it is
/// the user's own; and who delegates back to a company that delegates means the root (B-Q11).
[[nodiscard]] PartyId home_owner(const Party& user, const Party& company);

/// The stable word for each.
std::string_view word(Source source);
std::string_view word(Party::Kind kind);

} // namespace usher::ledger
