#include "client/fake_wire.hpp"

#include "daemon/trust/lease_tag.hpp"
#include "protocol/answers.hpp"

#include <algorithm>
#include <string>

namespace usher::client {
namespace {

ledger::LeaseId id_of(const std::string& bytes)
{
    ledger::LeaseId id;
    std::ranges::copy(bytes.substr(0, id.bytes.size()), id.bytes.begin());
    return id;
}

using protocol::fill;

struct Filler {
    v1::Response& to;

    void operator()(const ledger::Done&) const { to.mutable_done(); }
    void operator()(const ledger::Refusal& refusal) const { fill(*to.mutable_refused(), refusal); }
    void operator()(const ledger::Granted& granted) const { fill(*to.mutable_granted(), granted); }
    void operator()(const ledger::Waiting& waiting) const { fill(*to.mutable_waiting(), waiting); }
    void operator()(const ledger::Renewed& renewed) const
    {
        to.mutable_renewed()->set_term_ms(protocol::milliseconds(renewed.term));
        for (const ledger::LeaseState& lease : renewed.leases) {
            v1::LeaseState& state = *to.mutable_renewed()->add_leases();
            fill(state, lease);
            if (lease.refusal)
                fill(*state.mutable_refused(), *lease.refusal);
        }
    }
    void operator()(const ledger::WaitEnded& ended) const { fill(*to.mutable_wait_ended(), ended); }
    void operator()(const ledger::SeatLost& lost) const { fill(*to.mutable_seat_lost(), lost); }
    void operator()(const ledger::ModeChanged& changed) const
    {
        fill(*to.mutable_mode_changed(), changed);
    }
    void operator()(const ledger::PoolState& state) const { fill(*to.mutable_pool_state(), state); }
    void operator()(const ledger::Registered& registered) const
    {
        fill(*to.mutable_registered(), registered);
    }
    void operator()(const ledger::LeaseList& list) const { fill(*to.mutable_lease_list(), list); }
    void operator()(const ledger::StateChanged& changed) const
    {
        fill(*to.mutable_state_changed(), changed);
    }
    /// Answers that no application asks for, and credentials, which the fake has none of.
    template <class Other>
    void operator()(const Other&) const
    {}
};

ledger::Register command_of(const v1::Register& from, const ledger::Asker& asker)
{
    ledger::Register many{.asker = asker,
                          .profile = {from.profile()},
                          .pool = {from.pool()},
                          .party = {from.party()},
                          .rows = {}};
    for (const v1::Register::Row& row : from.rows()) {
        const ledger::LeaseId id = id_of(row.lease());
        many.rows.push_back(
            {.id = id,
             .tag = trust::tag_of(id),
             .user = {row.user().empty() ? from.user() : row.user()},
             .device = {row.device()},
             .units = static_cast<ledger::Units>(std::max<std::uint64_t>(row.units(), 1))});
    }
    return many;
}

ledger::CheckinMany command_of(const v1::CheckinMany& from, const ledger::Asker& asker)
{
    ledger::CheckinMany many{asker, {}};
    for (const std::string& lease : from.leases())
        many.leases.push_back(id_of(lease));
    return many;
}

ledger::AskState command_of(const v1::StateAsk& from, const ledger::Asker& asker)
{
    return {.asker = asker,
            .profile = {from.profile()},
            .pool = {from.pool()},
            .party = {from.party()},
            .watch = from.watch()};
}

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
    if (request.has_register_())
        return command_of(request.register_(), asker);
    if (request.has_checkin_many())
        return command_of(request.checkin_many(), asker);
    if (request.has_lease_list())
        return ledger::ListLeases{.asker = asker,
                                  .party = {request.lease_list().party()},
                                  .after = request.lease_list().after()};
    if (request.has_state_ask())
        return command_of(request.state_ask(), asker);
    if (!request.has_checkout())
        return std::nullopt;
    const v1::Checkout& from = request.checkout();
    const ledger::LeaseId id = id_of(from.lease());
    return ledger::Checkout{.asker = asker,
                            .id = id,
                            .tag = trust::tag_of(id),
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

} // namespace usher::client
