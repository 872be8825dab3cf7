#include "daemon/ledger/entities.hpp"

#include <algorithm>
#include <tuple>

namespace usher::ledger {

std::string_view word(Doubt doubt)
{
    switch (doubt) {
    case Doubt::none: return "none";
    case Doubt::counter_away: return "counter_away";
    case Doubt::state_restored: return "state_restored";
    }
    return "";
}

bool operator==(const Entitlement& a, const Entitlement& b)
{
    const auto plain = [](const Entitlement& e) {
        return std::tie(e.id, e.root, e.product, e.type, e.quantity, e.from, e.to,
                        e.maintenance_until, e.lock, e.on_this_node, e.activation, e.downgrades_to);
    };
    return plain(a) == plain(b) && *a.document == *b.document;
}

bool operator==(const Activation::Receipt& a, const Activation::Receipt& b)
{
    return a.number == b.number && a.digest == b.digest && a.delivered == b.delivered &&
           *a.document == *b.document;
}

bool operator==(const Departure::Ticket& a, const Departure::Ticket& b)
{
    return a.license == b.license && *a.document == *b.document;
}

bool operator==(const Departure& a, const Departure& b)
{
    const auto plain = [](const Departure& d) {
        return std::tie(d.target, d.uri, d.redirect, d.streams, d.tickets);
    };
    return plain(a) == plain(b) &&
           std::ranges::equal(a.proofs, b.proofs,
                              [](const auto& one, const auto& other) { return *one == *other; });
}

} // namespace usher::ledger
