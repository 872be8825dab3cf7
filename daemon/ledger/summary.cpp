#include "daemon/ledger/decide.hpp"
#include "daemon/ledger/picture.hpp"

#include <algorithm>
#include <map>

namespace usher::ledger {
namespace {

/// The calendar instant that a steady one will be, for people.
CalendarInstant calendar_of(SteadyInstant instant, Now now)
{
    return now.calendar + (instant - now.steady);
}

/// Why nothing at all is lent; none: something may be.
std::optional<Code> why_closed(const State& state)
{
    if (!stands_still(state.mode))
        return std::nullopt;
    return state.mode == Mode::departed ? Code::server_departed : Code::server_arriving;
}

EntitlementPicture picture_of(const State& state, const EntitlementRecord& record, Now now)
{
    std::optional<Code> reason = why_closed(state);
    if (!reason)
        reason = why_worthless(state, record.entitlement, now.calendar);
    return {record.entitlement, record.counts && !reason, reason ? std::string(word(*reason)) : ""};
}

ActivationPicture::State activation_state(const Activation& activation, CalendarInstant at)
{
    const auto lapse = lapse_of(activation);
    const bool is_doubted = !activation.denied && activation.doubt != Doubt::none;
    if (activation.number != 0 && !activation.denied && !is_doubted && (!lapse || at < *lapse))
        return ActivationPicture::State::active;
    if (activation.pending)
        return ActivationPicture::State::pending;
    if (activation.number != 0 && is_doubted)
        return ActivationPicture::State::doubted;
    return activation.number != 0 ? ActivationPicture::State::lapsed
                                  : ActivationPicture::State::none;
}

PoolPicture picture_of(const State& state, const PoolRecord& record)
{
    PoolPicture picture{.pool = record.pool,
                        .root = record.root->pool.id,
                        .leases = record.scheme->leases,
                        .unlimited = is_unlimited(record),
                        .stock = record.stock,
                        .held = record.held,
                        .locked = is_locked(record),
                        .reason = {}};
    if (picture.locked && !record.pool.closed)
        picture.short_by = -available(record);
    const std::optional<ProductId> foundation = product_below(state, record);
    if (const std::optional<Code> why = why_closed(state))
        picture.reason = word(*why);
    else if (record.pool.closed)
        picture.reason = word(Code::pool_closed);
    else if (const std::optional<Code> empty = why_empty(state, record))
        picture.reason = word(*empty);
    else if (const auto missing = foundation ? why_missing(state, *foundation) : std::nullopt)
        picture.reason = word(*missing);
    else if (picture.locked)
        picture.reason = word(Code::pool_locked);
    return picture;
}

std::string seat_of(const LeaseRecord& record)
{
    const Lease& lease = record.lease;
    switch (record.pool->pool.metric) {
    case Metric::lease: return {};
    case Metric::device: return lease.device.text;
    case Metric::user: return lease.user.text;
    case Metric::user_device: return lease.user.text + "@" + lease.device.text;
    }
    return {};
}

LeasePicture picture_of(const State& state, const LeaseRecord& record, Now now)
{
    LeasePicture picture{.lease = record.lease,
                         .seat = seat_of(record),
                         .deadline = record.lease.ends,
                         .connected = record.connection && record.lease.kind == LeaseKind::floating,
                         .locked = is_locked(*record.pool)};
    if (const auto silent = silent_at(state, record))
        picture.deadline = calendar_of(*silent, now);
    return picture;
}

/// What of each profile is in use: a seat's units once, and how many leases share one.
struct Use {
    Units in_use = 0;
    Units re_use = 0;
    std::map<const Seat*, Units> seats; ///< The most units that were asked for through it.
};

std::map<ProfileName, Use> uses_of(const State& state)
{
    std::map<ProfileName, Use> uses;
    for (const LeaseRecord& record : state.leases.all()) {
        Use& use = uses[record.lease.profile];
        if (!record.seat) {
            use.in_use += record.lease.units;
            continue;
        }
        const auto [seat, is_first] = use.seats.try_emplace(record.seat, 0);
        use.re_use += is_first ? 0 : 1;
        const Units before = seat->second;
        seat->second = std::max(before, record.lease.units);
        use.in_use += seat->second - before;
    }
    return uses;
}

void append_profiles(const State& state, Now now, Summary& summary)
{
    const std::map<ProfileName, Use> uses = uses_of(state);
    for (const auto& [name, record] : state.profiles) {
        ProfilePicture picture{.profile = record.profile, .re_use = {}};
        const bool may_share = std::ranges::any_of(record.profile.pools, [&](const PoolId& id) {
            const PoolRecord* pool =
                state.find_pool(id); // While it is followed, it may be missing.
            return pool && pool->pool.metric != Metric::lease;
        });
        if (may_share)
            picture.re_use = 0;
        if (const auto use = uses.find(name); use != uses.end()) {
            picture.in_use = use->second.in_use;
            if (may_share)
                picture.re_use = use->second.re_use;
        }
        picture.clients_recently = clients_recently(record, now.calendar);
        summary.profiles.push_back(std::move(picture));
    }
}

PartyPicture picture_of(const State& state, const PartyRecord& record)
{
    PartyPicture picture{.party = record.party, .users = record.users.size(), .lock = {}};
    if (const auto latest = state.leases_of.find(record.party.id); latest != state.leases_of.end())
        for (const LeaseRecord* lease = latest->second; lease; lease = lease->party_after)
            ++picture.leases;
    if (record.party.kind == Party::Kind::instance)
        if (const PoolRecord& pool = *state.find_pool(record.party.pool); is_locked(pool))
            picture.lock = word(lock_refusal(state, pool).code);
    return picture;
}

template <class Table, class Make>
auto in_order(const Table& table, Make make)
{
    std::vector<const typename Table::value_type*> entries;
    entries.reserve(table.size());
    for (const auto& entry : table)
        entries.push_back(&entry);
    std::ranges::sort(
        entries, {}, [](const auto* entry) -> const auto& { return entry->first; });
    std::vector<decltype(make(entries.front()->second))> pictures;
    pictures.reserve(entries.size());
    for (const auto* entry : entries)
        pictures.push_back(make(entry->second));
    return pictures;
}

void append_queue(const State& state, Now now, Summary& summary)
{
    for (const auto& [place, record] : state.waiters) {
        const PoolRecord& first = *state.find_pool(record.waiter.ways.front().pool);
        summary.queue.push_back({.waiter = record.waiter,
                                 .position = first.queue.order_of_key(place) + 1,
                                 .until = calendar_of(record.deadline, now)});
    }
}

} // namespace

std::string_view word(ActivationPicture::State state)
{
    switch (state) {
    case ActivationPicture::State::none: return "none";
    case ActivationPicture::State::pending: return "pending";
    case ActivationPicture::State::active: return "active";
    case ActivationPicture::State::lapsed: return "lapsed";
    case ActivationPicture::State::doubted: return "doubted";
    }
    return "";
}

Summary summary_of(const State& state, Now now)
{
    Summary summary{.at = now.calendar,
                    .mode = state.mode,
                    .moved_to = {},
                    .arrival = {},
                    .anchor = state.anchor};
    if (state.mode == Mode::departed)
        summary.moved_to = state.departure->uri;
    if (state.mode == Mode::arriving)
        summary.arrival = state.arrival;
    for (const auto& [id, record] : state.entitlements)
        summary.entitlements.push_back(picture_of(state, record, now));
    for (const auto& [license, activation] : state.activations)
        summary.activations.push_back(
            {license, activation, due_of(activation), activation_state(activation, now.calendar)});
    for (const auto& [id, license] : state.expected)
        summary.expected.push_back(license);
    for (const auto& [id, product] : state.products)
        summary.products.push_back(product);
    const auto picture = [&](const auto& record) { return picture_of(state, record); };
    summary.pools = in_order(state.pools, picture);
    summary.parties = in_order(state.parties, picture);
    append_profiles(state, now, summary);
    std::vector<const LeaseRecord*> leases;
    leases.reserve(state.leases.size());
    for (const LeaseRecord& record : state.leases.all())
        leases.push_back(&record);
    std::ranges::sort(leases, {}, &LeaseRecord::number);
    summary.leases.reserve(leases.size());
    for (const LeaseRecord* record : leases)
        summary.leases.push_back(picture_of(state, *record, now));
    append_queue(state, now, summary);
    for (const auto& [name, credential] : state.credentials)
        summary.credentials.push_back(credential);
    return summary;
}

Verdict decide(const State& state, const Look&, Now now)
{
    return {std::make_shared<const Summary>(summary_of(state, now)), {}};
}

} // namespace usher::ledger
