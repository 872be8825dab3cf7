#include "daemon/ledger/judge.hpp"
#include "daemon/ledger/limits.hpp"

#include <utility>

/// Whether what another server says of licenses, pools and parties can have happened.
namespace usher::ledger {
namespace {

constexpr Units stock_max = units_max * 1'000'000; ///< Far from overflow, and beyond all sales.

bool has_instants(const Entitlement& one)
{
    return is_instant(one.from) && is_instant(one.to) && is_instant(one.maintenance_until);
}

} // namespace

// Licenses.

/// Why no license can be for it; empty: one can.
Complaint Judge::feed(const PoolId& id)
{
    const Outlook::Pool* const pool = seen_.pool(id);
    if (!pool)
        return there_is(pool, "pool");
    return pool->is_root() ? "" : "a license feeds a pool under another one";
}

Complaint Judge::operator()(const EntitlementInstalled& fact)
{
    const Entitlement& one = fact.entitlement;
    if (Complaint complaint = feed(one.root); !complaint.empty())
        return complaint;
    if (!has_instants(one))
        return "its time is out of range";
    if (seen_.license(one.id))
        return there_is_none(seen_.license(one.id), "license");
    Outlook::Pool* const root = seen_.pool(one.root);
    seen_.licenses.put(one.id, {root, one.product, false});
    ++root->users;
    return {};
}

Complaint Judge::operator()(const EntitlementAmended& fact)
{
    const Entitlement& after = fact.entitlement;
    const Outlook::License* const one = seen_.license(after.id);
    if (!one)
        return there_is(one, "license");
    if (!has_instants(after))
        return "its time is out of range";
    if (seen_.pool(after.root) != one->root || after.product != one->product)
        return "the license gets another pool or product";
    return {};
}

Complaint Judge::operator()(const EntitlementRemoved& fact)
{
    const Outlook::License* const one = seen_.license(fact.id);
    if (!one)
        return there_is(one, "license");
    if (one->counts)
        return "the license counts still";
    --one->root->users;
    seen_.licenses.take(fact.id);
    return {};
}

Complaint Judge::operator()(const LicenseExpected& fact)
{
    if (seen_.license(fact.license.id))
        return there_is_none(seen_.license(fact.license.id), "license");
    return feed(fact.license.root);
}

Complaint Judge::operator()(const EntitlementCounted& fact)
{
    Outlook::License* const one = seen_.license(fact.id);
    if (one)
        one->counts = fact.counts;
    return there_is(one, "license");
}

// Pools.

Complaint Judge::operator()(const SchemeSet& fact)
{
    if (fact.scheme.name.empty())
        return "a scheme has no name";
    if (fact.scheme.lease_length > last_instant - first_instant)
        return "nothing is lent for so long";
    if (const auto complaint = why_unsound(fact.scheme))
        return "no pools can behave so: " + *complaint;
    const bool is_reconciled = fact.scheme.use == Use::reconciled;
    if (const bool* before = seen_.scheme(fact.scheme.name);
        before && *before != is_reconciled && seen_.is_used(fact.scheme.name))
        return "its pools are used otherwise";
    seen_.schemes.put(fact.scheme.name, is_reconciled);
    return {};
}

Complaint Judge::operator()(const PoolOpened& fact)
{
    const Pool& pool = fact.pool;
    if (seen_.pool(pool.id))
        return there_is_none(seen_.pool(pool.id), "pool");
    if (!seen_.scheme(pool.scheme))
        return there_is(nullptr, "scheme");
    Outlook::Pool* const above = pool.parent ? seen_.pool(*pool.parent) : nullptr;
    if (pool.parent && !above)
        return "there is no such pool above it";
    if (above && !above->is_root())
        return "the pool above it is under another one itself";
    if (above && (above->product != pool.product || above->metric != pool.metric ||
                  above->scheme != pool.scheme))
        return "it is not as the pool above it";
    if (!above && !pool.owner.empty())
        return "nobody owns a root";
    if (above && *seen_.scheme(pool.scheme))
        return "what covers requirements has no pools under it";
    if (++pools_held_ > pools_max)
        return "no server has so many pools";
    seen_.open(pool, above);
    return {};
}

Complaint Judge::operator()(const PoolClosed& fact)
{
    Outlook::Pool* const one = seen_.pool(fact.pool);
    if (!one)
        return there_is(one, "pool");
    if (one->is_root())
        return "a root is never closed";
    if (one->closed)
        return "the pool is closed already";
    if (one->stock != 0)
        return "the pool is not empty";
    one->closed = true;
    return {};
}

Complaint Judge::operator()(const PoolRenamed& fact)
{
    Outlook::Pool* const one = seen_.pool(fact.from);
    if (!one)
        return there_is(one, "pool");
    if (!one->closed)
        return "only a closed pool gives its name up";
    if (one->waiters != 0)
        return "somebody waits for the pool";
    if (seen_.pool(fact.to))
        return there_is_none(seen_.pool(fact.to), "pool");
    seen_.rename(fact.from, fact.to);
    return {};
}

Complaint Judge::operator()(const PoolRemoved& fact)
{
    const Outlook::Pool* const one = seen_.pool(fact.pool);
    if (!one)
        return there_is(one, "pool");
    if (one->stock != 0 || one->users != 0)
        return "the pool is not empty";
    if (one->root)
        --one->root->users;
    seen_.pools.take(fact.pool);
    --pools_held_;
    return {};
}

/// An unlimited root gives more than it has, and in the middle of a turn any root may have.
Complaint Judge::operator()(const Posted& fact)
{
    for (const auto& [id, units] :
         {std::pair(fact.from, -fact.units), std::pair(fact.to, fact.units)}) {
        if (!id)
            continue;
        Outlook::Pool* const one = seen_.pool(*id);
        if (!one)
            return there_is(one, "pool");
        if (one->closed)
            return "a closed pool has no units";
        one->stock += units;
        if (one->stock < (one->is_root() ? -stock_max : 0) || one->stock > stock_max)
            return "no pool has so many units";
    }
    if (fact.from && fact.to &&
        seen_.pool(*fact.from)->account() != seen_.pool(*fact.to)->account())
        return "units stay under their root";
    return {};
}

// Parties.

/// Makes `to` what `party` is; or why it cannot be.
Complaint Judge::bind(const Party& party, Outlook::Party& to)
{
    to.kind = party.kind;
    if (!may_have(party.kind, party.source))
        return "no " + std::string(word(party.kind)) + " has this source";
    if (party.kind == Party::Kind::user) {
        const Outlook::Party* const company = seen_.party(party.company);
        if (!company || company->kind != Party::Kind::company)
            return there_is(nullptr, "company");
        to.company = party.company;
    }
    if (party.kind == Party::Kind::instance) {
        to.pool = seen_.pool(party.pool);
        if (!to.pool || to.pool->is_root())
            return there_is(nullptr, "pool under a root");
    }
    return {};
}

void Judge::unbind(const Outlook::Party& party)
{
    if (party.kind == Party::Kind::user)
        --seen_.party(party.company)->users;
    if (party.pool)
        --party.pool->users;
}

Complaint Judge::operator()(const PartySet& fact)
{
    const Outlook::Party* const before = seen_.party(fact.party.id);
    if (before && before->kind != fact.party.kind)
        return "a party does not become one of another kind";
    if (!before && ++parties_held_ > parties_max)
        return "no server has so many parties";
    Outlook::Party after;
    if (Complaint complaint = bind(fact.party, after); !complaint.empty())
        return complaint;
    if (before) {
        after.users = before->users;
        unbind(*before);
    }
    if (after.kind == Party::Kind::user)
        ++seen_.party(after.company)->users;
    if (after.pool)
        ++after.pool->users;
    seen_.parties.put(fact.party.id, std::move(after));
    return {};
}

Complaint Judge::operator()(const PartyRemoved& fact)
{
    const Outlook::Party* const one = seen_.party(fact.party);
    if (!one)
        return there_is(one, "party");
    if (one->users != 0)
        return "the company has users";
    unbind(*one);
    seen_.parties.take(fact.party);
    --parties_held_;
    return {};
}

} // namespace usher::ledger
