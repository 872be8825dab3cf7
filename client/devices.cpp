#include "client/devices.hpp"

#include "protocol/limits.hpp"

#include <algorithm>
#include <utility>

namespace usher::client {
namespace {

using boost::system::result;

/// For each row that is taken or given back: a connection must not count as dead because a server
/// has much to write.
constexpr Duration row_allowance = std::chrono::milliseconds(1);

/// What a request has beside what it asks.
constexpr std::size_t envelope_bytes = 32;

/// So many leases are asked for at once after a lost answer; one connection speaks for few more.
constexpr std::size_t renewed_max = 1'000;

No no_of(const v1::Refused& why)
{
    return {Setback::refused, why};
}

/// An answer of another kind than the question's.
No something_else()
{
    return {Setback::unreachable,
            as_refused({.step = Step::exchange,
                        .text = "the server's answer cannot be understood: it answers something "
                                "else",
                        .cure = "see that usherd and this program are of versions that fit"})};
}

/// Whether the server knows none of these as ours.
result<bool, No> are_gone(Attendant& attendant, const std::vector<std::string>& leases)
{
    for (std::size_t from = 0; from < leases.size(); from += renewed_max) {
        const std::size_t until = std::min(from + renewed_max, leases.size());
        v1::Request request;
        for (std::size_t i = from; i < until; ++i)
            request.mutable_renew()->add_leases(leases[i]);
        const auto answered = attendant.ask(std::move(request));
        if (!answered)
            return answered.error();
        if (!answered->response.has_renewed())
            return false;
        const auto& states = answered->response.renewed().leases();
        if (std::ranges::any_of(states, [](const v1::LeaseState& lease) {
                return lease.state() != v1::LeaseState::UNKNOWN;
            }))
            return false;
    }
    return true;
}

/// A no to the first row is also what a server says that had given all of them back already, where
/// only its answer was lost. A no to a later row is a no: the first one is still held.
bool may_be_done(const Attendant::Answered& answered)
{
    const v1::Refused& no = answered.response.refused();
    return answered.times_sent > 1 && no.code() == "UNKNOWN_LEASE" && no.row() == 1;
}

} // namespace

std::optional<std::string> why_too_long(const v1::Register& asked)
{
    if (asked.ByteSizeLong() + envelope_bytes <= protocol::frame_bytes_max)
        return std::nullopt;
    return "the names of " + std::to_string(asked.rows_size()) +
           " devices are too long for one request; 10000 fit where those of a row, its device and "
           "its user, have 64 bytes together";
}

result<v1::Registered, No> register_devices(Attendant& attendant, v1::Register asked)
{
    const auto rows = static_cast<std::size_t>(asked.rows_size());
    v1::Request request;
    *request.mutable_register_() = std::move(asked);
    const auto answered = attendant.ask(std::move(request), row_allowance * rows);
    if (!answered)
        return answered.error();
    if (answered->response.has_refused())
        return no_of(answered->response.refused());
    if (!answered->response.has_registered())
        return something_else();
    return answered->response.registered();
}

result<v1::LeaseList, No> list_devices(Attendant& attendant, const std::string& party,
                                       std::uint64_t after)
{
    v1::Request request;
    request.mutable_lease_list()->set_party(party);
    request.mutable_lease_list()->set_after(after);
    const auto answered = attendant.ask(std::move(request));
    if (!answered)
        return answered.error();
    if (answered->response.has_refused())
        return no_of(answered->response.refused());
    if (!answered->response.has_lease_list())
        return something_else();
    return answered->response.lease_list();
}

std::optional<No> give_back_devices(Attendant& attendant, const std::vector<std::string>& leases)
{
    v1::Request request;
    for (const std::string& lease : leases)
        request.mutable_checkin_many()->add_leases(lease);
    const auto answered = attendant.ask(std::move(request), row_allowance * leases.size());
    if (!answered)
        return answered.error();
    if (answered->response.has_done())
        return std::nullopt;
    if (!answered->response.has_refused())
        return something_else();
    if (may_be_done(*answered)) {
        const auto gone = are_gone(attendant, leases);
        if (!gone)
            return gone.error();
        if (*gone)
            return std::nullopt;
    }
    return no_of(answered->response.refused());
}

result<PoolStanding, No> ask_pool(Attendant& attendant, const PoolWish& wish)
{
    const Instant asked_at = Clock::now();
    const auto answered = attendant.ask(state_asked(wish, false));
    if (!answered)
        return answered.error();
    if (answered->response.has_refused())
        return no_of(answered->response.refused());
    if (!answered->response.has_pool_state())
        return something_else();
    return PoolStanding{answered->response.pool_state(), asked_at, {}};
}

} // namespace usher::client
