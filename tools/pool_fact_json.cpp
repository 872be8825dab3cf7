#include "tools/pool_fact_json.hpp"

#include "tools/fact_teller.hpp"

namespace usher::tools {
namespace {

void tell_quantity(Teller& teller, const std::optional<ledger::Units>& quantity)
{
    if (quantity)
        teller.tell("quantity", quantity);
    else
        teller.tell("unlimited", Json(true));
}

Json told(const char* what, const ledger::Entitlement& license, const ledger::Identity& by)
{
    Teller teller(what);
    teller.tell("license", license.id).tell("pool", license.root);
    teller.tell("product", license.product.name).tell("vendor", license.product.vendor);
    teller.tell_text("type", license.type);
    tell_quantity(teller, license.quantity);
    teller.tell("from", license.from).tell("to", license.to);
    teller.tell("maintenance_until", license.maintenance_until);
    teller.tell("lock", Json(word(license.lock)));
    teller.tell("on_this_node", Json(license.on_this_node));
    if (license.activation != 0)
        teller.tell("activation", Json(license.activation));
    if (!license.downgrades_to.empty())
        teller.tell_list("downgrades_to", license.downgrades_to);
    return teller.tell("by", by);
}

} // namespace

Json told(const ledger::EntitlementInstalled& fact)
{
    return told("license_installed", fact.entitlement, fact.by);
}

Json told(const ledger::EntitlementAmended& fact)
{
    return told("license_amended", fact.entitlement, fact.by);
}

Json told(const ledger::LicenseExpected& fact)
{
    Teller teller("license_expected");
    teller.tell("license", fact.license.id).tell("pool", fact.license.root);
    teller.tell("product", fact.license.product.name);
    teller.tell("vendor", fact.license.product.vendor);
    tell_quantity(teller, fact.license.quantity);
    teller.tell("lock", Json(word(fact.license.lock)));
    teller.tell("activated", Json(fact.license.activated));
    return teller.tell("by", fact.by);
}

Json told(const ledger::LicenseForgotten& fact)
{
    return Teller("license_forgotten").tell("license", fact.license).tell("by", fact.by);
}

Json told(const ledger::SchemeSet& fact)
{
    const ledger::Scheme& scheme = fact.scheme;
    Teller teller("scheme_set");
    teller.tell_text("scheme", scheme.name).tell("root", Json(word(scheme.root)));
    teller.tell("root_leasable", Json(scheme.root_leasable));
    teller.tell("children", Json(scheme.has_children));
    teller.tell("leases", Json(word(scheme.leases)));
    if (scheme.leases == ledger::LeaseKind::fixed)
        teller.tell("lease_length", Json(span_text(scheme.lease_length.count())));
    teller.tell("rebind", Json(word(scheme.rebind))).tell("close", Json(word(scheme.close)));
    teller.tell("asks_maintenance", Json(scheme.asks_maintenance));
    teller.tell("restarts_leases", Json(scheme.restarts_leases));
    teller.tell("trial", Json(scheme.is_trial)).tell("use", Json(word(scheme.use)));
    if (scheme.use == ledger::Use::reconciled)
        teller.tell("model_change", Json(scheme.changes_models));
    return teller.tell("usual", Json(fact.is_usual));
}

Json told(const ledger::PoolOpened& fact)
{
    const ledger::Pool& pool = fact.pool;
    Teller teller("pool_opened");
    teller.tell("pool", pool.id).tell("parent", pool.parent);
    teller.tell("product", pool.product.name).tell("vendor", pool.product.vendor);
    teller.tell("metric", Json(word(pool.metric)));
    teller.tell_text("scheme", pool.scheme).tell("owner", pool.owner);
    return pool.allow ? teller.tell_list("users", *pool.allow) : teller;
}

Json told(const ledger::PoolClosed& fact)
{
    return Teller("pool_closed").tell("pool", fact.pool).tell("by", fact.by);
}

Json told(const ledger::PoolRenamed& fact)
{
    return Teller("pool_renamed").tell("from", fact.from).tell("to", fact.to);
}

Json told(const ledger::UsersSet& fact)
{
    Teller teller("users_set");
    teller.tell("pool", fact.pool);
    if (fact.users)
        teller.tell_list("users", *fact.users);
    else
        teller.tell("everybody", Json(true));
    return teller.tell("by", fact.by);
}

Json told(const ledger::PartySet& fact)
{
    return Teller("party_set")
        .tell("party", fact.party.id)
        .tell("kind", Json(word(fact.party.kind)))
        .tell("company", fact.party.company)
        .tell("source", Json(word(fact.party.source)))
        .tell("pool", fact.party.pool)
        .tell("by", fact.by);
}

Json told(const ledger::PartyRemoved& fact)
{
    return Teller("party_removed").tell("party", fact.party).tell("by", fact.by);
}

Json told(const ledger::LeaseMoved& fact)
{
    return Teller("lease_moved")
        .tell("lease", Json(tag_text(fact.id)))
        .tell("to", fact.to)
        .tell("kind", Json(word(fact.kind)));
}

} // namespace usher::tools
