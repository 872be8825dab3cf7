#pragma once

#include "daemon/ledger/outlook.hpp"

#include <optional>
#include <string>

/// What followed.hpp asks, one fact after another. No name is judged here: whoever reads them from
/// the wire has done so.
namespace usher::ledger {

using Complaint = std::string; ///< Empty: none.

inline constexpr CalendarInstant first_instant =
    std::chrono::sys_days(std::chrono::year(1970) / 1 / 1);
inline constexpr CalendarInstant last_instant =
    std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);

[[nodiscard]] inline bool is_instant(const std::optional<CalendarInstant>& instant)
{
    return !instant || (*instant >= first_instant && *instant < last_instant);
}

/// Says of each fact why it cannot happen, or remembers what it changes.
class Judge {
  public:
    explicit Judge(const State& state)
        : state_(state), seen_(state), wishes_held_(state.leases.size() + state.waiters.size()),
          pools_held_(state.pools.size()), parties_held_(state.parties.size()),
          foundations_held_(state.requirements.foundations()),
          principals_held_(state.requirements.principals().size())
    {}

    template <class Other> // Of one host, or fleeting.
    Complaint operator()(const Other&)
    {
        return "it is none that another server has to know";
    }

    Complaint operator()(const ProductDefined&) { return {}; }
    Complaint operator()(const EntitlementInstalled& fact);
    Complaint operator()(const EntitlementAmended& fact);
    Complaint operator()(const EntitlementRemoved& fact);
    Complaint operator()(const LicenseExpected& fact);
    Complaint operator()(const LicenseForgotten&) { return {}; }
    Complaint operator()(const EntitlementCounted& fact);
    Complaint operator()(const SchemeSet& fact);
    Complaint operator()(const PoolOpened& fact);
    Complaint operator()(const PoolClosed& fact);
    Complaint operator()(const PoolRenamed& fact);
    Complaint operator()(const PoolRemoved& fact);
    Complaint operator()(const Posted& fact);
    Complaint operator()(const UsersSet& fact) { return there_is(seen_.pool(fact.pool), "pool"); }
    Complaint operator()(const PartySet& fact);
    Complaint operator()(const PartyRemoved& fact);
    Complaint operator()(const ProductForgotten&) { return {}; }
    Complaint operator()(const FoundationPut& fact);
    Complaint operator()(const FoundationRemoved& fact);
    Complaint operator()(const PrincipalSet& fact);
    Complaint operator()(const ConsolidationSet& fact);
    Complaint operator()(const ProductConsolidationSet& fact);
    Complaint operator()(const Covered& fact);
    Complaint operator()(const ProfileSet& fact);
    Complaint operator()(const ProfileRenamed& fact);
    Complaint operator()(const ProfileRemoved& fact);
    Complaint operator()(const ProfileUsed& fact);
    Complaint operator()(const LeaseGranted& fact);
    Complaint operator()(const LeaseMoved& fact);
    Complaint operator()(const LeaseEnded& fact) { return end(fact.id, false); }
    Complaint operator()(const Queued& fact);
    Complaint operator()(const Unqueued& fact) { return end(fact.id, true); }
    Complaint operator()(const EndingRemembered&) { return {}; }
    Complaint operator()(const CredentialIssued& fact);
    Complaint operator()(const CredentialRevoked& fact);
    Complaint operator()(const Denied& fact)
    {
        return is_instant(fact.at) ? "" : "its time is out of range";
    }

    /// A no that names no fact.
    std::optional<Refusal> other_no;

  private:
    static Complaint there_is(const void* thing, const char* what)
    {
        return thing ? "" : "there is no such " + std::string(what);
    }
    static Complaint there_is_none(const void* thing, const char* what)
    {
        return thing ? "there is such a " + std::string(what) + " already" : "";
    }

    Complaint feed(const PoolId& root);
    Complaint bind(const Party& party, Outlook::Party& to);
    void unbind(const Outlook::Party& party);
    Complaint begin(const Lease& lease, Outlook::Wish seen);
    Complaint end(const LeaseId& id, bool is_wait);
    void forget(const LeaseId& id, const Outlook::Wish& seen);

    const State& state_;
    Outlook seen_;
    std::size_t wishes_held_;
    std::size_t pools_held_;
    std::size_t parties_held_;
    std::size_t foundations_held_;
    std::size_t principals_held_;
};

} // namespace usher::ledger
