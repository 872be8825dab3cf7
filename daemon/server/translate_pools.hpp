#pragma once

#include "daemon/server/fields.hpp"
#include "daemon/server/translate.hpp"

/// What is asked of pools and of the parties that they follow. The role has been checked, the
/// fields have not. Pure; any thread.
namespace usher::server {

// Of applications.

/// A refusal of a row names it.
[[nodiscard]] Translation translate_pools(const v1::Register& asked, const Caller& caller);
[[nodiscard]] Translation translate_pools(const v1::CheckinMany& asked, const Caller& caller);
[[nodiscard]] Translation translate_pools(const v1::LeaseListAsk& asked, const Caller& caller);
[[nodiscard]] Translation translate_pools(const v1::StateAsk& asked, const Caller& caller);

// Of operators.

[[nodiscard]] Translation translate_pools(const v1::PoolOpen& asked, const Caller& caller);
[[nodiscard]] Translation translate_pools(const v1::PoolAllocate& asked, const Caller& caller);
[[nodiscard]] Translation translate_pools(const v1::PoolClose& asked, const Caller& caller);
[[nodiscard]] Translation translate_pools(const v1::PartyAdd& asked, const Caller& caller);
[[nodiscard]] Translation translate_pools(const v1::PartyRebind& asked, const Caller& caller);
[[nodiscard]] Translation translate_pools(const v1::PartySource& asked, const Caller& caller);
[[nodiscard]] Translation translate_pools(const v1::PartyRemove& asked, const Caller& caller);

/// What is planned is read as what is done.
[[nodiscard]] Translation translate_plan(const v1::Plan& asked, const Caller& caller,
                                         const Premises& premises);

/// What LicenseInstall, or a plan of it, says beside the document.
template <class Message>
ledger::Install install_asked(Fields& fields, const Message& asked, const Caller& caller)
{
    return {.by = caller.identity,
            .entitlement = {},
            .profile = {fields.name_or_none("profile", asked.profile())},
            .scheme = fields.name_or_none("scheme", asked.scheme()),
            .pool = {fields.name_or_none("pool", asked.pool())},
            .replace = asked.replace()};
}

/// LicenseRemove, or a plan of it.
template <class Message>
ledger::Remove removal_asked(Fields& fields, const Message& asked, const Caller& caller)
{
    return {.by = caller.identity,
            .license = {fields.name("license", asked.license())},
            .force = asked.force()};
}

/// Whoever names both a profile and a pool means one of them, and nobody knows which.
template <class Message>
void require_one_way(Fields& fields, const Message& asked)
{
    fields.require(asked.profile().empty() || asked.pool().empty(), "pool",
                   "stands instead of a profile, and both are given");
}

} // namespace usher::server
