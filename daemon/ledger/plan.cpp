#include "daemon/ledger/apply.hpp"
#include "daemon/ledger/decide.hpp"
#include "daemon/ledger/forecast.hpp"
#include "daemon/ledger/paper.hpp"
#include "daemon/ledger/picture.hpp"
#include "daemon/ledger/settle.hpp"

#include <algorithm>
#include <deque>

/// What a command would do: the rules themselves, on a copy of the state.
namespace usher::ledger {
namespace {

/// Whose leases may end or move by what is asked; all others only count.
struct Scope {
    std::set<PartyId> parties;
    std::set<PoolId> pools;
    bool requirements = false; ///< Whether what covers them may become otherwise.
};

/// The copy. Where the question concerns none of a pool's leases, one that is in no table stands
/// for all of them, so that it costs as much as there are pools and parties, whatever is held.
class Copy {
  public:
    Copy(const State& state, const Scope& scope, Now now);

    /// Applies what happens, and counts what becomes of leases.
    void apply(const std::vector<Fact>& facts);
    void settle();
    std::optional<Refusal> ask(const Plannable& what);

    State state;
    std::size_t ended = 0;
    std::size_t moved = 0;
    std::vector<std::string> warnings;

  private:
    void copy_shape(const State& from, const Scope& scope);
    void copy_leases(const State& from, const Scope& scope);
    void grant(Lease lease);
    void grant_all(const PoolRecord& from);
    void grant_joined(const PoolRecord& from);
    void put_stand_in(const PoolRecord& from, PoolRecord& to);
    template <class One>
    std::optional<Refusal> decide_and_apply(const One& command);
    std::optional<Refusal> decide_and_apply(const Resize& command);

    Now now_;
    std::map<LeaseId, std::size_t> stands_for_; ///< So many leases each, where more than one.
    std::deque<LeaseRecord> stand_ins_;
};

Copy::Copy(const State& from, const Scope& scope, Now now) : state(from.hash.seed), now_(now)
{
    state.term = from.term;
    state.leases_max = from.leases_max;
    copy_shape(from, scope);
    copy_leases(from, scope);
    state.floor = from.floor;
    state.mode = from.mode;
}

void Copy::copy_shape(const State& from, const Scope& scope)
{
    state.pools.reserve(from.pools.size() + 1);
    auto opened = from.pools_in_order.begin();
    for (const Fact& fact : shape_of(from)) {
        if (std::holds_alternative<PoolOpened>(fact)) // A pool keeps its number.
            state.pools_numbered = (opened++)->first - 1;
        std::visit(Applier{state, from.floor}, fact);
    }
    state.pools_numbered = from.pools_numbered;
    if (scope.requirements)
        for (const Fact& fact : requirements_of(from))
            std::visit(Applier{state, from.floor}, fact);
}

std::vector<const LeaseRecord*> leases_of(const State& state, const std::set<PartyId>& parties)
{
    std::vector<const LeaseRecord*> leases;
    for (const PartyId& party : parties)
        if (const auto latest = state.leases_of.find(party); latest != state.leases_of.end())
            for (const LeaseRecord* at = latest->second; at; at = at->party_after)
                leases.push_back(at);
    std::ranges::sort(leases, {}, &LeaseRecord::number);
    return leases;
}

void Copy::copy_leases(const State& from, const Scope& scope)
{
    std::set<const PoolRecord*> ending; // Of these some leases end by themselves.
    for (const auto& [end, id] : from.fixed_ends)
        if (end <= now_.calendar)
            ending.insert(from.leases.at(id).pool);
    for (const LeaseRecord* lease : leases_of(from, scope.parties))
        if (lease->pool->pool.metric == Metric::lease && !ending.contains(lease->pool))
            grant(lease->lease);
    auto to = state.pools_in_order.begin();
    for (const auto& [number, pool] : from.pools_in_order) {
        const bool is_seat_shared = pool->pool.metric != Metric::lease;
        const bool is_concerned = scope.pools.contains(pool->pool.id);
        PoolRecord& copied = *(to++)->second;
        if (is_paper(*pool)) { // What it covers is copied where that is asked for.
            copied.held = pool->held;
            continue;
        }
        if (ending.contains(pool) || (is_seat_shared && (is_concerned || !scope.parties.empty())))
            grant_all(*pool); // Whoever comes may share the seat of any of them.
        else if (is_concerned)
            grant_joined(*pool);
        else
            put_stand_in(*pool, copied);
    }
}

void Copy::grant(Lease lease)
{
    Applier{state, state.floor}(LeaseGranted{std::move(lease), {}, SteadyInstant::max()});
}

void Copy::grant_all(const PoolRecord& from)
{
    for (const LeaseRecord* at = from.first; at; at = at->after)
        grant(at->lease);
}

/// One that ends as all of them would.
void Copy::grant_joined(const PoolRecord& from)
{
    if (!from.first)
        return;
    Lease all = from.first->lease;
    all.units = from.held;
    all.party = {};
    stands_for_.emplace(all.id, from.leases);
    grant(std::move(all));
}

/// For all leases that are not in `to` yet.
void Copy::put_stand_in(const PoolRecord& from, PoolRecord& to)
{
    if (from.leases == to.leases)
        return;
    LeaseRecord& all = stand_ins_.emplace_back();
    all.lease = from.first->lease; // Not one of the others need be looked at.
    all.lease.pool = to.pool.id;
    all.pool = &to;
    all.before = to.last;
    (to.last ? to.last->after : to.first) = &all;
    to.last = &all;
    to.leases = from.leases;
    to.held = from.held;
}

void Copy::apply(const std::vector<Fact>& facts)
{
    const auto count_of = [&](const LeaseId& id) {
        const auto joined = stands_for_.find(id);
        return joined == stands_for_.end() ? std::size_t(1) : joined->second;
    };
    for (const Fact& fact : facts) {
        if (const auto* end = std::get_if<LeaseEnded>(&fact))
            ended += count_of(end->id);
        if (const auto* move = std::get_if<LeaseMoved>(&fact))
            moved += count_of(move->id);
        std::visit(Applier{state, now_.calendar}, fact);
        state.floor = std::max(state.floor, now_.calendar);
    }
}

void Copy::settle()
{
    for (std::vector<Fact> facts = ledger::settle(state, now_); !facts.empty();
         facts = ledger::settle(state, now_))
        apply(facts);
}

template <class One>
std::optional<Refusal> Copy::decide_and_apply(const One& command)
{
    Verdict verdict = decide(state, command, now_);
    if (auto* refusal = std::get_if<Refusal>(&verdict.answer))
        return std::move(*refusal);
    warnings = std::get<Done>(verdict.answer).warnings;
    // How many is counted by what they stand for.
    std::erase_if(warnings, [](const std::string& text) { return text.ends_with(" ended"); });
    apply(verdict.facts);
    return std::nullopt;
}

std::optional<Refusal> Copy::decide_and_apply(const Resize& command)
{
    const auto known = state.entitlements.find(command.license);
    if (known == state.entitlements.end())
        return refuse(Code::unknown_license, command.license.text);
    if (command.units && (*command.units < 0 || *command.units > units_max)) {
        Refusal refusal = refuse(Code::bad_quantity, command.license.text);
        refusal.want = command.units;
        return refusal;
    }
    Entitlement entitlement = known->second.entitlement;
    if (command.units == 0)
        entitlement.to = now_.calendar;
    else
        entitlement.quantity = command.units;
    apply({EntitlementAmended{std::move(entitlement), {}}});
    return std::nullopt;
}

std::optional<Refusal> Copy::ask(const Plannable& what)
{
    // When it is done, it will be done in maintenance.
    if (std::holds_alternative<Remove>(what) || std::holds_alternative<Install>(what))
        state.mode = Mode::maintenance;
    auto refusal = std::visit(
        [&]<class One>(const One& command) -> std::optional<Refusal> {
            if constexpr (std::is_same_v<One, std::monostate>)
                return std::nullopt;
            else
                return decide_and_apply(command);
        },
        what);
    if (!refusal)
        settle();
    return refusal;
}

Scope scope_of(const State& state, const Plannable& what)
{
    if (const auto* rebind = std::get_if<Rebind>(&what))
        return {{rebind->party}, {}};
    if (const auto* removal = std::get_if<RemoveParty>(&what))
        return {{removal->party}, {}};
    if (const auto* end = std::get_if<ClosePool>(&what))
        return {{}, {end->pool}};
    if (const auto* removal = std::get_if<Remove>(&what)) {
        const auto known = state.entitlements.find(removal->license);
        return known == state.entitlements.end() ? Scope{}
                                                 : Scope{{}, {known->second.entitlement.root}};
    }
    const auto* change = std::get_if<SetSource>(&what);
    if (!change)
        return {};
    const PartyRecord* party = state.find_party(change->party);
    const bool is_company = party && party->party.kind == Party::Kind::company;
    return {is_company ? party->users : std::set{change->party}, {}};
}

/// Whether requirements may be covered otherwise by it: to copy them all is dear.
bool may_cover_otherwise(const State& state, const Plannable& what)
{
    const auto is_on_paper = [&](const EntitlementId& license) {
        const auto known = state.entitlements.find(license);
        return known != state.entitlements.end() &&
               is_paper(*state.find_pool(known->second.entitlement.root));
    };
    if (const auto* install = std::get_if<Install>(&what)) {
        const auto scheme =
            state.schemes.find(install->scheme.empty() ? state.usual_scheme : install->scheme);
        return is_on_paper(install->entitlement.id) ||
               (scheme != state.schemes.end() && scheme->second.use == Use::reconciled);
    }
    if (const auto* removal = std::get_if<Remove>(&what))
        return is_on_paper(removal->license);
    if (const auto* resize = std::get_if<Resize>(&what))
        return is_on_paper(resize->license);
    return std::holds_alternative<std::monostate>(what) && !state.requirements.papers().empty();
}

/// What of all requirements no license covers.
Units shortfall_of(const Requirements& requirements)
{
    Units units = 0;
    for (const auto& [product, book] : requirements.books())
        for (const auto& [consumer, one] : book.requirements)
            if (const RequirementStatus status = status_of(one);
                status == RequirementStatus::license_required ||
                status == RequirementStatus::partially_licensed)
                units += full_need(one) - granted(one);
    return units;
}

void tell_shortfall(const Requirements& before, const Requirements& after,
                    std::vector<std::string>& warnings)
{
    const Units units = shortfall_of(after) - shortfall_of(before);
    if (units != 0)
        warnings.push_back("requirements would lack " + units_text(std::abs(units)) +
                           (units > 0 ? " more" : " fewer") + " than now");
}

} // namespace

Verdict decide(const State& state, const Plan& command, Now now)
{
    Now then = now;
    then.calendar = std::max(now.calendar, command.at.value_or(now.calendar));
    Scope scope = scope_of(state, command.what);
    scope.requirements = may_cover_otherwise(state, command.what);
    Copy copy(state, scope, then);
    Forecast forecast{.at = then.calendar, .refusal = {}, .pools = {}, .warnings = {}};
    copy.settle();
    forecast.refusal = copy.ask(command.what);
    forecast.leases_ended = copy.ended;
    forecast.leases_moved = copy.moved;
    forecast.warnings = std::move(copy.warnings);
    compare(state, copy.state, scope.requirements, forecast);
    if (scope.requirements)
        tell_shortfall(state.requirements, copy.state.requirements, forecast.warnings);
    return {std::move(forecast), {}};
}

} // namespace usher::ledger
