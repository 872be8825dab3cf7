#include "daemon/ledger/import_pools.hpp"

#include "daemon/ledger/home.hpp"
#include "daemon/ledger/limits.hpp"
#include "daemon/ledger/pools.hpp"

#include <set>
#include <utility>

namespace usher::ledger {
namespace {

std::string told(const Party& party)
{
    std::string text = std::string(word(party.kind)) + " " + party.id.text;
    if (party.kind == Party::Kind::user)
        text += " of " + party.company.text;
    return party.kind == Party::Kind::instance
               ? text + " with pool " + party.pool.text
               : text + " with source " + std::string(word(party.source));
}

} // namespace

PoolImport::PoolImport(const State& state, const Import& command) : state_(state), command_(command)
{
    for (const Import::License& announced : command.licenses)
        licenses_.emplace(announced.license.root, &announced);
    for (const Import::Child& child : command.pools)
        children_.emplace(child.pool, &child);
    for (const Party& party : command.parties)
        parties_.emplace(party.id, &party);
}

const Import::License* PoolImport::license_for(const PoolId& root) const
{
    const auto found = licenses_.find(root);
    return found == licenses_.end() ? nullptr : found->second;
}

std::optional<PoolId> PoolImport::root_of(const PoolId& pool) const
{
    if (const PoolRecord* here = state_.find_pool(pool))
        return here->root->pool.id;
    if (const auto child = children_.find(pool); child != children_.end())
        return child->second->root;
    return license_for(pool) ? std::optional(pool) : std::nullopt;
}

/// What is here comes first: it stays as it is.
const Party* PoolImport::find_party(const PartyId& id) const
{
    if (const PartyRecord* here = state_.find_party(id))
        return &here->party;
    const auto found = parties_.find(id);
    return found == parties_.end() ? nullptr : found->second;
}

const Scheme* PoolImport::scheme_of(const PoolId& root) const
{
    if (const PoolRecord* here = state_.find_pool(root))
        return here->is_root() ? here->scheme : nullptr;
    const Import::License* announced = license_for(root);
    const auto found = announced ? state_.schemes.find(announced->scheme) : state_.schemes.end();
    return found == state_.schemes.end() ? nullptr : &found->second;
}

bool PoolImport::is_here(const Import::Child& child) const
{
    const PoolRecord* here = state_.find_pool(child.pool);
    return here && !here->pool.closed && !here->is_root() && here->root->pool.id == child.root &&
           here->pool.owner == child.owner;
}

/// Of a license: where it belongs, and how its root behaves.
std::optional<Refusal> PoolImport::judge(const Import::License& announced) const
{
    const ExpectedLicense& license = announced.license;
    const PoolRecord* here = state_.find_pool(license.root);
    if (here && !here->is_root())
        return refuse(Code::name_taken, license.root.text,
                      "it is a pool under " + here->root->pool.id.text);
    if (!state_.schemes.contains(announced.scheme))
        return refuse(Code::unknown_scheme, announced.scheme);
    if (here && here->pool.scheme != announced.scheme)
        return refuse(Code::not_in_scheme, "scheme " + here->pool.scheme,
                      license.root.text + " has it, and " + announced.scheme +
                          " in the description");
    const Import::License& first = *license_for(license.root);
    if (first.license.product != license.product || first.metric != announced.metric ||
        first.scheme != announced.scheme || first.users != announced.users)
        return refuse(Code::product_mismatch, "license " + license.id.text,
                      "license " + first.license.id.text + " feeds " + license.root.text +
                          " too, and describes it otherwise");
    const auto known = state_.entitlements.find(license.id);
    const auto expected = state_.expected.find(license.id);
    const PoolId* root = known != state_.entitlements.end()  ? &known->second.entitlement.root
                         : expected != state_.expected.end() ? &expected->second.root
                                                             : nullptr;
    if (root && *root != license.root)
        return refuse(Code::other_root, "license " + license.id.text,
                      root->text + " here, and " + license.root.text + " in the description");
    return std::nullopt;
}

std::optional<Refusal> PoolImport::judge_owner(const Import::Child& child) const
{
    if (child.owner.empty())
        return std::nullopt;
    const Party* owner = find_party(child.owner);
    if (!owner)
        return unknown_party(child.owner);
    if (owner->kind == Party::Kind::instance)
        return wrong_kind(*owner, "only companies and users own pools");
    const Scheme& scheme = *scheme_of(child.root);
    if (scheme.rebind != Rebinding::carry)
        return refuse(Code::not_in_scheme, "scheme " + scheme.name,
                      "nobody owns a pool under " + child.root.text);
    const PoolRecord* root = state_.find_pool(child.root);
    const PoolRecord* own = root ? pool_of_owner(state_, child.owner, *root) : nullptr;
    if (own && own->pool.closed && own->first) { // They would be at home nowhere.
        Refusal refusal = refuse(Code::leases_outstanding, *own);
        name_holders(refusal, *own);
        return refusal;
    }
    if (own && !own->pool.closed)
        return refuse(Code::name_taken, own->pool.id.text,
                      child.owner.text + " owns this pool under " + child.root.text);
    return std::nullopt;
}

std::optional<Refusal> PoolImport::judge(const Import::Child& child) const
{
    if (is_here(child))
        return std::nullopt;
    const Scheme* scheme = scheme_of(child.root);
    if (!scheme)
        return refuse(Code::unknown_pool, child.root.text);
    if (!scheme->has_children)
        return refuse(Code::not_in_scheme, "scheme " + scheme->name,
                      "no pool is opened under " + child.root.text);
    const PoolRecord* here = state_.find_pool(child.pool);
    const bool is_forgotten = here && here->pool.closed && !here->first && here->instances.empty();
    if ((here && !is_forgotten) || license_for(child.pool))
        return refuse(Code::name_taken, child.pool.text);
    return judge_owner(child);
}

std::optional<Refusal> PoolImport::judge_source(const Party& party) const
{
    if (!may_have(party.kind, party.source))
        return refuse(Code::wrong_kind, party.id.text,
                      "no " + std::string(word(party.kind)) + " has the source " +
                          std::string(word(party.source)));
    if (party.kind == Party::Kind::user) {
        const Party* company = find_party(party.company);
        if (!company)
            return unknown_party(party.company, "company");
        if (company->kind != Party::Kind::company)
            return wrong_kind(*company, "users are of companies");
    }
    if (party.kind != Party::Kind::instance)
        return std::nullopt;
    const auto root = root_of(party.pool);
    const bool is_described = children_.contains(party.pool);
    if (!root)
        return refuse(Code::unknown_pool, party.pool.text);
    if (*root == party.pool)
        return refuse(Code::root_pool, party.pool.text, "an instance uses a pool under it");
    if (const PoolRecord* here = state_.find_pool(party.pool);
        here && here->pool.closed && !is_described)
        return lock_refusal(state_, *here);
    const Scheme* scheme = scheme_of(is_described ? children_.at(party.pool)->root : *root);
    if (scheme && scheme->rebind != Rebinding::drop)
        return refuse(Code::not_in_scheme, "scheme " + scheme->name,
                      "no instance uses a pool of it");
    return std::nullopt;
}

std::optional<Refusal> PoolImport::judge(const Party& party) const
{
    const PartyRecord* here = state_.find_party(party.id);
    if (here && here->party.kind != party.kind)
        return wrong_kind(here->party,
                          "it is a " + std::string(word(party.kind)) + " in the description");
    return here ? std::nullopt : judge_source(party);
}

std::optional<Refusal> PoolImport::judge_limits() const
{
    if (state_.pools.size() + licenses_.size() + children_.size() > pools_max)
        return refuse(Code::limit_reached, {},
                      std::to_string(state_.pools.size()) + " pools are there already");
    if (state_.parties.size() + parties_.size() >= parties_max)
        return refuse(Code::limit_reached, {},
                      std::to_string(state_.parties.size()) + " parties are there already");
    return std::nullopt;
}

std::optional<Refusal> PoolImport::judge() const
{
    for (const Import::License& announced : command_.licenses)
        if (auto refusal = judge(announced))
            return refusal;
    std::set<std::pair<PoolId, PartyId>> owned;
    for (const Import::Child& child : command_.pools) {
        if (auto refusal = judge(child))
            return refusal;
        if (!child.owner.empty() && !owned.emplace(child.root, child.owner).second)
            return refuse(Code::name_taken, child.pool.text,
                          child.owner.text + " owns two pools under " + child.root.text);
    }
    for (const Party& party : command_.parties)
        if (auto refusal = judge(party))
            return refusal;
    return judge_limits();
}

void PoolImport::add(Party::Kind kind, std::vector<Fact>& facts, Done& done) const
{
    for (const Party& party : command_.parties) {
        if (party.kind != kind)
            continue;
        const PartyRecord* here = state_.find_party(party.id);
        if (!here) {
            facts.emplace_back(PartySet{party, command_.by});
            done.changes.push_back(told(party) + " is added");
        } else if (here->party != party) {
            done.warnings.push_back("here it is " + told(here->party) + ", and " + told(party) +
                                    " in the description");
        }
    }
}

void PoolImport::open(const Import::Child& child, std::vector<Fact>& facts, Done& done) const
{
    if (is_here(child))
        return;
    if (state_.find_pool(child.pool)) // Closed, and nobody refers to it any more.
        facts.emplace_back(PoolRemoved{child.pool});
    const PoolRecord* here = state_.find_pool(child.root);
    Pool pool{.id = child.pool,
              .parent = child.root,
              .product = here ? here->pool.product : license_for(child.root)->license.product,
              .metric = here ? here->pool.metric : license_for(child.root)->metric,
              .allow = {},
              .scheme = scheme_of(child.root)->name,
              .owner = child.owner};
    facts.emplace_back(PoolOpened{std::move(pool)});
    done.changes.push_back("pool " + child.pool.text + " is opened under " + child.root.text +
                           (child.owner.empty() ? "" : " for " + child.owner.text));
}

void PoolImport::take_over(std::vector<Fact>& facts, Done& done) const
{
    add(Party::Kind::company, facts, done);
    add(Party::Kind::user, facts, done);
    for (const Import::Child& child : command_.pools)
        open(child, facts, done);
    add(Party::Kind::instance, facts, done);
}

} // namespace usher::ledger
