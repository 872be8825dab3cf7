#include "protocol/answers.hpp"

#include <utility>

namespace usher::protocol {
namespace {

v1::LeaseState::State wire_state(ledger::LeaseState::State state)
{
    switch (state) {
    case ledger::LeaseState::State::held: return v1::LeaseState::HELD;
    case ledger::LeaseState::State::locked: return v1::LeaseState::LOCKED;
    case ledger::LeaseState::State::waiting: return v1::LeaseState::WAITING;
    case ledger::LeaseState::State::unknown: return v1::LeaseState::UNKNOWN;
    }
    return v1::LeaseState::STATE_UNSPECIFIED;
}

} // namespace

void fill(v1::Refused& to, const ledger::Refusal& from)
{
    to.set_code(std::string(ledger::word(from.code)));
    to.set_text(ledger::sentence(from));
    for (std::string& cure : ledger::cures(from))
        to.add_cures(std::move(cure));
    to.set_subject(from.subject);
    to.set_detail(from.detail);
    to.set_root(from.root);
    if (from.because)
        to.set_because(std::string(ledger::word(*from.because)));
    const auto copy = [&to](const std::optional<ledger::Units>& units,
                            void (v1::Refused::*set)(std::int64_t)) {
        if (units)
            (to.*set)(*units);
    };
    copy(from.stock, &v1::Refused::set_stock);
    copy(from.held, &v1::Refused::set_held);
    copy(from.want, &v1::Refused::set_want);
    copy(from.short_by, &v1::Refused::set_short_);
    copy(from.queue, &v1::Refused::set_queue);
    copy(from.row, &v1::Refused::set_row);
    for (const ledger::Holder& holder : from.holders) {
        v1::Holder& shown = *to.add_holders();
        shown.set_user(holder.user.text);
        shown.set_device(holder.device.text);
        shown.set_lease(to_text(holder.lease));
        shown.set_units(holder.units);
        shown.set_since_us(microseconds(holder.since));
    }
    to.set_host(from.host);
    if (from.retry_at)
        to.set_retry_at_us(microseconds(*from.retry_at));
    to.set_redirect(from.redirect);
}

void fill(v1::Granted& to, const ledger::Granted& from)
{
    to.set_lease(bytes_of(from.id));
    to.set_pool(from.pool.text);
    to.set_product(from.product.text);
    to.set_units(static_cast<std::uint64_t>(from.units));
    to.set_shares_seat(from.shares_seat);
    to.set_term_ms(milliseconds(from.term));
    to.set_kind(std::string(ledger::word(from.kind)));
}

void fill(v1::Waiting& to, const ledger::Waiting& from)
{
    to.set_lease(bytes_of(from.id));
    to.set_position(static_cast<std::uint32_t>(from.position));
    fill(*to.mutable_refused(), from.refusal);
}

void fill(v1::LeaseState& to, const ledger::LeaseState& from)
{
    to.set_lease(from.id.bytes.data(), from.id.bytes.size());
    to.set_state(wire_state(from.state));
    to.set_ended_because(from.ended_because);
}

void fill(v1::WaitEnded& to, const ledger::WaitEnded& from)
{
    to.set_lease(bytes_of(from.id));
    to.set_reason(std::string(ledger::word(from.reason)));
    fill(*to.mutable_refused(), from.refusal);
    to.set_note(from.note);
}

void fill(v1::SeatLost& to, const ledger::SeatLost& from)
{
    to.set_lease(bytes_of(from.id));
    to.set_reason(std::string(ledger::word(from.reason)));
    to.set_note(from.note);
}

void fill(v1::ModeChanged& to, const ledger::ModeChanged& from)
{
    to.set_mode(std::string(ledger::word(from.mode)));
}

void fill(v1::PoolState& to, const ledger::PoolState& from)
{
    to.set_pool(from.pool.text);
    to.set_unlimited(from.unlimited);
    to.set_stock(from.stock);
    to.set_held(from.held);
    to.set_locked(from.locked.has_value());
    if (from.locked)
        fill(*to.mutable_refused(), *from.locked);
    // Longer than 32 bits of milliseconds: it may be a year.
    to.set_valid_ms(static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::milliseconds>(from.validity).count()));
}

void fill(v1::Registered& to, const ledger::Registered& from)
{
    to.set_taken(static_cast<std::uint32_t>(from.taken));
    to.set_already(static_cast<std::uint32_t>(from.already));
    fill(*to.mutable_pool(), from.pool);
}

void fill(v1::LeaseList& to, const ledger::LeaseList& from)
{
    to.set_after(from.after);
    for (const ledger::Lease& lease : from.leases) {
        v1::LeaseList::Lease& shown = *to.add_leases();
        shown.set_lease(bytes_of(lease.id));
        shown.set_pool(lease.pool.text);
        shown.set_party(lease.party.text);
        shown.set_user(lease.user.text);
        shown.set_device(lease.device.text);
        shown.set_units(static_cast<std::uint64_t>(lease.units));
        shown.set_profile(lease.profile.text);
        shown.set_started_us(microseconds(lease.started));
        if (lease.ends)
            shown.set_ends_us(microseconds(*lease.ends));
    }
}

void fill(v1::StateChanged& to, const ledger::StateChanged& from)
{
    to.set_party(from.party.text);
    to.set_pool(from.asked.text);
    fill(*to.mutable_state(), from.state);
}

std::string bytes_of(const ledger::LeaseId& id)
{
    return {id.bytes.begin(), id.bytes.end()};
}

std::string to_text(ledger::LeaseTag tag)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(sizeof tag.bits * 2, '0');
    for (std::size_t i = text.size(); i > 0; --i, tag.bits >>= 4U)
        text[i - 1] = digits[tag.bits & 0xfU];
    return text;
}

std::uint32_t milliseconds(ledger::Duration duration)
{
    return static_cast<std::uint32_t>(
        std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

std::int64_t microseconds(ledger::CalendarInstant at)
{
    return at.time_since_epoch().count();
}

} // namespace usher::protocol
