#include "daemon/ledger/admission.hpp"
#include "daemon/ledger/decide.hpp"
#include "daemon/ledger/routing.hpp"
#include "daemon/ledger/watch.hpp"

#include <unordered_set>

/// Many leases in one question: all of it or none.
namespace usher::ledger {
namespace {

Refusal at_row(std::size_t index, Refusal refusal)
{
    refusal.row = static_cast<Units>(index + 1);
    return refusal;
}

std::optional<Refusal> why_not_so_many(std::size_t rows)
{
    if (rows == 0)
        return refuse(Code::bad_request, {}, "it names no leases");
    if (rows > rows_max)
        return refuse(Code::limit_reached, {},
                      std::to_string(rows) + " rows are more than the " + std::to_string(rows_max) +
                          " of one request");
    return std::nullopt;
}

/// What of the seat was taken through the profile; null: there is no such seat.
Units units_through(const ProfileRecord& profile, const Seat* seat)
{
    const auto taken = profile.seats.find(seat);
    return taken == profile.seats.end() ? 0 : taken->second.units();
}

/// One registration: first every row is judged, then each pool that may serve them all is tried.
class Registration {
  public:
    Registration(const State& state, const Register& command, Now now)
        : state_(state), command_(command), now_(now)
    {}

    Verdict verdict();

  private:
    [[nodiscard]] std::optional<Refusal> sort_rows();
    [[nodiscard]] std::optional<Refusal> why_not_new(const Register::Row& row);
    [[nodiscard]] std::optional<Refusal> why_not_at(const Stop& stop);
    [[nodiscard]] std::optional<Refusal> why_too_full(const PoolRecord& pool, const Stop& stop);
    [[nodiscard]] Lease lease_of(const Register::Row& row, const Stop& stop) const;
    Verdict take(const Stop& stop);
    [[nodiscard]] Verdict refused(Refusal refusal) const;

    const State& state_;
    const Register& command_;
    Now now_;
    std::vector<std::size_t> new_rows_;
    const LeaseRecord* known_ = nullptr; ///< One that was registered before.
    Units further_ = 0;                  ///< Units that the new ones take of the pool tried last.
};

/// A row that was answered before must be the very same one.
std::optional<Refusal> Registration::why_not_new(const Register::Row& row)
{
    if (row.units < 1 || row.units > units_max) {
        Refusal refusal = refuse(Code::bad_quantity, row.device.text);
        refusal.want = row.units;
        return refusal;
    }
    if (const LeaseRecord* held = state_.find_lease(row.id)) {
        const Lease& lease = held->lease;
        const bool is_same = lease.identity == command_.asker.identity &&
                             lease.units == row.units && lease.user == row.user &&
                             lease.device == row.device &&
                             (command_.party.empty() || command_.party == lease.party);
        if (!is_same)
            return refuse(Code::lease_id_reused);
        known_ = held;
        return std::nullopt;
    }
    if (state_.tags.contains(row.tag) || state_.find_waiter(row.id))
        return refuse(Code::lease_id_reused);
    return state_.returned.has(row.id) ? std::optional(id_was_returned()) : std::nullopt;
}

std::optional<Refusal> Registration::sort_rows()
{
    std::unordered_set<LeaseId, SeededHash> ids(command_.rows.size(), state_.hash);
    std::unordered_set<LeaseTag, SeededHash> tags(command_.rows.size(), state_.hash);
    for (std::size_t i = 0; i < command_.rows.size(); ++i) {
        const Register::Row& row = command_.rows[i];
        if (!ids.insert(row.id).second || !tags.insert(row.tag).second)
            return at_row(i, refuse(Code::lease_id_reused));
        if (auto refusal = why_not_new(row))
            return at_row(i, *std::move(refusal));
        if (!state_.find_lease(row.id))
            new_rows_.push_back(i);
    }
    return std::nullopt;
}

Lease Registration::lease_of(const Register::Row& row, const Stop& stop) const
{
    Lease lease{.id = row.id,
                .tag = row.tag,
                .pool = stop.pool->pool.id,
                .units = row.units,
                .identity = command_.asker.identity,
                .party = stop.party,
                .user = row.user,
                .device = row.device,
                .profile = stop.profile,
                .asked = command_.profile,
                .started = now_.calendar};
    set_terms(lease, *stop.pool, now_.calendar);
    return lease;
}

/// Whether there is room for all of them; names the first row that has none.
std::optional<Refusal> Registration::why_too_full(const PoolRecord& pool, const Stop& stop)
{
    // Grown by this, of the pool and of what of it is taken through the profile.
    std::unordered_map<std::string, Units, SeededHash> seats(0, state_.hash);
    std::unordered_map<std::string, Units, SeededHash> taken(0, state_.hash);
    Units through_profile = 0;
    const ProfileRecord* profile = state_.find_profile(stop.profile);
    std::optional<Refusal> first;
    further_ = 0;
    for (const std::size_t i : new_rows_) {
        const Register::Row& row = command_.rows[i];
        Units more = row.units;
        Units more_through_profile = row.units;
        if (pool.pool.metric != Metric::lease) {
            const std::string key = seat_key(pool.pool.metric, row.user, row.device);
            const auto held = pool.seats.find(key);
            Units& units =
                seats.try_emplace(key, held == pool.seats.end() ? 0 : held->second.units())
                    .first->second;
            more = std::max<Units>(0, row.units - units);
            units += more;
            const Seat* seat = held == pool.seats.end() ? nullptr : &held->second;
            Units& mine =
                taken.try_emplace(key, profile ? units_through(*profile, seat) : 0).first->second;
            more_through_profile = std::max<Units>(0, row.units - mine);
            mine += more_through_profile;
        }
        through_profile += more_through_profile;
        further_ += more;
        const bool is_full = !is_unlimited(pool) && further_ > available(pool);
        const bool is_over = profile && profile->profile.capacity &&
                             profile->in_use + through_profile > *profile->profile.capacity;
        if (!first && is_full)
            first = at_row(i, refuse(Code::no_free_seat, pool));
        if (!first && is_over) {
            first = at_row(i, refuse(Code::no_free_seat, profile->profile.name.text));
            first->stock = profile->profile.capacity;
            first->held = profile->in_use;
        }
    }
    if (first) {
        first->want = further_;
        first->short_by = further_ - (*first->stock - *first->held);
        name_holders(*first, pool);
    }
    return first;
}

std::optional<Refusal> Registration::why_not_at(const Stop& stop)
{
    if (stop.refusal)
        return *stop.refusal;
    if (!stop.pool) {
        return refuse_without_pool(stop, static_cast<Units>(new_rows_.size()));
    }
    for (const std::size_t i : new_rows_)
        if (command_.party.empty() && !stop.party.empty() &&
            command_.rows[i].user.text != stop.party.text)
            return at_row(i, refuse(Code::bad_request, {},
                                    "the rows are of several users: name the party, or register "
                                    "each user's on their own"));
    if (stop.pool->scheme->leases == LeaseKind::floating)
        return refuse(Code::not_in_scheme, "scheme " + stop.pool->scheme->name,
                      "its leases end with their holder's silence, and are checked out one by one");
    for (const std::size_t i : new_rows_)
        if (auto refusal = why_never(state_, *stop.pool, command_.rows[i].user))
            return at_row(i, *std::move(refusal));
    if (is_locked(*stop.pool))
        return lock_refusal(state_, *stop.pool);
    if (auto refusal = why_too_full(*stop.pool, stop))
        return refusal;
    if (new_rows_.empty() || stop.pool->queue.empty())
        return std::nullopt;
    const Lease first = lease_of(command_.rows[new_rows_.front()], stop);
    return why_not_now(state_, *stop.pool, {first, stop.profile, std::nullopt});
}

Verdict Registration::take(const Stop& stop)
{
    Verdict verdict;
    Registered answer{.taken = new_rows_.size(),
                      .already = command_.rows.size() - new_rows_.size(),
                      .pool = pool_state(state_, stop.pool)};
    answer.pool.held += further_;
    verdict.facts.reserve(command_.rows.size());
    auto next = new_rows_.begin();
    const SteadyInstant deadline = now_.steady + state_.term;
    for (std::size_t i = 0; i < command_.rows.size(); ++i) {
        const Register::Row& row = command_.rows[i];
        const ConnectionId connection = command_.asker.connection;
        if (next != new_rows_.end() && *next == i) {
            verdict.facts.emplace_back(LeaseGranted{lease_of(row, stop), connection, deadline});
            ++next;
        } else {
            verdict.facts.emplace_back(LeaseRenewed{row.id, connection, deadline});
        }
    }
    verdict.answer = std::move(answer);
    return verdict;
}

Verdict Registration::verdict()
{
    if (auto refusal = why_not_so_many(command_.rows.size()))
        return no(*std::move(refusal));
    if (auto refusal = sort_rows())
        return no(*std::move(refusal));
    if (new_rows_.empty()) // The answer was lost; wherever they are now, they are there.
        return take({.pool = known_->pool, .profile = {}, .asked = {}, .party = {}, .refusal = {}});
    if (state_.mode == Mode::maintenance)
        return refused(refuse(Code::in_maintenance));
    Route route = route_of(state_, {command_.profile, command_.pool, command_.party,
                                    command_.rows[new_rows_.front()].user});
    if (route.refusal)
        return refused(*std::move(route.refusal));
    const std::size_t after = state_.leases.size() + state_.waiters.size() + new_rows_.size();
    if (after > state_.leases_max)
        return refused(refuse(Code::limit_reached, {},
                              std::to_string(after) + " leases would be held, and leases_max is " +
                                  std::to_string(state_.leases_max)));
    std::optional<Refusal> first;
    for (const Stop& stop : route.stops) {
        auto refusal = why_not_at(stop);
        if (!refusal)
            return take(stop);
        if (!first)
            first = std::move(refusal);
    }
    return refused(*std::move(first));
}

/// The no that is told of the row that it names, or of the first.
Verdict Registration::refused(Refusal refusal) const
{
    const std::size_t at = refusal.row ? static_cast<std::size_t>(*refusal.row - 1) : 0;
    const Register::Row& row = command_.rows[at];
    return denied(state_, {command_.profile, row.user, row.device}, std::move(refusal), now_);
}

} // namespace

Verdict decide(const State& state, const Register& command, Now now)
{
    return Registration(state, command, now).verdict();
}

Verdict decide(const State& state, const CheckinMany& command, Now)
{
    if (auto refusal = why_not_so_many(command.leases.size()))
        return no(*std::move(refusal));
    const Identity& asker = command.asker.identity;
    std::unordered_set<LeaseId, SeededHash> seen(command.leases.size(), state.hash);
    const auto unknown =
        [&](std::size_t row) { // Nor shall the others come, where they are not there.
            Verdict refused = no(at_row(row, unknown_lease()));
            for (const LeaseId& id : command.leases)
                if (!state.find_lease(id) && !state.find_waiter(id))
                    refused.facts.emplace_back(IdReturned{id});
            return refused;
        };
    Verdict verdict{Done{}, {}};
    verdict.facts.reserve(2 * command.leases.size());
    for (std::size_t i = 0; i < command.leases.size(); ++i) {
        const LeaseId& id = command.leases[i];
        if (!seen.insert(id).second)
            return no(at_row(i, refuse(Code::bad_request, {}, "the lease is named twice")));
        const LeaseRecord* record = state.find_lease(id);
        if (!record || record->lease.identity != asker)
            return unknown(i);
        verdict.facts.emplace_back(LeaseEnded{.id = id, .by = asker, .note = {}});
    }
    for (const LeaseId& id : command.leases)
        verdict.facts.emplace_back(IdReturned{id});
    return verdict;
}

Verdict decide(const State& state, const ListLeases& command, Now)
{
    LeaseList answer;
    const auto kept = state.kept_by.find(command.asker.identity);
    if (kept == state.kept_by.end())
        return {std::move(answer), {}};
    auto at = kept->second.upper_bound(command.after);
    // So many are looked at, whoever they are for: a page costs the same whatever is asked.
    for (std::size_t seen = 0; at != kept->second.end() && seen < page_max; ++at, ++seen) {
        const Lease& lease = at->second->lease;
        answer.after = at->first;
        if (!command.party.empty() && lease.party != command.party)
            continue;
        answer.leases.push_back(lease);
        // An id is all that proves whose lease it is where nobody proves who he is.
        if (command.asker.identity.text == anonymous)
            answer.leases.back().id = {};
    }
    if (at == kept->second.end())
        answer.after = 0;
    return {std::move(answer), {}};
}

} // namespace usher::ledger
