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
        for (const ledger::LeaseState& lease : renewed.leases)
            fill(*to.mutable_renewed()->add_leases(), lease, true);
    }
    void operator()(const ledger::WaitEnded& ended) const { fill(*to.mutable_wait_ended(), ended); }
    void operator()(const ledger::SeatLost& lost) const { fill(*to.mutable_seat_lost(), lost); }
    void operator()(const ledger::ModeChanged& changed) const
    {
        fill(*to.mutable_mode_changed(), changed);
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
