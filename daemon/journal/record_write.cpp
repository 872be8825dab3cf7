#include "daemon/journal/record.hpp"

#include "daemon/journal/activation_record.hpp"
#include "daemon/journal/license_record.hpp"
#include "daemon/journal/move_record.hpp"
#include "daemon/journal/pool_record.hpp"
#include "daemon/journal/record.pb.h"
#include "daemon/journal/record_fields.hpp"
#include "daemon/journal/record_format.hpp"
#include "daemon/journal/requirement_record.hpp"

#include <algorithm>
#include <cassert>
#include <google/protobuf/arena.h>

/// The first half of record.hpp: from the ledger's words to the record's.
namespace usher::journal {
namespace {

constexpr std::size_t arena_bytes = 256 * 1024; ///< A turn of a thousand leases fits.

void fill(record::Lease& to, const ledger::Lease& lease)
{
    to.set_id(lease.id.bytes.data(), lease.id.bytes.size());
    to.set_tag(lease.tag.bits);
    to.set_pool(lease.pool.text);
    to.set_units(lease.units);
    to.set_identity(lease.identity.text);
    to.set_party(lease.party.text);
    to.set_user(lease.user.text);
    to.set_device(lease.device.text);
    to.set_process(lease.process);
    to.set_kind(text(word(lease.kind)));
    if (lease.ends)
        to.set_ends_us(microseconds(*lease.ends));
    to.set_profile(lease.profile.text);
    if (lease.asked != lease.profile)
        to.set_asked(lease.asked.text);
    to.set_started_us(microseconds(lease.started));
}

void fill(record::Holder& to, const ledger::Holder& holder)
{
    to.set_user(holder.user.text);
    to.set_device(holder.device.text);
    to.set_lease(holder.lease.bits);
    to.set_units(holder.units);
    to.set_since_us(microseconds(holder.since));
}

void fill(record::Refusal& to, const ledger::Refusal& refusal)
{
    to.set_code(text(word(refusal.code)));
    to.set_subject(refusal.subject);
    to.set_detail(refusal.detail);
    to.set_wanted(refusal.wanted);
    if (refusal.because)
        to.set_because(text(word(*refusal.because)));
    if (refusal.stock)
        to.set_stock(*refusal.stock);
    if (refusal.held)
        to.set_held(*refusal.held);
    if (refusal.want)
        to.set_want(*refusal.want);
    if (refusal.short_by)
        to.set_short_by(*refusal.short_by);
    if (refusal.queue)
        to.set_queue(*refusal.queue);
    for (const ledger::Holder& holder : refusal.holders)
        fill(*to.add_holders(), holder);
    to.set_host(refusal.host);
    if (refusal.retry_at)
        to.set_retry_at_us(microseconds(*refusal.retry_at));
    to.set_redirect(refusal.redirect);
    to.set_root(refusal.root);
    if (refusal.row)
        to.set_row(*refusal.row);
    to.set_donor(refusal.donor);
    if (refusal.spare)
        to.set_spare(*refusal.spare);
}

/// How each lasting fact stands in a record. No catch-all: a new fact does not compile without a
/// line here.
struct Writer {
    record::Fact& to;
    std::uint32_t& needs; ///< Of the whole record.

    /// What stands here means nothing to a reader of an earlier format.
    void need(std::uint32_t format) const { needs = std::max(needs, format); }

    void set_vendor(auto& one, const ledger::ProductId& product) const
    {
        if (product.vendor.empty())
            return;
        need(2);
        one.set_vendor(product.vendor.text);
    }

    void operator()(const ledger::ProductDefined& fact) const
    {
        record::ProductDefined& one = *to.mutable_product_defined();
        one.set_id(fact.product.id.name.text);
        set_vendor(one, fact.product.id);
        if (fact.product.requires_product)
            one.set_requires_product(fact.product.requires_product->text);
        if (fact.product.model) {
            need(6);
            one.set_model(text(word(*fact.product.model)));
        }
    }
    void operator()(const ledger::NodeLockSeen& fact) const
    {
        record::NodeLockSeen& one = *to.mutable_node_lock_seen();
        one.set_id(fact.id.text);
        one.set_on_this_node(fact.on_this_node);
    }
    void operator()(const ledger::Posted& fact) const
    {
        record::Posted& one = *to.mutable_posted();
        if (fact.from)
            one.set_from(fact.from->text);
        if (fact.to)
            one.set_to(fact.to->text);
        one.set_units(fact.units);
        one.set_cause(fact.cause);
    }
    void operator()(const ledger::EntitlementCounted& fact) const
    {
        record::EntitlementCounted& one = *to.mutable_entitlement_counted();
        one.set_id(fact.id.text);
        one.set_counts(fact.counts);
        one.set_unlimited(fact.unlimited);
        one.set_units(fact.units);
    }
    void operator()(const ledger::ProfileSet& fact) const
    {
        record::ProfileSet& one = *to.mutable_profile_set();
        one.set_name(fact.profile.name.text);
        for (const ledger::PoolId& pool : fact.profile.pools)
            one.add_pools(pool.text);
        one.set_is_default(fact.profile.is_default);
        if (fact.profile.capacity)
            one.set_capacity(*fact.profile.capacity);
        one.set_by(fact.by.text);
    }
    void operator()(const ledger::ProfileRenamed& fact) const
    {
        record::ProfileRenamed& one = *to.mutable_profile_renamed();
        one.set_from(fact.from.text);
        one.set_to(fact.to.text);
        one.set_by(fact.by.text);
    }
    void operator()(const ledger::ProfileRemoved& fact) const
    {
        record::ProfileRemoved& one = *to.mutable_profile_removed();
        one.set_name(fact.name.text);
        one.set_by(fact.by.text);
    }
    void operator()(const ledger::ProfileUsed& fact) const
    {
        record::ProfileUsed& one = *to.mutable_profile_used();
        one.set_profile(fact.profile.text);
        one.set_user(fact.user.text);
        one.set_device(fact.device.text);
        one.set_last_us(microseconds(fact.last));
    }
    void operator()(const ledger::LeaseGranted& fact) const
    {
        fill(*to.mutable_lease_granted()->mutable_lease(), fact.lease);
    }
    void operator()(const ledger::LeaseEnded& fact) const
    {
        record::LeaseEnded& one = *to.mutable_lease_ended();
        one.set_id(fact.id.bytes.data(), fact.id.bytes.size());
        one.set_reason(text(word(fact.reason)));
        one.set_by(fact.by.text);
        one.set_note(fact.note);
    }
    void operator()(const ledger::Queued& fact) const
    {
        record::Queued& one = *to.mutable_queued();
        fill(*one.mutable_lease(), fact.waiter.lease);
        const ledger::Waiter& waiter = fact.waiter;
        const bool has_profiles = std::ranges::any_of(waiter.ways, [&](const ledger::Way& way) {
            return way.profile != waiter.lease.profile;
        });
        if (has_profiles)
            need(2);
        for (const ledger::Way& way : waiter.ways) {
            one.add_pools(way.pool.text);
            if (has_profiles)
                one.add_profiles(way.profile.text);
        }
        one.set_place(fact.waiter.place);
        one.set_patience_us(fact.waiter.patience.count());
    }
    void operator()(const ledger::Unqueued& fact) const
    {
        record::Unqueued& one = *to.mutable_unqueued();
        one.set_id(fact.id.bytes.data(), fact.id.bytes.size());
        one.set_reason(text(word(fact.reason)));
        one.set_by(fact.by.text);
        one.set_note(fact.note);
    }
    void operator()(const ledger::ModeSet& fact) const
    {
        record::ModeSet& one = *to.mutable_mode_set();
        one.set_mode(text(word(fact.mode)));
        one.set_by(fact.by.text);
    }
    void operator()(const ledger::CredentialIssued& fact) const
    {
        const ledger::Credential& credential = fact.credential;
        record::CredentialIssued& one = *to.mutable_credential_issued();
        one.set_name(credential.name);
        one.set_kind(credential.kind == ledger::Credential::Kind::key ? "key" : "certificate");
        one.set_role(text(word(credential.role)));
        one.set_digest(credential.digest.bytes.data(), credential.digest.bytes.size());
        one.set_made_us(microseconds(credential.made));
        one.set_by(fact.by.text);
    }
    void operator()(const ledger::CredentialRevoked& fact) const
    {
        record::CredentialRevoked& one = *to.mutable_credential_revoked();
        one.set_name(fact.name);
        one.set_by(fact.by.text);
    }
    void operator()(const ledger::Denied& fact) const
    {
        record::Denied& one = *to.mutable_denied();
        need(format_of(fact.refusal));
        one.set_at_us(microseconds(fact.at));
        one.set_profile(fact.profile.text);
        one.set_user(fact.user.text);
        one.set_device(fact.device.text);
        fill(*one.mutable_refusal(), fact.refusal);
    }
    void operator()(const ledger::TimeSeen&) const { to.mutable_time_seen(); }
    void operator()(const ledger::EndingRemembered& fact) const
    {
        need(2);
        record::EndingRemembered& one = *to.mutable_ending_remembered();
        one.set_id(fact.id.bytes.data(), fact.id.bytes.size());
        one.set_identity(fact.identity.text);
        one.set_reason(text(word(fact.reason)));
    }
    /// activation_record.hpp and its like have the words.
    void put_since(std::uint32_t format, const auto& fact) const
    {
        need(format);
        put(to, fact);
    }
    void operator()(const ledger::EntitlementInstalled& fact) const
    {
        const bool is_plain = fact.entitlement.activation == 0;
        put_since(!fact.entitlement.downgrades_to.empty() ? 6 : is_plain ? 1 : 2, fact);
    }
    void operator()(const ledger::EntitlementRemoved& fact) const { put_since(1, fact); }
    void operator()(const ledger::LicenseExpected& fact) const { put_since(2, fact); }
    void operator()(const ledger::UsersSet& fact) const { put_since(1, fact); }
    void operator()(const ledger::PoolRemoved& fact) const { put_since(1, fact); }
    /// Earlier readers want the kind of its leases, which its scheme says now.
    void operator()(const ledger::PoolOpened& fact) const { put_since(5, fact); }
    void operator()(const ledger::ActivationRequested& fact) const { put_since(2, fact); }
    void operator()(const ledger::ActivationCancelled& fact) const { put_since(2, fact); }
    void operator()(const ledger::Activated& fact) const
    {
        // Who did not read the receipt would show this host without it, and the issuer would say
        // no.
        put_since(fact.redeemed.empty() ? 2 : 3, fact);
    }
    void operator()(const ledger::ActivationEnded& fact) const { put_since(2, fact); }
    void operator()(const ledger::ReceiptDelivered& fact) const { put_since(2, fact); }
    void operator()(const ledger::ShowingMade& fact) const { put_since(2, fact); }
    void operator()(const ledger::IssuerAnswered& fact) const { put_since(2, fact); }
    void operator()(const ledger::Departed& fact) const { put_since(3, fact); }
    void operator()(const ledger::DepartureConfirmed& fact) const { put_since(3, fact); }
    void operator()(const ledger::ArrivalBegun& fact) const { put_since(3, fact); }
    void operator()(const ledger::Followed& fact) const { put_since(3, fact); }
    void operator()(const ledger::Arrived& fact) const { put_since(3, fact); }
    void operator()(const ledger::ArrivalAbandoned& fact) const { put_since(3, fact); }

    void operator()(const ledger::CounterAnchored& fact) const { put_since(4, fact); }
    void operator()(const ledger::ActivationDoubted& fact) const { put_since(4, fact); }

    void operator()(const ledger::SchemeSet& fact) const
    {
        const bool lends = fact.scheme.use == ledger::Use::served;
        put_since(lends && !fact.scheme.changes_models ? 5 : 6, fact);
    }
    void operator()(const ledger::EntitlementAmended& fact) const
    {
        put_since(fact.entitlement.downgrades_to.empty() ? 5 : 6, fact);
    }
    void operator()(const ledger::LicenseForgotten& fact) const { put_since(5, fact); }
    void operator()(const ledger::PoolClosed& fact) const { put_since(5, fact); }
    void operator()(const ledger::PoolRenamed& fact) const { put_since(5, fact); }
    void operator()(const ledger::PartySet& fact) const { put_since(5, fact); }
    void operator()(const ledger::PartyRemoved& fact) const { put_since(5, fact); }
    void operator()(const ledger::LeaseMoved& fact) const { put_since(5, fact); }

    void operator()(const ledger::ProductForgotten& fact) const { put_since(6, fact); }
    void operator()(const ledger::FoundationPut& fact) const { put_since(6, fact); }
    void operator()(const ledger::FoundationRemoved& fact) const { put_since(6, fact); }
    void operator()(const ledger::PrincipalSet& fact) const { put_since(6, fact); }
    void operator()(const ledger::ConsolidationSet& fact) const { put_since(6, fact); }
    void operator()(const ledger::ProductConsolidationSet& fact) const { put_since(6, fact); }
    void operator()(const ledger::Covered& fact) const { put_since(6, fact); }

    void operator()(const ledger::LeaseRenewed&) const { assert(false && "fleeting"); }
    void operator()(const ledger::ConnectionLost&) const { assert(false && "fleeting"); }
    void operator()(const ledger::AmnestyGranted&) const { assert(false && "fleeting"); }
    void operator()(const ledger::TermsSet&) const { assert(false && "fleeting"); }
    void operator()(const ledger::StreamBegun&) const { assert(false && "fleeting"); }
    void operator()(const ledger::StreamRead&) const { assert(false && "fleeting"); }
    void operator()(const ledger::CounterReached&) const { assert(false && "fleeting"); }
    void operator()(const ledger::StateWatched&) const { assert(false && "fleeting"); }
    void operator()(const ledger::WatchEnded&) const { assert(false && "fleeting"); }
    void operator()(const ledger::IdReturned&) const { assert(false && "fleeting"); }
    void operator()(const ledger::RowsKept&) const { assert(false && "fleeting"); }
    void operator()(const ledger::TableEnded&) const { assert(false && "fleeting"); }
    void operator()(const ledger::StateTold&) const { assert(false && "fleeting"); }
    void operator()(const ledger::Reviewed&) const { assert(false && "fleeting"); }
};

} // namespace

/// The arena's first block is kept from turn to turn, so that a usual turn asks nobody for memory
/// but for its longest texts.
struct RecordWriter::Inside {
    Inside() : block(new char[arena_bytes]), arena(block.get(), arena_bytes) {}

    std::unique_ptr<char[]> block;
    google::protobuf::Arena arena;
    std::string record;
};

RecordTooLong::RecordTooLong(std::size_t bytes, std::size_t bytes_max)
    : Fault("a record of " + std::to_string(bytes) + " bytes is longer than the " +
                std::to_string(bytes_max) + " that the journal can keep in one piece",
            "lower leases_max in usherd.toml; what was answered before is whole")
{}

RecordWriter::RecordWriter(std::size_t bytes_max)
    : inside_(std::make_unique<Inside>()), bytes_max_(bytes_max)
{}
RecordWriter::~RecordWriter() = default;

std::string_view RecordWriter::write(std::span<const ledger::Fact> facts)
{
    inside_->arena.Reset();
    auto& record = *google::protobuf::Arena::CreateMessage<record::Record>(&inside_->arena);
    std::uint32_t needs = 1;
    for (const ledger::Fact& fact : facts)
        if (ledger::is_lasting(fact))
            std::visit(Writer{*record.add_facts(), needs}, fact);
    record.set_needs(needs);
    const std::size_t bytes = record.ByteSizeLong();
    if (bytes > bytes_max_ || !record.SerializeToString(&inside_->record))
        throw RecordTooLong(bytes, bytes_max_);
    return inside_->record;
}

} // namespace usher::journal
