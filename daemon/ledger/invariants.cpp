#include "daemon/ledger/invariants.hpp"

#include "daemon/ledger/admission.hpp"
#include "daemon/ledger/paper.hpp"
#include "daemon/ledger/settle.hpp"
#include "daemon/ledger/walk.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace usher::ledger {

/// I1, I9, and that nothing is overdue for counting.
void Walk::entitlements()
{
    std::map<PoolId, Units> fed;
    std::map<PoolId, std::size_t> unlimited;
    std::map<ProductId, std::size_t> counting;
    for (const auto& [id, record] : state_.entitlements) {
        const PoolRecord* root = state_.find_pool(record.entitlement.root);
        expect(root && root->fed_by.contains(id), "an entitlement feeds its root", id.text);
        fed[record.entitlement.root] += record.units;
        unlimited[record.entitlement.root] += record.unlimited ? 1 : 0;
        counting[record.entitlement.product] += record.counts ? 1 : 0;
        if (stands_still(state_.mode))
            continue; // It is counted when the move ends.
        const Worth value = worth(state_, record.entitlement, now_.calendar);
        const Units units = value.counts ? value.units.value_or(0) : 0;
        expect(record.counts == value.counts && record.units == units &&
                   record.unlimited == (value.counts && !value.units),
               "entitlements are counted as what they are worth now", id.text);
        expect(record.entitlement.lock == NodeLock::none || record.entitlement.on_this_node ||
                   record.units == 0,
               "I9 node-lock: what names another host counts nothing", id.text);
    }
    for (const auto& [id, license] : state_.expected) {
        expect(!state_.entitlements.contains(id), "what is here is not expected", id.text);
        const PoolRecord* root = state_.find_pool(license.root);
        expect(root && root->pool.product == license.product,
               "an expected license has its pool already", id.text);
    }
    std::map<PoolId, Units> stock;
    for (const auto& [id, record] : state_.pools)
        stock[record.root->pool.id] += record.stock;
    for (const auto& [root, units] : stock) // What is followed may be cut in the middle of a turn.
        expect(units == fed[root] || state_.mode == Mode::arriving,
               "I1 conservation: stock is what entitlements give", root.text);
    for (const auto& [id, record] : state_.pools)
        expect(record.unlimited == unlimited[id], "unlimited entitlements are counted", id.text);
    for (const auto& [product, count] : state_.counting)
        expect(count == counting[product], "counting entitlements are counted", product.name.text);
}

/// I8 as far as one host can see it: what is not the active one, was denied or is overdue counts
/// nothing, and a number that has ended is never active again.
void Walk::activations()
{
    for (const auto& [id, record] : state_.entitlements) {
        if (record.entitlement.activation == 0 || stands_still(state_.mode))
            continue;
        const Activation* activation = state_.find_activation(id);
        expect(!record.counts ||
                   (activation && activation->number == record.entitlement.activation),
               "I8 one host: only the active one counts", id.text);
        expect(!record.counts || (activation && !activation->denied),
               "I8 one host: what the issuer denied counts nothing", id.text);
        expect(!record.counts || (activation && activation->doubt == Doubt::none),
               "I8 one host: what is in doubt counts nothing", id.text);
        const auto lapse = activation ? lapse_of(*activation) : std::nullopt;
        expect(!record.counts || !lapse || now_.calendar < *lapse,
               "I8 one host: who did not show himself in time has nothing", id.text);
        expect(!record.counts || !lapse || state_.boundaries.contains({*lapse, id}),
               "every lapse is a boundary", id.text);
    }
    for (const auto& [id, activation] : state_.activations) {
        expect(activation.number == 0 || activation.number > spent(activation),
               "I8 one host: a spent number is never active again", id.text);
        expect(activation.number != 0 || activation.doubt == Doubt::none,
               "only what is active is in doubt", id.text);
        const auto installed = state_.entitlements.find(id);
        expect(activation.number == 0 ||
                   (installed != state_.entitlements.end() &&
                    installed->second.entitlement.activation == activation.number),
               "an active license is the one that is installed", id.text);
    }
}

/// What is held is the sum over seats.
void Walk::pool(const PoolRecord& record)
{
    const std::string& name = record.pool.id.text;
    Units held = 0;
    std::size_t count = 0;
    std::map<std::string, std::map<Units, std::size_t>> seats;
    const LeaseRecord* before = nullptr;
    for (const LeaseRecord* at = record.first; at; before = at, at = at->after) {
        ++count;
        expect(at->pool == &record && at->lease.pool == record.pool.id,
               "a lease hangs in its own pool", name);
        expect(at->before == before && (!before || before->number < at->number),
               "the leases of a pool stand in the order of their grants", name);
        if (record.pool.metric == Metric::lease)
            held += at->lease.units;
        else
            ++seats[seat_key(record.pool.metric, at->lease.user, at->lease.device)]
                   [at->lease.units];
    }
    expect(record.last == before, "the last lease of a pool is its last", name);
    for (const auto& [key, leases] : seats) {
        held += leases.rbegin()->first;
        const auto seat = record.seats.find(key);
        expect(seat != record.seats.end() && seat->second.leases == leases,
               "a seat knows its leases", name);
    }
    expect(record.seats.size() == seats.size(), "no seat is left without a lease", name);
    if (is_paper(record)) {
        const PaperRecord* paper = state_.requirements.find(record.pool.id);
        expect(paper && paper->granted == record.held && paper->pool == paper_of(state_, record),
               "a pool on paper stands as reconciling sees it", name);
        held = record.held;
    }
    expect(record.held == held, "held is the sum over seats", name);
    expect(record.leases == count, "a pool counts its leases", name);
}

void Walk::pools()
{
    for (const auto& [id, record] : state_.pools)
        pool(record);
    std::size_t hanging = 0;
    for (const auto& [id, record] : state_.pools)
        for (const LeaseRecord* at = record.first; at; at = at->after)
            ++hanging;
    expect(hanging == state_.leases.size(), "every lease hangs in one pool", "");
}

/// I7, and that a tag names one thing.
void Walk::leases()
{
    for (const LeaseRecord& record : state_.leases.all()) {
        const auto tag = state_.tags.find(record.lease.tag);
        expect(tag != state_.tags.end() && tag->second == record.lease.id, "a tag names its lease",
               record.lease.user.text);
        expect((record.lease.kind == LeaseKind::floating) ==
                   (record.listening != LeaseRecord::Listening::none),
               "floating leases, and they alone, are listened to", record.lease.user.text);
        const auto silent = silent_at(state_, record);
        expect(!silent || now_.steady < *silent || stands_still(state_.mode),
               "I7 floating: nobody is overdue", record.lease.user.text);
    }
    expect(state_.tags.size() == state_.leases.size() + state_.waiters.size(),
           "no tag is left without its lease", "");
    expect(state_.speaking.size() + state_.lost.size() <= state_.leases.size(),
           "nobody is listened to twice", "");
}

/// Nobody waits for what is free, or for what cannot come.
void Walk::waiters()
{
    std::map<PoolId, std::size_t> queued;
    for (const auto& [place, record] : state_.waiters) {
        const Waiter& waiter = record.waiter;
        const std::string& name = waiter.lease.user.text;
        expect(place == waiter.place && place <= state_.places_given, "a place is its own", name);
        expect(!state_.leases.contains(waiter.lease.id), "nobody waits for what he holds", name);
        const bool is_still = stands_still(state_.mode);
        expect(record.patient_until == SteadyInstant{} || now_.steady < record.deadline || is_still,
               "no wait is overdue", name);
        expect(is_still || is_possible(state_, waiter), "nobody waits for what cannot come", name);
        expect(waiter.lease.pool == waiter.ways.front().pool &&
                   waiter.lease.profile == waiter.ways.front().profile,
               "a wait is for its first way before others", name);
        for (const Way& way : waiter.ways) {
            ++queued[way.pool];
            const PoolRecord* pool = state_.find_pool(way.pool);
            expect(pool && pool->queue.find(place) != pool->queue.end(),
                   "who waits stands in the queue", name);
            expect(state_.mode != Mode::serving || !pool ||
                       why_not_now(state_, *pool, wish_of(waiter, *pool)).has_value(),
                   "nobody waits for what is free", name);
        }
    }
    for (const auto& [id, record] : state_.pools)
        expect(record.queue.size() == queued[id], "a queue holds who waits, once", id.text);
    expect(state_.wait_ends.size() == state_.waiters.size(), "every wait ends once", "");
}

/// What is in use through each profile, and who holds something through it.
void Walk::profiles()
{
    struct Taken {
        Units in_use = 0;
        std::map<const Seat*, std::map<Units, std::size_t>> seats;
        std::map<std::string, std::size_t> clients; ///< How many leases each has.
    };
    std::map<const ProfileRecord*, Taken> uses;
    for (const LeaseRecord& lease : state_.leases.all()) {
        expect(lease.profile == state_.find_profile(lease.lease.profile),
               "a lease is of the profile that bears its profile's name", lease.lease.user.text);
        Taken& use = uses[lease.profile];
        if (lease.client)
            ++use.clients[client_key(lease.lease.user, lease.lease.device)];
        if (lease.seat)
            ++use.seats[lease.seat][lease.lease.units];
        else
            use.in_use += lease.lease.units;
    }
    std::map<std::uint64_t, const ProfileRecord*> defaults;
    for (const auto& [name, record] : state_.profiles) {
        Taken use = uses[&record];
        for (const auto& [seat, leases] : use.seats)
            use.in_use += leases.rbegin()->first;
        if (!record.profile.capacity)
            use.in_use = 0, use.seats.clear();
        expect(record.in_use == use.in_use, "in use is the sum over a profile's seats", name.text);
        expect(record.seats.size() == use.seats.size() &&
                   std::ranges::all_of(record.seats,
                                       [&](const auto& one) {
                                           const auto seat = use.seats.find(one.first);
                                           return seat != use.seats.end() &&
                                                  seat->second == one.second.leases;
                                       }),
               "a profile knows what of each seat was taken through it", name.text);
        expect(std::ranges::all_of(record.clients,
                                   [&](const auto& one) {
                                       const auto client = use.clients.find(one.first);
                                       return one.second.leases ==
                                              (client == use.clients.end() ? 0 : client->second);
                                   }),
               "a profile knows how many leases each client has", name.text);
        if (record.profile.is_default)
            defaults.emplace(record.number, &record);
    }
    expect(state_.defaults == defaults, "the defaults are the profiles that say so", "");
}

/// What can be made anew from the tables alone is what it would be then.
void Walk::indexes()
{
    decltype(state_.boundaries) boundaries;
    for (const auto& [id, record] : state_.entitlements)
        for (const CalendarInstant instant : boundaries_of(state_, record.entitlement))
            if (now_.calendar < instant)
                boundaries.emplace(instant, id);
    expect(stands_still(state_.mode) || (std::ranges::includes(state_.boundaries, boundaries) &&
                                         state_.boundaries.size() == boundaries.size()),
           "boundaries are where licenses begin, end and lapse", "");
    decltype(state_.fixed_ends) fixed_ends;
    for (const LeaseRecord& record : state_.leases.all())
        if (record.lease.kind == LeaseKind::fixed && record.lease.ends)
            fixed_ends.emplace(*record.lease.ends, record.lease.id);
    expect(state_.fixed_ends == fixed_ends, "fixed leases, and they alone, have an end", "");
    decltype(state_.credential_names) names;
    for (const auto& [name, credential] : state_.credentials)
        names.emplace(credential.digest, name);
    expect(state_.credential_names == names, "every credential is found by its digest", "");
    for (const auto& [id, pool] : state_.pools) {
        decltype(pool.wished) wished;
        if (pool.pool.metric != Metric::lease)
            for (const std::uint64_t place : pool.queue)
                if (const auto waits = state_.waiters.find(place); waits != state_.waiters.end()) {
                    const Lease& wish = waits->second.waiter.lease;
                    wished.emplace(seat_key(pool.pool.metric, wish.user, wish.device), place);
                }
        expect(pool.wished == wished, "wished is every seat key that somebody waits for", id.text);
    }
    const auto is_remembered = [&](const LeaseId& id) { return state_.endings.contains(id); };
    expect(state_.endings.size() == state_.endings_in_order.size() &&
               std::ranges::all_of(state_.endings_in_order, is_remembered),
           "every remembered end has its turn to be forgotten", "");
}

/// The lists of what to look at are empty once all is settled.
void Walk::lists()
{
    if (stands_still(state_.mode))
        return; // Nothing is settled before the move ends.
    expect(state_.uncounted.empty() && state_.freed.empty() && state_.shareable.empty() &&
               state_.watches_due.empty() && !state_.documents_changed && !state_.hopes_changed,
           "all is settled", "");
    const auto is_ordered = [&](const std::list<LeaseRecord*>& list) {
        return std::ranges::is_sorted(
            list, {}, [&](const LeaseRecord* lease) { return silent_at(state_, *lease); });
    };
    expect(is_ordered(state_.speaking) && is_ordered(state_.lost),
           "those who are listened to stand in the order of their deadlines", "");
    const auto boundary = next_boundary(state_);
    expect(!boundary || now_.calendar < *boundary, "no boundary is overdue", "");
}

/// What has departed is alive nowhere here, and what arrives is not alive yet.
void Walk::moves()
{
    const bool is_arriving = state_.mode == Mode::arriving;
    const bool has_departed = state_.mode == Mode::departed;
    expect(!is_arriving || state_.arrival, "who arrives comes from somewhere", "");
    expect(has_departed ? state_.departure.has_value() : is_arriving || !state_.departure,
           "who has departed knows where to, and nobody else", "");
    expect(!state_.departure_confirmed || state_.departure, "only a departure is confirmed", "");
    expect(!has_departed || !state_.departure_confirmed || is_empty(state_),
           "a confirmed departure leaves nothing behind", "");
    for (const auto& [id, activation] : state_.activations)
        expect(!stands_still(state_.mode) || activation.number == 0,
               "I8 one host: nothing is active here during a move", id.text);
    if (has_departed)
        for (const Departure::Ticket& ticket : state_.departure->tickets) {
            const Activation* activation = state_.find_activation(ticket.license);
            expect(activation && activation->receipt, "every ticket has its receipt",
                   ticket.license.text);
        }
    for (const std::string& name : state_.credentials_followed)
        expect(is_arriving && state_.credentials.contains(name),
               "only what comes is followed, while it comes", name);
    if (const auto& stream = state_.stream)
        expect(!stream->beginning || stream->beginning->list.size() == stream->beginning_size,
               "a stream begins with what made the state", "");
}

namespace {

const PoolPicture* find(const Summary& summary, const PoolId& id)
{
    const auto found =
        std::ranges::find(summary.pools, id, [](const PoolPicture& pool) { return pool.pool.id; });
    return found == summary.pools.end() ? nullptr : &*found;
}

/// Whether a lease that was not there before came through the profile.
bool has_lent(const Summary& before, const Summary& after, const ProfileName& profile)
{
    std::set<LeaseId> known;
    for (const LeasePicture& lease : before.leases)
        known.insert(lease.lease.id);
    return std::ranges::any_of(after.leases, [&](const LeasePicture& lease) {
        return lease.lease.profile == profile && !known.contains(lease.lease.id);
    });
}

} // namespace

std::vector<std::string> broken_invariants(const Ledger& ledger, Now now)
{
    Walk walk(ledger.state(), now);
    walk.entitlements();
    walk.activations();
    walk.pools();
    walk.leases();
    walk.waiters();
    walk.profiles();
    walk.indexes();
    walk.lists();
    walk.moves();
    walk.tree();
    walk.parties();
    walk.homes();
    walk.watches();
    walk.requirements();
    return std::move(walk.broken);
}

std::vector<std::string> broken_steps(const Summary& before, const Summary& after, bool shrank)
{
    std::vector<std::string> broken;
    for (const PoolPicture& pool : after.pools) {
        const PoolPicture* was = find(before, pool.pool.id);
        const bool is_over = !pool.pool.closed && !pool.unlimited && pool.held > pool.stock;
        const bool was_over = was && !was->unlimited && was->held > was->stock;
        if (is_over && !was_over && !shrank)
            broken.push_back("I3 no oversale: " + pool.pool.id.text);
        // Who comes with his units takes nothing of it.
        if (is_over && was_over &&
            pool.held - was->held > std::max<Units>(0, pool.stock - was->stock))
            broken.push_back("I3 a locked pool lends nothing: " + pool.pool.id.text);
    }
    // More may be in use where a profile got its capacity later, or where users who share a seat
    // are parted; but not by lending.
    for (const ProfilePicture& one : after.profiles)
        if (one.profile.capacity && one.in_use > *one.profile.capacity &&
            has_lent(before, after, one.profile.name))
            broken.push_back("a profile lends no more than its capacity: " + one.profile.name.text);
    return broken;
}

} // namespace usher::ledger
