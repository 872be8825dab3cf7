#include "daemon/server/translate_pools.hpp"

#include "daemon/ledger/limits.hpp"
#include "daemon/server/license.hpp"
#include "daemon/trust/lease_tag.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <utility>

namespace usher::server {
namespace {

using ledger::Closing;
using ledger::Party;
using ledger::Refusal;
using ledger::Source;

static_assert(protocol::rows_max == ledger::rows_max);

constexpr std::array sources{Source::root, Source::pool, Source::personal, Source::delegate};
constexpr std::array closings{Closing::keep, Closing::release};
constexpr std::array kinds{Party::Kind::company, Party::Kind::user, Party::Kind::instance};

/// The last instant that people can write: 9999-12-31T23:59:59Z.
constexpr std::int64_t at_us_max = 253'402'300'799'000'000;

/// The command, unless a field of its message was wrong.
template <class Command>
Translation judged(const Fields& fields, Command command, Keepsake keepsake)
{
    if (fields.refusal())
        return *fields.refusal();
    return Asked{std::move(command), std::move(keepsake)};
}

ledger::Asker asker(const Caller& caller)
{
    return {caller.identity, caller.connection};
}

/// Nothing of a list is read before it is known not to be too long.
void require_rows(Fields& fields, std::string_view field, int count)
{
    fields.require(count > 0, field, "none given");
    fields.require(std::cmp_less_equal(count, protocol::rows_max), field, "more than 10000");
}

Refusal at_row(std::size_t index, Refusal refusal)
{
    refusal.row = static_cast<ledger::Units>(index + 1);
    return refusal;
}

ledger::Register::Row row_of(Fields& fields, const v1::Register& asked,
                             const v1::Register::Row& row)
{
    const ledger::LeaseId id = fields.lease("lease", row.lease());
    const std::string& user = row.user().empty() ? asked.user() : row.user();
    const ledger::Units units =
        row.units() == 0 ? 1 : fields.units("units", row.units(), protocol::units_per_checkout_max);
    return {.id = id,
            .tag = trust::tag_of(id),
            .user = {fields.name("user", user)},
            .device = {fields.name("device", row.device())},
            .units = units};
}

// Each verb as a command; where a field is wrong, `fields` says so.

ledger::OpenPool command_of(Fields& fields, const v1::PoolOpen& asked, const Caller& caller)
{
    return {.by = caller.identity,
            .pool = {fields.name("pool", asked.pool())},
            .parent = {fields.name("root", asked.root())},
            .owner = {fields.name_or_none("owner", asked.owner())}};
}

ledger::Allocate command_of(Fields& fields, const v1::PoolAllocate& asked, const Caller& caller)
{
    return {.by = caller.identity,
            .from = {fields.name("from", asked.from())},
            .to = {fields.name("to", asked.to())},
            .units = asked.units(), // The ledger says which are none.
            .force = asked.force()};
}

ledger::ClosePool command_of(Fields& fields, const v1::PoolClose& asked, const Caller& caller)
{
    ledger::ClosePool command{
        .by = caller.identity, .pool = {fields.name("pool", asked.pool())}, .leases = {}};
    if (!asked.leases().empty())
        command.leases = fields.one_of("leases", asked.leases(), closings);
    return command;
}

ledger::AddParty command_of(Fields& fields, const v1::PartyAdd& asked, const Caller& caller)
{
    Party party{.id = {fields.name("party", asked.party())},
                .kind = fields.one_of("kind", asked.kind(), kinds),
                .company = {fields.name_or_none("company", asked.company())},
                .source = Source::root,
                .pool = {fields.name_or_none("pool", asked.pool())}};
    const bool is_instance = party.kind == Party::Kind::instance;
    fields.require(party.company.empty() || party.kind == Party::Kind::user, "company",
                   "only a user is of one");
    fields.require(party.pool.empty() || is_instance, "pool", "only an instance names one");
    if (is_instance)
        fields.name("pool", asked.pool());
    if (!asked.source().empty())
        party.source = fields.one_of("source", asked.source(), sources);
    else if (is_instance)
        party.source = Source::pool;
    return {caller.identity, std::move(party)};
}

ledger::Rebind command_of(Fields& fields, const v1::PartyRebind& asked, const Caller& caller)
{
    ledger::Rebind command{.by = caller.identity,
                           .party = {fields.name("party", asked.party())},
                           .target = fields.name("target", asked.target()),
                           .source = {},
                           .may_drop = asked.drop()};
    if (!asked.source().empty())
        command.source = fields.one_of("source", asked.source(), sources);
    return command;
}

ledger::SetSource command_of(Fields& fields, const v1::PartySource& asked, const Caller& caller)
{
    return {.by = caller.identity,
            .party = {fields.name("party", asked.party())},
            .source = fields.one_of("source", asked.source(), sources)};
}

ledger::RemoveParty command_of(Fields& fields, const v1::PartyRemove& asked, const Caller& caller)
{
    return {.by = caller.identity,
            .party = {fields.name("party", asked.party())},
            .may_drop = asked.drop()};
}

/// Whether so many units may be is the ledger's to say: 0 means something here.
ledger::Resize command_of(Fields& fields, const v1::PlanResize& asked, const Caller&)
{
    ledger::Resize command{{fields.name("license", asked.license())}, {}};
    if (asked.has_units())
        command.units = asked.units();
    return command;
}

template <class Message>
Translation operators(const Message& asked, const Caller& caller)
{
    Fields fields;
    return judged(fields, command_of(fields, asked, caller), operated());
}

std::variant<ledger::Install, Refusal> planned_install(Fields& fields, const v1::PlanInstall& asked,
                                                       const Caller& caller,
                                                       const Premises& premises)
{
    ledger::Install wish = install_asked(fields, asked, caller);
    if (fields.refusal())
        return *fields.refusal();
    return open_install(asked.document(), premises, std::move(wish));
}

/// What is planned; all but a license, whose document may be refused.
ledger::Plannable planned(Fields& fields, const v1::Plan& asked, const Caller& caller)
{
    switch (asked.what_case()) {
    case v1::Plan::kPoolOpen: return command_of(fields, asked.pool_open(), caller);
    case v1::Plan::kPoolAllocate: return command_of(fields, asked.pool_allocate(), caller);
    case v1::Plan::kPoolClose: return command_of(fields, asked.pool_close(), caller);
    case v1::Plan::kPartyAdd: return command_of(fields, asked.party_add(), caller);
    case v1::Plan::kPartyRebind: return command_of(fields, asked.party_rebind(), caller);
    case v1::Plan::kPartySource: return command_of(fields, asked.party_source(), caller);
    case v1::Plan::kPartyRemove: return command_of(fields, asked.party_remove(), caller);
    case v1::Plan::kLicenseRemove: return removal_asked(fields, asked.license_remove(), caller);
    case v1::Plan::kLicenseResize: return command_of(fields, asked.license_resize(), caller);
    case v1::Plan::kLicenseInstall:
    case v1::Plan::WHAT_NOT_SET: break;
    }
    return std::monostate{};
}

} // namespace

Translation translate_pools(const v1::Register& asked, const Caller& caller)
{
    Fields fields;
    ledger::Register command{.asker = asker(caller),
                             .profile = {fields.name_or_none("profile", asked.profile())},
                             .pool = {fields.name_or_none("pool", asked.pool())},
                             .party = {fields.name_or_none("party", asked.party())},
                             .rows = {}};
    require_one_way(fields, asked);
    fields.name_or_none("user", asked.user());
    require_rows(fields, "rows", asked.rows_size());
    if (fields.refusal())
        return *fields.refusal();
    command.rows.reserve(static_cast<std::size_t>(asked.rows_size()));
    for (const v1::Register::Row& row : asked.rows()) {
        command.rows.push_back(row_of(fields, asked, row));
        if (fields.refusal())
            return at_row(command.rows.size() - 1, *fields.refusal());
    }
    return Asked{std::move(command), {}};
}

Translation translate_pools(const v1::CheckinMany& asked, const Caller& caller)
{
    Fields fields;
    ledger::CheckinMany command{asker(caller), {}};
    require_rows(fields, "leases", asked.leases_size());
    if (fields.refusal())
        return *fields.refusal();
    command.leases.reserve(static_cast<std::size_t>(asked.leases_size()));
    for (const std::string& lease : asked.leases()) {
        command.leases.push_back(fields.lease("leases", lease));
        if (fields.refusal())
            return at_row(command.leases.size() - 1, *fields.refusal());
    }
    return Asked{std::move(command), {}};
}

Translation translate_pools(const v1::LeaseListAsk& asked, const Caller& caller)
{
    Fields fields;
    return judged(fields,
                  ledger::ListLeases{.asker = asker(caller),
                                     .party = {fields.name_or_none("party", asked.party())},
                                     .after = asked.after()},
                  {});
}

Translation translate_pools(const v1::StateAsk& asked, const Caller& caller)
{
    Fields fields;
    ledger::AskState command{.asker = asker(caller),
                             .profile = {fields.name_or_none("profile", asked.profile())},
                             .pool = {fields.name_or_none("pool", asked.pool())},
                             .party = {fields.name_or_none("party", asked.party())},
                             .watch = asked.watch()};
    require_one_way(fields, asked);
    return judged(fields, std::move(command), {});
}

Translation translate_pools(const v1::PoolOpen& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_pools(const v1::PoolAllocate& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_pools(const v1::PoolClose& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_pools(const v1::PartyAdd& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_pools(const v1::PartyRebind& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_pools(const v1::PartySource& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_pools(const v1::PartyRemove& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_plan(const v1::Plan& asked, const Caller& caller, const Premises& premises)
{
    // A verb of a later version must not be answered as if nothing had been asked.
    if (!asked.GetReflection()->GetUnknownFields(asked).empty())
        return Refusal{.code = ledger::Code::unsupported, .detail = "a plan of a later version"};
    Fields fields;
    ledger::Plan plan{.what = planned(fields, asked, caller), .at = {}};
    if (asked.has_at_us()) {
        fields.require(asked.at_us() >= 0 && asked.at_us() <= at_us_max, "at_us",
                       "no instant from 1970 to 9999");
        plan.at = ledger::CalendarInstant(ledger::Duration(asked.at_us()));
    }
    if (fields.refusal())
        return *fields.refusal();
    if (asked.has_license_install()) {
        auto install = planned_install(fields, asked.license_install(), caller, premises);
        if (auto* refusal = std::get_if<Refusal>(&install))
            return std::move(*refusal);
        plan.what = std::get<ledger::Install>(std::move(install));
    }
    return Asked{std::move(plan), operated()};
}

} // namespace usher::server
