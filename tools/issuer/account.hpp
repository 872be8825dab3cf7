#pragma once

#include "daemon/trust/activation.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What the issuer knows of one license. Values without behavior; any thread.
namespace usher::issuer {

using trust::Instant;

/// What a vendor sells under one number.
struct Sold {
    trust::License license;      ///< Without a lock.
    std::set<std::string> kinds; ///< Of node-lock: machine, personal; not empty.
    unsigned need = 2;           ///< So many identifiers of a host must agree.
    std::optional<trust::Activation::Check>
        check; ///< How often hosts show themselves; none: never.

    friend bool operator==(const Sold&, const Sold&) = default;
};

/// One activation or ticket that was given. Never changed, but by the marks at its end.
struct Grant {
    std::uint64_t number = 0;
    trust::PublicKey node{};
    std::string host; ///< Its name for people.
    std::string kind;
    Instant made{};
    Instant load_by{};
    std::optional<trust::Nonce> nonce; ///< Of the request; of a ticket too, where it is not told.
    std::uint64_t after = 0;           ///< Of a ticket: the activation that it follows.
    bool is_transfer = false;          ///< To a host that was not the last one, and it counts.
    std::optional<Instant> ends;       ///< Of an emergency.
    std::string document;              ///< As it was given.
    std::string receipt;               ///< By which it ended; empty: none was received.
    std::optional<Instant> seen;       ///< When its host last showed itself, give or take an hour.
    std::optional<Instant> started;    ///< Its host's last start after which it was seen alive.
    bool was_active = false;           ///< False of a ticket that nobody has used yet.
};

/// A code for a host that is lost: good for one week, and so is what is activated with it.
struct Emergency {
    trust::PublicKey code{};
    Instant until{};
};

/// A license, and of its activations those that matter for the next decision.
struct Account {
    Sold sold;
    trust::PublicKey code{}; ///< Public half of the one code that is good.
    std::optional<Emergency> emergency;
    std::uint64_t active = 0;     ///< The activation that is alive; 0: none.
    std::uint64_t last = 0;       ///< The highest number that was given.
    trust::PublicKey last_node{}; ///< Where it was active last. All zero: nowhere yet.
    std::string last_kind;
    bool is_waived = false; ///< The vendor released it: the next activation is no transfer.
    std::vector<Grant> grants;

    [[nodiscard]] const Grant* grant(std::uint64_t number) const;
    /// Whether tickets were given for what is active: one of them may be alive by its receipt.
    [[nodiscard]] bool has_tickets() const;
    /// What is alive at `now`; null: nothing. An emergency ends by itself.
    [[nodiscard]] const Grant* alive(Instant now) const;
};

} // namespace usher::issuer
