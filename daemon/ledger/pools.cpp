#include "daemon/ledger/pools.hpp"

#include "daemon/ledger/home.hpp"
#include "daemon/ledger/install.hpp"

#include <algorithm>

namespace usher::ledger {
namespace {

Refusal bad_quantity(const PoolId& pool, Units units)
{
    Refusal refusal = refuse(Code::bad_quantity, pool.text);
    refusal.want = units;
    return refusal;
}

/// A scheme's parts by which pools that are there have been shaped.
bool is_of_other_shape(const Scheme& now, const Scheme& then)
{
    return now.rebind != then.rebind || now.is_trial != then.is_trial || now.use != then.use ||
           now.root != then.root || (now.has_children && !then.has_children);
}

std::optional<Refusal> why_not_owned(const State& state, const OpenPool& command,
                                     const PoolRecord& root)
{
    if (command.owner.empty())
        return std::nullopt;
    const PartyRecord* owner = state.find_party(command.owner);
    if (!owner)
        return unknown_party(command.owner);
    if (owner->party.kind == Party::Kind::instance)
        return wrong_kind(owner->party, "only companies and users own pools");
    if (root.scheme->rebind != Rebinding::carry)
        return refuse(Code::not_in_scheme, "scheme " + root.scheme->name,
                      "nobody owns a pool under " + root.pool.id.text);
    const PoolRecord* own = pool_of_owner(state, command.owner, root);
    if (own && own->pool.closed && own->first) { // They would be nobody's and at home nowhere.
        Refusal refusal = refuse(Code::leases_outstanding, *own);
        name_holders(refusal, *own);
        return refusal;
    }
    if (own && !own->pool.closed)
        return refuse(Code::name_taken, own->pool.id.text,
                      command.owner.text + " owns this pool under " + root.pool.id.text);
    return std::nullopt;
}

} // namespace

void post(const PoolRecord& from, const PoolId& to, Units units, const std::string& cause,
          Verdict& verdict)
{
    if (units > 0)
        verdict.facts.emplace_back(
            Posted{.from = from.pool.id, .to = to, .units = units, .cause = cause});
}

void open_under(const State& state, const PoolRecord& root, const PoolId& pool,
                const PartyId& owner, Verdict& verdict)
{
    if (const PoolRecord* closed = state.find_pool(pool)) {
        if (!closed->first && closed->instances.empty())
            verdict.facts.emplace_back(PoolRemoved{pool});
        else
            verdict.facts.emplace_back(PoolRenamed{pool, free_pool_name(state, pool.text)});
    }
    verdict.facts.emplace_back(PoolOpened{Pool{.id = pool,
                                               .parent = root.pool.id,
                                               .product = root.pool.product,
                                               .metric = root.pool.metric,
                                               .allow = {},
                                               .scheme = root.pool.scheme,
                                               .owner = owner}});
}

void close(const State& state, const PoolRecord& pool, Closing leases, const Identity& by,
           Verdict& verdict)
{
    drop_from_queue(state, pool, verdict);
    if (leases == Closing::release)
        end_leases(pool, by, "pool " + pool.pool.id.text + " was closed", verdict,
                   std::get<Done>(verdict.answer).warnings);
    shut(pool, by, verdict);
}

void shut(const PoolRecord& pool, const Identity& by, Verdict& verdict)
{
    post(pool, pool.root->pool.id, pool.stock, "close", verdict);
    verdict.facts.emplace_back(PoolClosed{pool.pool.id, by});
}

std::optional<Refusal> why_no_more_pools(const State& state)
{
    if (state.pools.size() < pools_max)
        return std::nullopt;
    return refuse(Code::limit_reached, {}, std::to_string(pools_max) + " pools are there already");
}

std::optional<Refusal> why_too_many(const PoolRecord& pool, Units units)
{
    if (units <= units_max - pool.stock)
        return std::nullopt;
    return bad_quantity(pool.pool.id, units);
}

Verdict decide(const State& state, const SetSchemes& command, Now)
{
    Verdict verdict{Done{}, {}};
    for (const Scheme& scheme : command.schemes) {
        const auto known = state.schemes.find(scheme.name);
        const bool is_usual = scheme.name == command.usual && command.usual != state.usual_scheme;
        if (known != state.schemes.end() && known->second == scheme && !is_usual)
            continue;
        if (known != state.schemes.end() && is_of_other_shape(known->second, scheme))
            for (const auto& [number, pool] : state.pools_in_order)
                if (pool->pool.scheme == scheme.name)
                    return no(refuse(Code::not_in_scheme, "scheme " + scheme.name,
                                     "rebind, trial, root and children stay as they are while "
                                     "pools have it, and " +
                                         pool->pool.id.text + " has"));
        verdict.facts.emplace_back(SchemeSet{scheme, is_usual});
    }
    return verdict;
}

Verdict decide(const State& state, const OpenPool& command, Now)
{
    const PoolRecord* root = state.find_pool(command.parent);
    if (!root)
        return no(refuse(Code::unknown_pool, command.parent.text));
    if (!root->is_root())
        return no(refuse(Code::not_in_scheme, command.parent.text,
                         "it is under " + root->root->pool.id.text +
                             " itself, and only roots have pools under them"));
    if (!root->scheme->has_children)
        return no(refuse(Code::not_in_scheme, "scheme " + root->scheme->name,
                         "no pool is opened under " + command.parent.text));
    if (const PoolRecord* known = state.find_pool(command.pool); known && !known->pool.closed)
        return no(refuse(Code::name_taken, command.pool.text));
    if (auto refusal = why_not_owned(state, command, *root))
        return no(*std::move(refusal));
    if (auto refusal = why_no_more_pools(state))
        return no(*std::move(refusal));
    Verdict verdict{Done{}, {}};
    open_under(state, *root, command.pool, command.owner, verdict);
    return verdict;
}

Verdict decide(const State& state, const Allocate& command, Now)
{
    if (command.units < 1 || command.units > units_max)
        return no(bad_quantity(command.from, command.units));
    const PoolRecord* from = state.find_pool(command.from);
    const PoolRecord* to = state.find_pool(command.to);
    if (!from || !to)
        return no(refuse(Code::unknown_pool, from ? command.to.text : command.from.text));
    if (from == to)
        return no(refuse(Code::bad_request, command.from.text, "both pools are the same one"));
    if (from->root != to->root)
        return no(refuse(Code::other_root, command.to.text,
                         command.from.text + " is under " + from->root->pool.id.text + ", and " +
                             command.to.text + " under " + to->root->pool.id.text));
    for (const PoolRecord* pool : {from, to})
        if (pool->pool.closed)
            return no(lock_refusal(state, *pool));
    if (!is_unlimited(*from) && from->stock < command.units) {
        Refusal refusal = refuse(Code::insufficient_units, *from);
        refusal.subject = command.from.text;
        refusal.want = command.units;
        return no(std::move(refusal));
    }
    if (!command.force && !is_unlimited(*from) && available(*from) < command.units) {
        Refusal refusal = refuse(Code::would_overcommit, *from);
        refusal.subject = command.from.text;
        refusal.want = command.units;
        refusal.short_by = command.units - available(*from);
        name_holders(refusal, *from);
        return no(std::move(refusal));
    }
    if (auto refusal = why_too_many(*to, command.units))
        return no(*std::move(refusal));
    Verdict verdict{Done{}, {}};
    post(*from, command.to, command.units, "allocate", verdict);
    if (!is_unlimited(*from) && available(*from) < command.units)
        std::get<Done>(verdict.answer)
            .warnings.push_back(command.from.text + " is locked now: " +
                                std::to_string(command.units - available(*from)) + " too few");
    return verdict;
}

Verdict decide(const State& state, const ClosePool& command, Now)
{
    const PoolRecord* pool = state.find_pool(command.pool);
    if (!pool)
        return no(refuse(Code::unknown_pool, command.pool.text));
    if (pool->is_root())
        return no(refuse(Code::root_pool, command.pool.text,
                         "it is there as long as a license feeds it, and cannot be closed"));
    if (pool->pool.closed)
        return no(lock_refusal(state, *pool));
    const bool releases_unasked = !command.leases && pool->scheme->close == Closing::release;
    if (releases_unasked && pool->first) {
        Refusal refusal = refuse(Code::leases_outstanding, *pool);
        name_holders(refusal, *pool);
        return no(std::move(refusal));
    }
    Verdict verdict{Done{}, {}};
    const Closing leases = command.leases.value_or(pool->scheme->close);
    close(state, *pool, leases, command.by, verdict);
    if (pool->first && leases == Closing::keep)
        std::get<Done>(verdict.answer)
            .warnings.push_back("its leases stay, and are locked: " + std::to_string(pool->held) +
                                (pool->held == 1 ? " unit" : " units") + " of them");
    return verdict;
}

} // namespace usher::ledger
