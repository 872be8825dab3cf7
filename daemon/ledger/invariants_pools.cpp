#include "daemon/ledger/home.hpp"
#include "daemon/ledger/walk.hpp"

#include <algorithm>
#include <map>

/// What must hold of pools under a root, and of the parties that they follow.
namespace usher::ledger {

/// I2, I5, and that a pool is found wherever it is looked for.
void Walk::tree()
{
    std::size_t children = 0;
    std::size_t roots = 0;
    for (const auto& [number, record] : state_.pools_in_order) {
        const Pool& pool = record->pool;
        const std::string& name = pool.id.text;
        expect(record->number == number && state_.find_pool(pool.id) == record,
               "a pool is found by its name and by its number", name);
        expect(record->scheme == &state_.schemes.at(pool.scheme), "a pool has its scheme", name);
        expect(!pool.closed || (!record->is_root() && record->stock == 0 && record->queue.empty()),
               "I5 closed: it has nothing, and nobody waits for it", name);
        children += record->children.size();
        if (record->is_root()) {
            ++roots;
            const auto of_product = state_.roots.find(pool.product);
            expect(!pool.parent && of_product != state_.roots.end() &&
                       of_product->second.contains(number),
                   "a root is found by its product", name);
            // In a move its licenses are counted at the end.
            expect(is_unlimited(*record) || record->stock >= 0 || stands_still(state_.mode),
                   "I2 non-negative: a root's stock", name);
            continue;
        }
        const PoolRecord& root = *record->root;
        const auto child = root.children.find(number);
        expect(pool.parent == root.pool.id && child != root.children.end() &&
                   child->second == record && root.is_root(),
               "a pool hangs under its root", name);
        expect(record->stock >= 0, "I2 non-negative: a stock", name);
        expect(pool.product == root.pool.product && pool.metric == root.pool.metric &&
                   pool.scheme == root.pool.scheme,
               "a pool is what its root is", name);
    }
    std::size_t known_roots = 0;
    for (const auto& [product, list] : state_.roots)
        known_roots += list.size();
    expect(state_.pools_in_order.size() == state_.pools.size() && known_roots == roots &&
               children + roots == state_.pools.size(),
           "every pool is a root or under one", "");
}

/// Who is of whom, who uses what, who owns what.
void Walk::parties()
{
    std::map<PartyId, std::set<PartyId>> users;
    std::map<PoolId, std::set<PartyId>> instances;
    for (const auto& [id, record] : state_.parties) {
        const Party& party = record.party;
        expect(party.id == id && may_have(party.kind, party.source),
               "a party has a source that its kind may have", id.text);
        if (party.kind == Party::Kind::user)
            users[party.company].insert(id);
        if (party.kind == Party::Kind::instance)
            instances[party.pool].insert(id);
        for (const auto& [root, pool] : record.own)
            expect(pool->pool.owner == id && pool->root->pool.id == root,
                   "a party owns what names it as its owner", id.text);
    }
    for (const auto& [id, record] : state_.parties)
        expect(record.users == users[id], "a company knows its users", id.text);
    for (const auto& [company, list] : users)
        expect(state_.find_party(company) != nullptr, "a user's company is there", company.text);
    for (const auto& [id, record] : state_.pools) {
        expect(record.instances == instances[id], "a pool knows who uses it", id.text);
        const PartyRecord* owner = state_.find_party(record.pool.owner);
        expect(!owner || record.pool.closed ||
                   pool_of_owner(state_, record.pool.owner, *record.root) == &record,
               "an owner knows what he owns", id.text);
    }
    for (const auto& [id, list] : instances)
        expect(state_.find_pool(id) != nullptr, "an instance's pool is there", id.text);
}

/// I6, the same of instances, and that the leases of a party and of an identity are found.
void Walk::homes()
{
    std::map<PartyId, std::set<const LeaseRecord*>> of_party;
    std::map<Identity, std::map<std::uint64_t, LeaseRecord*>> kept;
    for (const LeaseRecord& record : state_.leases.all()) {
        const Lease& lease = record.lease;
        if (!lease.party.empty())
            of_party[lease.party].insert(&record);
        if (lease.kind != LeaseKind::floating)
            kept[lease.identity].emplace(record.number, const_cast<LeaseRecord*>(&record));
        const Rebinding rebind = record.pool->scheme->rebind;
        const PartyRecord* party = state_.find_party(lease.party);
        if (rebind == Rebinding::none || (rebind == Rebinding::drop && lease.party.empty()) ||
            state_.mode == Mode::arriving)
            continue;
        expect(party != nullptr, "a lease that follows its party knows it", lease.user.text);
        if (party)
            expect(pool_of_party(state_, party->party, record.pool->root) == record.pool,
                   "I6 home: a lease is of its party's pool", lease.user.text);
    }
    for (const auto& [id, latest] : state_.leases_of) {
        std::set<const LeaseRecord*> found;
        const LeaseRecord* before = nullptr;
        for (const LeaseRecord* at = latest; at; before = at, at = at->party_after) {
            expect(at->party_before == before, "a party's leases hang together", id.text);
            found.insert(at);
        }
        expect(found == of_party[id], "a party's leases are found by it", id.text);
    }
    expect(state_.leases_of.size() == of_party.size(), "no party is left without a lease", "");
    expect(state_.kept_by.size() == kept.size() &&
               std::ranges::all_of(state_.kept_by,
                                   [&](const auto& one) { return one.second == kept[one.first]; }),
           "who holds what no silence ends finds it", "");
}

void Walk::watches()
{
    std::size_t seen = 0;
    for (const auto& [number, watch] : state_.watches) {
        seen += watch.pool ? 1 : 0;
        expect(!watch.pool || watch.pool->watches.contains(number), "a pool knows who watches it",
               watch.asked.text);
        const auto of = state_.watches_of.find(watch.connection);
        expect(of != state_.watches_of.end() && of->second.contains(number),
               "a connection knows its watches", watch.asked.text);
    }
    for (const auto& [id, pool] : state_.pools)
        seen -= pool.watches.size();
    expect(seen == 0, "nobody watches a pool any more without knowing", "");
}

} // namespace usher::ledger
