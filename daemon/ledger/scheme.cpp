#include "daemon/ledger/scheme.hpp"

#include <array>

namespace usher::ledger {

std::span<const Scheme> preset_schemes()
{
    static const std::array<Scheme, 5> presets{{
        {.name = std::string(server_scheme)},
        {.name = "keys",
         .root = RootPer::product,
         .root_leasable = false,
         .has_children = true,
         .leases = LeaseKind::persistent,
         .rebind = Rebinding::drop,
         .close = Closing::keep,
         .asks_maintenance = false,
         .restarts_leases = false},
        {.name = "companies",
         .root = RootPer::product,
         .root_leasable = true,
         .has_children = true,
         .leases = LeaseKind::persistent,
         .rebind = Rebinding::carry,
         .close = Closing::release,
         .asks_maintenance = false,
         .restarts_leases = false},
        {.name = "trial",
         .root = RootPer::license,
         .leases = LeaseKind::fixed,
         .lease_length = std::chrono::days(15),
         .asks_maintenance = false,
         .restarts_leases = false,
         .is_trial = true},
        {.name = "requirements",
         .root = RootPer::license,
         .leases = LeaseKind::persistent,
         .asks_maintenance = false,
         .restarts_leases = false,
         .use = Use::reconciled,
         .changes_models = true},
    }};
    return presets;
}

std::optional<std::string> why_unsound(const Scheme& scheme)
{
    const bool is_fixed = scheme.leases == LeaseKind::fixed;
    if (is_fixed && scheme.lease_length <= Duration::zero())
        return "lease_length: leases that are fixed need a length above 0";
    if (!is_fixed && scheme.lease_length != Duration::zero())
        return "lease_length: only leases that are fixed have one";
    if (!scheme.root_leasable && !scheme.has_children)
        return "root_leasable: where no pool may be opened under the root, nothing could be lent";
    if (scheme.rebind != Rebinding::none && !scheme.has_children)
        return "rebind: parties need pools under the root: children = true";
    if (scheme.rebind == Rebinding::carry && !scheme.root_leasable)
        return "rebind: a party whose source is the root needs root_leasable = true";
    if (scheme.rebind == Rebinding::carry && is_fixed)
        return "leases: what is carried along has no end: \"persistent\" or \"floating\"";
    if (scheme.is_trial && !is_fixed)
        return "trial: needs leases = \"fixed\"";
    if (scheme.is_trial && scheme.has_children)
        return "trial: a trial moves with nobody: children = false";
    if (scheme.use == Use::served)
        return scheme.changes_models ? std::optional("model_change: needs use = \"reconciled\"")
                                     : std::nullopt;
    if (scheme.has_children)
        return "use: what is reconciled is of the license itself: children = false";
    if (scheme.root != RootPer::license)
        return "use: what is reconciled is of one license: root = \"license\"";
    if (scheme.leases != LeaseKind::persistent)
        return "use: what is reconciled stays as it is: leases = \"persistent\"";
    return std::nullopt;
}

std::string_view word(RootPer root)
{
    return root == RootPer::license ? "license" : "product";
}

std::string_view word(Rebinding rebind)
{
    switch (rebind) {
    case Rebinding::none: return "none";
    case Rebinding::drop: return "drop";
    case Rebinding::carry: return "carry";
    }
    return "";
}

std::string_view word(Use use)
{
    return use == Use::served ? "served" : "reconciled";
}

std::string_view word(Closing close)
{
    return close == Closing::keep ? "keep" : "release";
}

} // namespace usher::ledger
