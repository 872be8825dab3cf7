#include "daemon/journal/pool_record.hpp"

namespace usher::journal {

using ledger::Fact;

namespace {

std::set<ledger::UserName> users(const record::Users& from)
{
    std::set<ledger::UserName> set;
    for (const std::string& name : from.names())
        set.insert(set.end(), ledger::UserName{name});
    return set;
}

void fill(record::Users& to, const std::set<ledger::UserName>& users)
{
    for (const ledger::UserName& user : users)
        to.add_names(user.text);
}

} // namespace

Fact fact_from(Fields& fields, const record::SchemeSet& from)
{
    fields.require(from.lease_length_us() >= 0, "lease_length", "is out of its range");
    return ledger::SchemeSet{
        {.name = fields.name("name", from.name()),
         .root = fields.word("root", from.root(), ledger::RootPer::product),
         .root_leasable = from.root_leasable(),
         .has_children = from.has_children(),
         .leases = fields.word("leases", from.leases(), ledger::LeaseKind::persistent),
         .lease_length = ledger::Duration(from.lease_length_us()),
         .rebind = fields.word("rebind", from.rebind(), ledger::Rebinding::carry),
         .close = fields.word("close", from.close(), ledger::Closing::release),
         .asks_maintenance = from.asks_maintenance(),
         .restarts_leases = from.restarts_leases(),
         .is_trial = from.is_trial(),
         .use = from.use().empty() ? ledger::Use::served
                                   : fields.word("use", from.use(), ledger::Use::reconciled),
         .changes_models = from.changes_models()},
        from.is_usual()};
}

Fact fact_from(Fields& fields, const record::PoolOpened& from)
{
    ledger::Pool to;
    to.id = {from.id()};
    if (from.has_parent())
        to.parent = {from.parent()};
    to.product = {{from.vendor()}, {from.product()}};
    to.metric = fields.word("metric", from.metric(), ledger::Metric::user_device);
    if (from.has_allow())
        to.allow = users(from.allow());
    if (!from.scheme().empty())
        to.scheme = from.scheme();
    to.owner = {from.owner()};
    return ledger::PoolOpened{std::move(to)};
}

Fact fact_from(Fields& fields, const record::PoolClosed& from)
{
    return ledger::PoolClosed{{fields.name("pool", from.pool())}, {from.by()}};
}

Fact fact_from(Fields& fields, const record::PoolRenamed& from)
{
    return ledger::PoolRenamed{{fields.name("from", from.from())}, {fields.name("to", from.to())}};
}

Fact fact_from(Fields&, const record::PoolRemoved& from)
{
    return ledger::PoolRemoved{{from.pool()}};
}

Fact fact_from(Fields&, const record::UsersSet& from)
{
    ledger::UsersSet to{.pool = {from.pool()}, .by = {from.by()}};
    if (from.has_users())
        to.users = users(from.users());
    return to;
}

Fact fact_from(Fields& fields, const record::PartySet& from)
{
    return ledger::PartySet{
        {.id = {fields.name("id", from.id())},
         .kind = fields.word("kind", from.kind(), ledger::Party::Kind::instance),
         .company = {from.company()},
         .source = fields.word("source", from.source(), ledger::Source::delegate),
         .pool = {from.pool()}},
        {from.by()}};
}

Fact fact_from(Fields& fields, const record::PartyRemoved& from)
{
    return ledger::PartyRemoved{{fields.name("party", from.party())}, {from.by()}};
}

Fact fact_from(Fields& fields, const record::LeaseMoved& from)
{
    return ledger::LeaseMoved{.id = {fields.bytes<16>("id", from.id())},
                              .to = {fields.name("to", from.to())},
                              .kind = fields.kind(from.kind())};
}

void put(record::Fact& to, const ledger::SchemeSet& fact)
{
    const ledger::Scheme& scheme = fact.scheme;
    record::SchemeSet& one = *to.mutable_scheme_set();
    one.set_name(scheme.name);
    one.set_root(text(word(scheme.root)));
    one.set_root_leasable(scheme.root_leasable);
    one.set_has_children(scheme.has_children);
    one.set_leases(text(word(scheme.leases)));
    one.set_lease_length_us(scheme.lease_length.count());
    one.set_rebind(text(word(scheme.rebind)));
    one.set_close(text(word(scheme.close)));
    one.set_asks_maintenance(scheme.asks_maintenance);
    one.set_restarts_leases(scheme.restarts_leases);
    one.set_is_trial(scheme.is_trial);
    one.set_is_usual(fact.is_usual);
    if (scheme.use != ledger::Use::served)
        one.set_use(text(word(scheme.use)));
    one.set_changes_models(scheme.changes_models);
}

void put(record::Fact& to, const ledger::PoolOpened& fact)
{
    const ledger::Pool& pool = fact.pool;
    record::PoolOpened& one = *to.mutable_pool_opened();
    one.set_id(pool.id.text);
    if (pool.parent)
        one.set_parent(pool.parent->text);
    one.set_product(pool.product.name.text);
    one.set_vendor(pool.product.vendor.text);
    one.set_metric(text(word(pool.metric)));
    if (pool.allow)
        fill(*one.mutable_allow(), *pool.allow);
    one.set_scheme(pool.scheme);
    one.set_owner(pool.owner.text);
}

void put(record::Fact& to, const ledger::PoolClosed& fact)
{
    record::PoolClosed& one = *to.mutable_pool_closed();
    one.set_pool(fact.pool.text);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::PoolRenamed& fact)
{
    record::PoolRenamed& one = *to.mutable_pool_renamed();
    one.set_from(fact.from.text);
    one.set_to(fact.to.text);
}

void put(record::Fact& to, const ledger::PoolRemoved& fact)
{
    to.mutable_pool_removed()->set_pool(fact.pool.text);
}

void put(record::Fact& to, const ledger::UsersSet& fact)
{
    record::UsersSet& one = *to.mutable_users_set();
    one.set_pool(fact.pool.text);
    if (fact.users)
        fill(*one.mutable_users(), *fact.users);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::PartySet& fact)
{
    const ledger::Party& party = fact.party;
    record::PartySet& one = *to.mutable_party_set();
    one.set_id(party.id.text);
    one.set_kind(text(word(party.kind)));
    one.set_company(party.company.text);
    one.set_source(text(word(party.source)));
    one.set_pool(party.pool.text);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::PartyRemoved& fact)
{
    record::PartyRemoved& one = *to.mutable_party_removed();
    one.set_party(fact.party.text);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::LeaseMoved& fact)
{
    record::LeaseMoved& one = *to.mutable_lease_moved();
    one.set_id(fact.id.bytes.data(), fact.id.bytes.size());
    one.set_to(fact.to.text);
    one.set_kind(text(word(fact.kind)));
}

} // namespace usher::journal
