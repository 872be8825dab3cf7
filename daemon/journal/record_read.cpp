#include "daemon/journal/record.hpp"

#include "daemon/journal/activation_record.hpp"
#include "daemon/journal/license_record.hpp"
#include "daemon/journal/move_record.hpp"
#include "daemon/journal/pool_record.hpp"
#include "daemon/journal/record.pb.h"
#include "daemon/journal/record_fields.hpp"
#include "daemon/journal/requirement_record.hpp"

#include <google/protobuf/arena.h>
#include <limits>
#include <map>

/// The other half of record.hpp: from the record's words to the ledger's.
namespace usher::journal {
namespace {

using ledger::CalendarInstant;
using ledger::Fact;

template <class Names>
std::vector<ledger::PoolId> pools(const Names& names)
{
    std::vector<ledger::PoolId> list;
    list.reserve(static_cast<std::size_t>(names.size()));
    for (const std::string& name : names)
        list.push_back({name});
    return list;
}

ledger::Lease lease(Fields& fields, const record::Lease& from)
{
    ledger::Lease to;
    to.id = {fields.bytes<16>("id", from.id())};
    to.tag = {from.tag()};
    to.pool = {from.pool()};
    to.units = fields.units("units", from.units(), 1);
    to.identity = {from.identity()};
    to.party = {from.party()};
    to.user = {from.user()};
    to.device = {from.device()};
    to.process = from.process();
    to.kind = fields.kind(from.kind());
    if (from.has_ends_us())
        to.ends = instant(from.ends_us());
    to.profile = {from.profile()};
    to.asked = {from.has_asked() ? from.asked() : from.profile()};
    to.started = instant(from.started_us());
    return to;
}

ledger::Refusal refusal(Fields& fields, const record::Refusal& from)
{
    ledger::Refusal to;
    to.code = fields.code("code", from.code());
    to.subject = from.subject();
    to.detail = from.detail();
    to.wanted = from.wanted();
    if (from.has_because())
        to.because = fields.code("because", from.because());
    if (from.has_stock())
        to.stock = from.stock();
    if (from.has_held())
        to.held = from.held();
    if (from.has_want())
        to.want = from.want();
    if (from.has_short_by())
        to.short_by = from.short_by();
    if (from.has_queue())
        to.queue = from.queue();
    for (const record::Holder& holder : from.holders())
        to.holders.push_back({.user = {holder.user()},
                              .device = {holder.device()},
                              .lease = {holder.lease()},
                              .units = fields.units("units", holder.units(), 1),
                              .since = instant(holder.since_us())});
    to.host = from.host();
    if (from.has_retry_at_us())
        to.retry_at = instant(from.retry_at_us());
    to.redirect = from.redirect();
    to.root = from.root();
    if (from.has_row())
        to.row = from.row();
    to.donor = from.donor();
    if (from.has_spare())
        to.spare = from.spare();
    return to;
}

Fact fact_from(Fields& fields, const record::ProductDefined& from)
{
    ledger::Product product{.id = {{from.vendor()}, {from.id()}}, .requires_product = {}};
    if (from.has_model())
        product.model = fields.word("model", from.model(), ledger::Model::user);
    if (from.has_requires_product())
        product.requires_product = {from.requires_product()};
    return ledger::ProductDefined{std::move(product)};
}

Fact fact_from(Fields&, const record::NodeLockSeen& from)
{
    return ledger::NodeLockSeen{{from.id()}, from.on_this_node()};
}

Fact fact_from(Fields& fields, const record::Posted& from)
{
    ledger::Posted to;
    fields.require(from.has_from() || from.has_to(), "from and to", "are both missing");
    if (from.has_from())
        to.from = {from.from()};
    if (from.has_to())
        to.to = {from.to()};
    to.units = fields.units("units", from.units(), 1);
    to.cause = from.cause();
    return to;
}

Fact fact_from(Fields& fields, const record::EntitlementCounted& from)
{
    return ledger::EntitlementCounted{
        {from.id()}, from.counts(), from.unlimited(), fields.units("units", from.units(), 0)};
}

Fact fact_from(Fields& fields, const record::ProfileSet& from)
{
    ledger::Profile to{.name = {from.name()}, .pools = pools(from.pools())};
    to.is_default = from.is_default();
    if (from.has_capacity())
        to.capacity = fields.units("capacity", from.capacity(), 0);
    return ledger::ProfileSet{std::move(to), {from.by()}};
}

Fact fact_from(Fields&, const record::ProfileRenamed& from)
{
    return ledger::ProfileRenamed{{from.from()}, {from.to()}, {from.by()}};
}

Fact fact_from(Fields&, const record::ProfileRemoved& from)
{
    return ledger::ProfileRemoved{{from.name()}, {from.by()}};
}

Fact fact_from(Fields&, const record::ProfileUsed& from)
{
    return ledger::ProfileUsed{
        {from.profile()}, {from.user()}, {from.device()}, instant(from.last_us())};
}

Fact fact_from(Fields& fields, const record::LeaseGranted& from)
{
    return ledger::LeaseGranted{lease(fields, from.lease())};
}

Fact fact_from(Fields& fields, const record::LeaseEnded& from)
{
    return ledger::LeaseEnded{{fields.bytes<16>("id", from.id())},
                              fields.reason(from.reason()),
                              {from.by()},
                              from.note()};
}

Fact fact_from(Fields& fields, const record::Queued& from)
{
    ledger::Waiter to{.lease = lease(fields, from.lease()),
                      .ways = {},
                      .place = from.place(),
                      .patience = ledger::Duration(from.patience_us())};
    const bool has_profiles = from.profiles_size() > 0;
    fields.require(!has_profiles || from.profiles_size() == from.pools_size(), "profiles",
                   "are not as many as pools");
    if (fields.are_wrong())
        return ledger::TimeSeen{};
    for (int i = 0; i < from.pools_size(); ++i)
        to.ways.push_back(
            {{from.pools(i)},
             has_profiles ? ledger::ProfileName{from.profiles(i)} : to.lease.profile});
    return ledger::Queued{std::move(to)};
}

Fact fact_from(Fields& fields, const record::Unqueued& from)
{
    return ledger::Unqueued{{fields.bytes<16>("id", from.id())},
                            fields.reason(from.reason()),
                            {from.by()},
                            from.note()};
}

Fact fact_from(Fields& fields, const record::ModeSet& from)
{
    return ledger::ModeSet{fields.word("mode", from.mode(), ledger::Mode::maintenance),
                           {from.by()}};
}

Fact fact_from(Fields& fields, const record::CredentialIssued& from)
{
    using Kind = ledger::Credential::Kind;
    fields.require(from.kind() == "key" || from.kind() == "certificate", "kind",
                   "is no word that this usherd knows");
    return ledger::CredentialIssued{{.name = from.name(),
                                     .kind = from.kind() == "key" ? Kind::key : Kind::certificate,
                                     .role = fields.word("role", from.role(), ledger::Role::admin),
                                     .digest = {fields.bytes<32>("digest", from.digest())},
                                     .made = instant(from.made_us())},
                                    {from.by()}};
}

Fact fact_from(Fields&, const record::CredentialRevoked& from)
{
    return ledger::CredentialRevoked{from.name(), {from.by()}};
}

Fact fact_from(Fields& fields, const record::Denied& from)
{
    return ledger::Denied{instant(from.at_us()),
                          {from.profile()},
                          {from.user()},
                          {from.device()},
                          refusal(fields, from.refusal())};
}

Fact fact_from(Fields& fields, const record::EndingRemembered& from)
{
    return ledger::EndingRemembered{
        {fields.bytes<16>("id", from.id())}, {from.identity()}, fields.reason(from.reason())};
}

Fact fact_from(Fields&, const record::TimeSeen&)
{
    return ledger::TimeSeen{};
}

Fact unknown(Fields& fields)
{
    fields.require(false, "it", "is none that this usherd knows");
    return ledger::TimeSeen{};
}

// No `default`: a message in record.proto that nobody reads does not compile.
Fact fact_from(Fields& fields, const record::Fact& from)
{
    using Record = record::Fact;
    switch (from.fact_case()) {
    case Record::kProductDefined: return fact_from(fields, from.product_defined());
    case Record::kEntitlementInstalled: return fact_from(fields, from.entitlement_installed());
    case Record::kEntitlementRemoved: return fact_from(fields, from.entitlement_removed());
    case Record::kLicenseExpected: return fact_from(fields, from.license_expected());
    case Record::kNodeLockSeen: return fact_from(fields, from.node_lock_seen());
    case Record::kPoolOpened: return fact_from(fields, from.pool_opened());
    case Record::kPoolRemoved: return fact_from(fields, from.pool_removed());
    case Record::kPosted: return fact_from(fields, from.posted());
    case Record::kEntitlementCounted: return fact_from(fields, from.entitlement_counted());
    case Record::kProfileSet: return fact_from(fields, from.profile_set());
    case Record::kProfileRenamed: return fact_from(fields, from.profile_renamed());
    case Record::kProfileRemoved: return fact_from(fields, from.profile_removed());
    case Record::kProfileUsed: return fact_from(fields, from.profile_used());
    case Record::kUsersSet: return fact_from(fields, from.users_set());
    case Record::kLeaseGranted: return fact_from(fields, from.lease_granted());
    case Record::kLeaseEnded: return fact_from(fields, from.lease_ended());
    case Record::kQueued: return fact_from(fields, from.queued());
    case Record::kUnqueued: return fact_from(fields, from.unqueued());
    case Record::kModeSet: return fact_from(fields, from.mode_set());
    case Record::kCredentialIssued: return fact_from(fields, from.credential_issued());
    case Record::kCredentialRevoked: return fact_from(fields, from.credential_revoked());
    case Record::kDenied: return fact_from(fields, from.denied());
    case Record::kTimeSeen: return fact_from(fields, from.time_seen());
    case Record::kEndingRemembered: return fact_from(fields, from.ending_remembered());
    case Record::kActivationRequested: return fact_from(fields, from.activation_requested());
    case Record::kActivationCancelled: return fact_from(fields, from.activation_cancelled());
    case Record::kActivated: return fact_from(fields, from.activated());
    case Record::kActivationEnded: return fact_from(fields, from.activation_ended());
    case Record::kReceiptDelivered: return fact_from(fields, from.receipt_delivered());
    case Record::kShowingMade: return fact_from(fields, from.showing_made());
    case Record::kIssuerAnswered: return fact_from(fields, from.issuer_answered());
    case Record::kDeparted: return fact_from(fields, from.departed());
    case Record::kDepartureConfirmed: return fact_from(fields, from.departure_confirmed());
    case Record::kArrivalBegun: return fact_from(fields, from.arrival_begun());
    case Record::kFollowed: return fact_from(fields, from.followed());
    case Record::kArrived: return fact_from(fields, from.arrived());
    case Record::kArrivalAbandoned: return fact_from(fields, from.arrival_abandoned());
    case Record::kCounterAnchored: return fact_from(fields, from.counter_anchored());
    case Record::kActivationDoubted: return fact_from(fields, from.activation_doubted());
    case Record::kSchemeSet: return fact_from(fields, from.scheme_set());
    case Record::kEntitlementAmended: return amended_from(fields, from.entitlement_amended());
    case Record::kLicenseForgotten: return fact_from(fields, from.license_forgotten());
    case Record::kPoolClosed: return fact_from(fields, from.pool_closed());
    case Record::kPoolRenamed: return fact_from(fields, from.pool_renamed());
    case Record::kPartySet: return fact_from(fields, from.party_set());
    case Record::kPartyRemoved: return fact_from(fields, from.party_removed());
    case Record::kLeaseMoved: return fact_from(fields, from.lease_moved());
    case Record::kProductForgotten: return fact_from(fields, from.product_forgotten());
    case Record::kFoundationPut: return fact_from(fields, from.foundation_put());
    case Record::kFoundationRemoved: return fact_from(fields, from.foundation_removed());
    case Record::kPrincipalSet: return fact_from(fields, from.principal_set());
    case Record::kConsolidationSet: return fact_from(fields, from.consolidation_set());
    case Record::kProductConsolidationSet:
        return fact_from(fields, from.product_consolidation_set());
    case Record::kCovered: return fact_from(fields, from.covered());
    case Record::FACT_NOT_SET: break;
    }
    return unknown(fields);
}

/// Format 1 named the vendor in the license only, and wrote what a license brought into one record
/// with it.
void name_vendors(std::vector<Fact>& facts)
{
    std::map<ledger::PoolId, ledger::VendorName> of_pool;
    std::map<ledger::ProductName, ledger::VendorName> of_product;
    for (const Fact& fact : facts)
        if (const auto* installed = std::get_if<ledger::EntitlementInstalled>(&fact)) {
            const ledger::Entitlement& license = installed->entitlement;
            of_pool.emplace(license.root, license.product.vendor);
            of_product.emplace(license.product.name, license.product.vendor);
        }
    for (Fact& fact : facts)
        if (auto* opened = std::get_if<ledger::PoolOpened>(&fact)) {
            if (const auto known = of_pool.find(opened->pool.id); known != of_pool.end())
                opened->pool.product.vendor = known->second;
        } else if (auto* defined = std::get_if<ledger::ProductDefined>(&fact)) {
            ledger::ProductId& id = defined->product.id;
            if (const auto known = of_product.find(id.name); known != of_product.end())
                id.vendor = known->second;
        }
}

} // namespace

std::optional<Unreadable> read_record(std::string_view record, std::vector<Fact>& facts)
{
    facts.clear();
    google::protobuf::Arena arena; // Freed at once instead of message by message.
    auto& from = *google::protobuf::Arena::CreateMessage<record::Record>(&arena);
    if (record.size() > std::numeric_limits<int>::max() ||
        !from.ParseFromArray(record.data(), static_cast<int>(record.size())) || from.needs() == 0)
        return Unreadable{"it is no record"};
    if (from.needs() > record_format)
        return Unreadable{"it needs format " + std::to_string(from.needs()), from.needs()};
    facts.reserve(static_cast<std::size_t>(from.facts_size()));
    for (const record::Fact& one : from.facts()) {
        Fields fields;
        facts.push_back(fact_from(fields, one));
        if (fields.are_wrong())
            return Unreadable{"fact " + std::to_string(facts.size()) + ": " + fields.why()};
    }
    if (from.needs() == 1)
        name_vendors(facts);
    return std::nullopt;
}

} // namespace usher::journal
