#pragma once

#include "daemon/ledger/entities.hpp"

#include <optional>
#include <string>

/// How a license comes and goes.
namespace usher::ledger {

/// A license whose signature has been verified; `entitlement.root` is its own number, and the
/// ledger says which pool that means.
struct Install {
    Identity by;
    Entitlement entitlement;
    Metric metric = Metric::lease;
    std::optional<ProductName> requires_product; ///< Of the same vendor.
    ProfileName profile;  ///< Empty: `ProfileN` with the first free N (A-R12).
    std::string scheme;   ///< Of its root, where that is new; empty: the usual one.
    PoolId pool;          ///< The root that it feeds; empty: as its scheme says.
    bool replace = false; ///< Another content of a license that is here takes its place.
};

/// Refused while somebody holds something of it, or it covers requirements, unless by force: then
/// he loses it and is told, and they are left to other licenses.
struct Remove {
    Identity by;
    EntitlementId license;
    bool force = false;
};

} // namespace usher::ledger
