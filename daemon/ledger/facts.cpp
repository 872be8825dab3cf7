#include "daemon/ledger/picture.hpp"

#include <algorithm>
#include <ranges>
#include <type_traits>

namespace usher::ledger {
namespace {

/// The records in the order of their numbers, so that equal states give equal facts.
auto by_number(auto&& records)
{
    static_assert(std::is_reference_v<std::ranges::range_reference_t<decltype(records)>>);
    std::vector<const std::ranges::range_value_t<decltype(records)>*> sorted;
    sorted.reserve(std::ranges::size(records));
    for (const auto& record : records)
        sorted.push_back(&record);
    std::ranges::sort(sorted, {}, [](const auto* record) { return record->number; });
    return sorted;
}

/// Before the licenses themselves, which count by them.
void append_activations(const State& state, std::vector<Fact>& facts)
{
    for (const auto& [license, one] : state.activations) {
        const auto activated = [&](std::uint64_t number) {
            return Activated{license,
                             number,
                             one.kind,
                             one.issuer,
                             one.check,
                             one.checked,
                             number == one.number ? one.redeemed : std::string(),
                             {}};
        };
        if (one.receipt) {
            if (one.number == 0) // What is known of the active one is of the last.
                facts.emplace_back(activated(one.receipt->number));
            facts.emplace_back(ActivationEnded{license, *one.receipt, {}});
        }
        if (one.number != 0)
            facts.emplace_back(activated(one.number));
        if (one.denied)
            facts.emplace_back(IssuerAnswered{license, one.number, false, {}});
        if (one.doubt != Doubt::none)
            facts.emplace_back(ActivationDoubted{license, one.doubt});
        if (one.showing)
            facts.emplace_back(ShowingMade{license, *one.showing});
        if (one.pending)
            facts.emplace_back(ActivationRequested{license, *one.pending, {}});
    }
}

/// Those that are not as they always were; and those that pools have, for a server that takes over
/// may have others of their names. `server` is what a root has that was never told of any.
void append_schemes(const State& state, std::vector<Fact>& facts)
{
    std::set<std::string> used{state.usual_scheme};
    for (const auto& [product, roots] : state.roots)
        for (const auto& [number, root] : roots)
            used.insert(root->pool.scheme);
    used.erase(std::string(server_scheme));
    const auto presets = preset_schemes();
    for (const auto& [name, scheme] : state.schemes) {
        const bool is_preset = std::ranges::find(presets, scheme) != presets.end();
        if (!is_preset || used.contains(name))
            facts.emplace_back(SchemeSet{scheme, name == state.usual_scheme});
    }
}

/// Companies before their users, owners before what they own, pools before who uses them.
void append_parties(const State& state, Party::Kind kind, std::vector<Fact>& facts)
{
    std::vector<const Party*> parties;
    for (const auto& [id, record] : state.parties)
        if (record.party.kind == kind)
            parties.push_back(&record.party);
    std::ranges::sort(parties, {}, &Party::id);
    for (const Party* party : parties)
        facts.emplace_back(PartySet{*party, {}});
}

/// A closed pool is opened and closed again, in the order in which pools were opened.
void append_pools(const State& state, std::vector<Fact>& facts)
{
    for (const auto& [number, record] : state.pools_in_order) {
        Pool pool = record->pool;
        pool.closed = false;
        facts.emplace_back(PoolOpened{std::move(pool)});
        if (record->pool.closed)
            facts.emplace_back(PoolClosed{record->pool.id, {}});
    }
}

void append_entitlements(const State& state, std::vector<Fact>& facts)
{
    for (const auto& [id, product] : state.products)
        facts.emplace_back(ProductDefined{product});
    append_schemes(state, facts);
    append_parties(state, Party::Kind::company, facts);
    append_parties(state, Party::Kind::user, facts);
    append_pools(state, facts);
    append_parties(state, Party::Kind::instance, facts);
    for (const auto& [id, record] : state.entitlements) {
        facts.emplace_back(EntitlementInstalled{record.entitlement, {}});
        // In a move all of them are counted anew at its end, and until then they stand as they did.
        if (!state.uncounted.contains(id) || stands_still(state.mode))
            facts.emplace_back(
                EntitlementCounted{id, record.counts, record.unlimited, record.units});
    }
    for (const auto& [id, license] : state.expected)
        facts.emplace_back(LicenseExpected{license, {}});
    for (const auto& [number, record] : state.pools_in_order) {
        const PoolId& id = record->pool.id;
        if (record->stock > 0)
            facts.emplace_back(
                Posted{.from = {}, .to = id, .units = record->stock, .cause = "snapshot"});
        if (record->stock < 0) // Of an unlimited root, which has given more than it was sold.
            facts.emplace_back(
                Posted{.from = id, .to = {}, .units = -record->stock, .cause = "snapshot"});
    }
}

void append_profiles(const State& state, std::vector<Fact>& facts)
{
    for (const ProfileRecord* record : by_number(std::views::values(state.profiles))) {
        facts.emplace_back(ProfileSet{record->profile, {}});
        std::vector<std::pair<std::string, CalendarInstant>> uses;
        for (const auto& [key, client] : record->clients)
            if (client.last >= client_memory_start(state.floor))
                uses.emplace_back(key, client.last);
        std::ranges::sort(uses);
        for (const auto& [key, last] : uses) {
            auto [user, device] = client_from(key);
            facts.emplace_back(
                ProfileUsed{record->profile.name, std::move(user), std::move(device), last});
        }
    }
}

void append_credentials(const State& state, bool followed, std::vector<Fact>& facts)
{
    for (const auto& [name, credential] : state.credentials)
        if (state.credentials_followed.contains(name) == followed)
            facts.emplace_back(CredentialIssued{credential, {}});
}

/// Before all that crosses: an arrival begins with nothing of it.
void append_moves(const State& state, std::vector<Fact>& facts)
{
    if (state.departure)
        facts.emplace_back(Departed{*state.departure, {}});
    if (state.departure_confirmed)
        facts.emplace_back(DepartureConfirmed{});
    if (state.arrival)
        facts.emplace_back(ArrivalBegun{*state.arrival, {}});
    if (state.arrival && state.mode != Mode::arriving)
        facts.emplace_back(Arrived{});
}

/// After the pools of the licenses that cover them.
void append_requirements(const State& state, std::vector<Fact>& facts)
{
    const Requirements& requirements = state.requirements;
    std::vector<const Foundation*> foundations;
    std::vector<Coverage> covers;
    for (const auto& [product, book] : requirements.books()) {
        if (book.behind)
            facts.emplace_back(ProductConsolidationSet{*book.behind, false, {}});
        for (const auto& [consumer, one] : book.requirements) {
            for (const Foundation& foundation : one.foundations)
                foundations.push_back(&foundation);
            if (!one.grants.empty() || one.trigger)
                covers.push_back(coverage_of(one));
        }
    }
    for (const auto& [device, user] : requirements.principals())
        facts.emplace_back(PrincipalSet{{device}, user, {}});
    std::ranges::sort(foundations, {}, &Foundation::seq);
    for (const Foundation* foundation : foundations)
        facts.emplace_back(FoundationPut{*foundation, {}});
    for (const auto& [id, one] : requirements.consolidations())
        facts.emplace_back(ConsolidationSet{one, false, {}});
    for (Coverage& cover : covers)
        facts.emplace_back(Covered{std::move(cover)});
}

} // namespace

std::vector<Fact> shape_of(const State& state)
{
    std::vector<Fact> facts;
    append_activations(state, facts);
    append_entitlements(state, facts);
    return facts;
}

std::vector<Fact> requirements_of(const State& state)
{
    std::vector<Fact> facts;
    append_requirements(state, facts);
    return facts;
}

std::vector<Fact> facts_of(const State& state)
{
    std::vector<Fact> facts;
    if (state.anchor || state.was_doubted)
        facts.emplace_back(CounterAnchored{state.anchor, state.was_doubted});
    append_activations(state, facts);
    append_credentials(state, false, facts);
    append_moves(state, facts);
    append_entitlements(state, facts);
    append_requirements(state, facts);
    append_profiles(state, facts);
    append_credentials(state, true, facts);
    for (const LeaseRecord* record : by_number(state.leases.all()))
        facts.emplace_back(LeaseGranted{record->lease});
    for (const auto& [place, record] : state.waiters)
        facts.emplace_back(Queued{record.waiter});
    if (state.mode == Mode::maintenance)
        facts.emplace_back(ModeSet{state.mode, {}});
    for (const Denied& denied : state.denials)
        facts.emplace_back(denied);
    for (const LeaseId& id : state.endings_in_order) {
        const Ending& ending = state.endings.at(id);
        facts.emplace_back(EndingRemembered{id, ending.identity, ending.reason});
    }
    return facts;
}

} // namespace usher::ledger
