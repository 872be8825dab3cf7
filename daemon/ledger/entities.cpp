#include "daemon/ledger/entities.hpp"

#include <tuple>

namespace usher::ledger {

bool operator==(const Entitlement& a, const Entitlement& b)
{
    const auto plain = [](const Entitlement& e) {
        return std::tie(e.id, e.root, e.product, e.type, e.quantity, e.from, e.to,
                        e.maintenance_until, e.lock, e.on_this_node, e.activation);
    };
    return plain(a) == plain(b) && *a.document == *b.document;
}

bool operator==(const Activation::Receipt& a, const Activation::Receipt& b)
{
    return a.number == b.number && a.digest == b.digest && a.delivered == b.delivered &&
           *a.document == *b.document;
}

} // namespace usher::ledger
