#include "client/fake_wire.hpp"

#include "daemon/trust/signature.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace usher::client {
namespace {

ledger::LeaseId id_of(const std::string& bytes)
{
    ledger::LeaseId id;
    std::ranges::copy(bytes.substr(0, id.bytes.size()), id.bytes.begin());
    return id;
}

std::string bytes_of(const ledger::LeaseId& id)
{
    return {id.bytes.begin(), id.bytes.end()};
}

std::uint32_t milliseconds(ledger::Duration duration)
{
    return static_cast<std::uint32_t>(
        std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

std::string text_of(ledger::LeaseTag tag)
{
    std::array<std::uint8_t, sizeof(tag.bits)> bytes{};
    for (std::size_t i = bytes.size(); i > 0; --i, tag.bits >>= 8U)
        bytes[i - 1] = static_cast<std::uint8_t>(tag.bits);
    return trust::hex(bytes);
}

void fill(v1::Refused& to, const ledger::Refusal& from)
{
    to.set_code(std::string(ledger::word(from.code)));
    to.set_text(ledger::sentence(from));
    for (const std::string& cure : ledger::cures(from))
        to.add_cures(cure);
    to.set_subject(from.subject);
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
    for (const ledger::Holder& holder : from.holders) {
        v1::Holder& shown = *to.add_holders();
        shown.set_user(holder.user.text);
        shown.set_device(holder.device.text);
        shown.set_lease(text_of(holder.lease));
        shown.set_units(holder.units);
        shown.set_since_us(holder.since.time_since_epoch().count());
    }
    to.set_host(from.host);
    if (from.retry_at)
        to.set_retry_at_us(from.retry_at->time_since_epoch().count());
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

void fill(v1::LeaseState& to, const ledger::LeaseState& from)
{
    using State = ledger::LeaseState::State;
    to.set_lease(bytes_of(from.id));
    to.set_ended_because(from.ended_because);
    switch (from.state) {
    case State::held: to.set_state(v1::LeaseState::HELD); return;
    case State::waiting: to.set_state(v1::LeaseState::WAITING); return;
    case State::locked: to.set_state(v1::LeaseState::LOCKED); break;
    case State::unknown: to.set_state(v1::LeaseState::UNKNOWN); break;
    }
    fill(*to.mutable_refused(), from.refusal);
}

struct Filler {
    v1::Response& to;

    void operator()(const ledger::Done&) const { to.mutable_done(); }
    void operator()(const ledger::Refusal& refusal) const { fill(*to.mutable_refused(), refusal); }
    void operator()(const ledger::Granted& granted) const { fill(*to.mutable_granted(), granted); }
    void operator()(const ledger::Waiting& waiting) const
    {
        to.mutable_waiting()->set_lease(bytes_of(waiting.id));
        to.mutable_waiting()->set_position(static_cast<std::uint32_t>(waiting.position));
        fill(*to.mutable_waiting()->mutable_refused(), waiting.refusal);
    }
    void operator()(const ledger::Renewed& renewed) const
    {
        to.mutable_renewed()->set_term_ms(milliseconds(renewed.term));
        for (const ledger::LeaseState& lease : renewed.leases)
            fill(*to.mutable_renewed()->add_leases(), lease);
    }
    void operator()(const ledger::WaitEnded& ended) const
    {
        to.mutable_wait_ended()->set_lease(bytes_of(ended.id));
        to.mutable_wait_ended()->set_reason(std::string(ledger::word(ended.reason)));
        fill(*to.mutable_wait_ended()->mutable_refused(), ended.refusal);
    }
    void operator()(const ledger::SeatLost& lost) const
    {
        to.mutable_seat_lost()->set_lease(bytes_of(lost.id));
        to.mutable_seat_lost()->set_reason(std::string(ledger::word(lost.reason)));
        to.mutable_seat_lost()->set_note(lost.note);
    }
    void operator()(const ledger::ModeChanged& changed) const
    {
        to.mutable_mode_changed()->set_mode(std::string(ledger::word(changed.mode)));
    }
    /// Answers that no application asks for, and credentials, which the fake has none of.
    template <class Other>
    void operator()(const Other&) const
    {}
};

} // namespace

std::optional<ledger::Command> command_of(const v1::Request& request, const ledger::Asker& asker)
{
    if (request.has_checkin())
        return ledger::Checkin{asker, id_of(request.checkin().lease())};
    if (request.has_renew()) {
        ledger::Renew renew{.asker = asker, .leases = {}};
        for (const std::string& lease : request.renew().leases())
            renew.leases.push_back(id_of(lease));
        return renew;
    }
    if (!request.has_checkout())
        return std::nullopt;
    const v1::Checkout& from = request.checkout();
    const ledger::LeaseId id = id_of(from.lease());
    return ledger::Checkout{.asker = asker,
                            .id = id,
                            .tag = tag_of(id),
                            .profile = {from.profile()},
                            .units = static_cast<ledger::Units>(from.units()),
                            .party = {from.party()},
                            .user = {from.user()},
                            .device = {from.device()},
                            .process = from.pid(),
                            .patience = std::chrono::milliseconds(from.wait_ms())};
}

void fill(v1::Response& response, const ledger::Answer& answer)
{
    std::visit(Filler{response}, answer);
}

void fill(v1::Response& response, const ledger::Notice& notice)
{
    std::visit(Filler{response}, notice);
}

ledger::LeaseTag tag_of(const ledger::LeaseId& id)
{
    const trust::Digest digest = trust::sha256(bytes_of(id));
    ledger::LeaseTag tag;
    for (const std::uint8_t byte : std::span(digest).first(sizeof(tag.bits)))
        tag.bits = tag.bits << 8U | byte;
    return tag;
}

} // namespace usher::client
