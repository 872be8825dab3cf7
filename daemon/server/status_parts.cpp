#include "daemon/server/status_parts.hpp"

#include "daemon/ledger/limits.hpp"
#include "daemon/server/fields.hpp"
#include "daemon/trust/node.hpp"
#include "protocol/answers.hpp"
#include "protocol/frame.hpp"
#include "protocol/usher.pb.h"

#include <cassert>
#include <map>

namespace usher::server {
namespace {

using protocol::microseconds;
using protocol::to_text;

/// A part is sent when it has grown beyond this.
constexpr std::size_t part_bytes = 256 << 10;

/// Room for the longest entry: a pool with all its named users, or one with all its pools.
constexpr std::size_t entry_bytes_max =
    protocol::users_bytes_max + 4 * protocol::users_max +
    (ledger::pools_per_profile_max + 16) * protocol::name_bytes_max;
static_assert(part_bytes + entry_bytes_max < protocol::frame_bytes_max);

void fill(v1::StatusPart::Pool& to, const ledger::PoolPicture& from)
{
    to.set_id(from.pool.id.text);
    to.set_root(from.root.text);
    to.set_product(from.pool.product.name.text);
    to.set_metric(std::string(ledger::word(from.pool.metric)));
    to.set_unlimited(from.unlimited);
    to.set_held(from.held);
    if (!from.unlimited) {
        to.set_stock(from.stock);
        to.set_available(from.stock - from.held);
    }
    to.set_locked(from.locked);
    to.set_reason(from.reason);
    to.set_short_(from.short_by);
    to.set_scheme(from.pool.scheme);
    to.set_owner(from.pool.owner.text);
    to.set_closed(from.pool.closed);
    to.set_leases(std::string(ledger::word(from.leases)));
    to.set_named_users(from.pool.allow.has_value());
    if (from.pool.allow)
        for (const ledger::UserName& user : *from.pool.allow)
            to.add_users(user.text);
}

void fill(v1::StatusPart::Party& to, const ledger::PartyPicture& from)
{
    to.set_id(from.party.id.text);
    to.set_kind(std::string(ledger::word(from.party.kind)));
    to.set_company(from.party.company.text);
    to.set_source(std::string(ledger::word(from.party.source)));
    to.set_pool(from.party.pool.text);
    to.set_users(from.users);
    to.set_leases(from.leases);
    to.set_lock(from.lock);
}

void fill(v1::StatusPart::Profile& to, const ledger::ProfilePicture& from)
{
    to.set_name(from.profile.name.text);
    for (const ledger::PoolId& pool : from.profile.pools)
        to.add_pools(pool.text);
    to.set_in_use(from.in_use);
    if (from.re_use)
        to.set_re_use(*from.re_use);
    to.set_is_default(from.profile.is_default);
    if (from.profile.capacity)
        to.set_capacity(*from.profile.capacity);
    to.set_clients_recently(from.clients_recently);
}

void fill(v1::StatusPart::Lease& to, const ledger::LeasePicture& from)
{
    const ledger::Lease& lease = from.lease;
    to.set_id(to_text(lease.tag));
    to.set_profile(lease.profile.text);
    to.set_pool(lease.pool.text);
    to.set_seat(from.seat);
    to.set_units(lease.units);
    to.set_party(lease.party.text);
    to.set_user(lease.user.text);
    to.set_device(lease.device.text);
    to.set_kind(std::string(ledger::word(lease.kind)));
    to.set_started_us(microseconds(lease.started));
    if (from.deadline)
        to.set_deadline_us(microseconds(*from.deadline));
    to.set_identity(lease.identity.text);
    to.set_pid(lease.process);
    to.set_connected(from.connected);
    to.set_locked(from.locked);
}

void fill(v1::StatusPart::Waiter& to, const ledger::WaiterPicture& from)
{
    const ledger::Lease& wish = from.waiter.lease;
    to.set_id(to_text(wish.tag));
    to.set_profile(wish.profile.text);
    for (const ledger::Way& way : from.waiter.ways)
        to.add_pools(way.pool.text);
    to.set_units(wish.units);
    to.set_user(wish.user.text);
    to.set_device(wish.device.text);
    to.set_position(static_cast<std::uint32_t>(from.position));
    to.set_since_us(microseconds(wish.started));
    to.set_until_us(microseconds(from.until));
    to.set_party(wish.party.text);
}

void fill(v1::StatusPart::Product& to, const ledger::Product& from)
{
    to.set_name(from.id.name.text);
    to.set_vendor(from.id.vendor.text);
    if (from.model)
        to.set_model(std::string(ledger::word(*from.model)));
}

void fill(v1::StatusPart::License& to, const ledger::EntitlementPicture& from)
{
    const ledger::Entitlement& license = from.entitlement;
    to.set_id(license.id.text);
    to.set_pool(license.root.text);
    to.set_product(license.product.name.text);
    to.set_vendor(license.product.vendor.text);
    to.set_type(license.type);
    to.set_unlimited(!license.quantity);
    to.set_quantity(license.quantity.value_or(0));
    if (license.from)
        to.set_from_us(microseconds(*license.from));
    if (license.to)
        to.set_to_us(microseconds(*license.to));
    if (license.maintenance_until)
        to.set_maintenance_until_us(microseconds(*license.maintenance_until));
    to.set_nodelock(std::string(ledger::word(license.lock)));
    to.set_counts(from.counts);
    to.set_reason(from.reason);
    for (const ledger::ProductName& product : license.downgrades_to)
        to.add_downgrades_to(product.text);
}

void fill(v1::StatusPart::License& to, const ledger::ExpectedLicense& from)
{
    to.set_id(from.id.text);
    to.set_pool(from.root.text);
    to.set_product(from.product.name.text);
    to.set_vendor(from.product.vendor.text);
    to.set_unlimited(!from.quantity);
    to.set_quantity(from.quantity.value_or(0));
    to.set_nodelock(std::string(ledger::word(from.lock)));
    to.set_reason(std::string(ledger::word(ledger::Code::not_active_here)));
    to.set_expected(from.activated ? "activate" : "install");
}

/// A license with what is known of its activations; one that is only asked for is nothing else.
struct LicenseRow {
    const ledger::EntitlementPicture* license = nullptr;
    const ledger::ActivationPicture* activation = nullptr;
    const ledger::ExpectedLicense* expected = nullptr; ///< Then there is no `license`.
};

std::vector<LicenseRow> license_rows(const ledger::Summary& summary)
{
    std::map<ledger::EntitlementId, LicenseRow> rows;
    for (const ledger::EntitlementPicture& one : summary.entitlements)
        rows[one.entitlement.id].license = &one;
    for (const ledger::ActivationPicture& one : summary.activations)
        rows[one.license].activation = &one;
    for (const ledger::ExpectedLicense& one : summary.expected)
        rows[one.id].expected = &one;
    std::vector<LicenseRow> list;
    for (const auto& [id, row] : rows)
        list.push_back(row);
    return list;
}

void fill(v1::StatusPart::License& to, const LicenseRow& row)
{
    if (row.license)
        fill(to, *row.license);
    if (row.expected)
        fill(to, *row.expected);
    to.set_activation("none");
    if (!row.activation)
        return;
    const ledger::Activation& from = row.activation->activation;
    to.set_id(row.activation->license.text);
    to.set_activation(std::string(word(row.activation->state)));
    to.set_activation_number(from.number);
    const bool is_only_asked_for = from.number == 0 && from.pending;
    const ledger::NodeLock kind = is_only_asked_for ? from.pending->kind : from.kind;
    if (kind != ledger::NodeLock::none)
        to.set_activation_kind(std::string(ledger::word(kind)));
    to.set_issuer(from.issuer);
    if (row.activation->due)
        to.set_due_us(microseconds(*row.activation->due));
    to.set_receipt_number(spent(from));
    to.set_receipt_delivered(from.receipt && from.receipt->delivered);
}

void fill(v1::StatusPart::Credential& to, const ledger::Credential& from)
{
    to.set_name(from.name);
    to.set_kind(from.kind == ledger::Credential::Kind::key ? "key" : "certificate");
    to.set_role(std::string(ledger::word(from.role)));
    to.set_made_us(microseconds(from.made));
}

void fill(v1::StatusPart::Limit& to, const LimitPicture& from)
{
    to.set_name(std::string(from.name));
    to.set_bound(from.bound);
    to.set_in_use(from.in_use);
    to.set_highest(from.highest);
}

/// Frames that are written as they fill.
class Parts {
  public:
    Parts(std::string& out, std::uint64_t request) : out_(out) { response_.set_id(request); }

    v1::StatusPart& part() { return *response_.mutable_operated()->mutable_status(); }

    template <class Entries, class Add>
    void add(const Entries& entries, Add add_entry)
    {
        for (const auto& entry : entries) {
            auto& to = *(part().*add_entry)();
            fill(to, entry);
            bytes_ += to.ByteSizeLong();
            if (bytes_ < part_bytes)
                continue;
            part().set_more(true);
            send();
            part().Clear();
        }
    }

    void send()
    {
        const bool fits = protocol::append_frame(out_, response_);
        assert(fits);
        static_cast<void>(fits);
        bytes_ = 0;
    }

  private:
    std::string& out_;
    v1::Response response_;
    std::size_t bytes_ = 0;
};

} // namespace

void append_status(std::string& out, std::uint64_t request, const ledger::Summary& summary,
                   const Premises& premises, std::span<const LimitPicture> limits)
{
    using Part = v1::StatusPart;
    Parts parts(out, request);
    parts.part().set_at_us(microseconds(summary.at));
    parts.part().set_mode(std::string(ledger::word(summary.mode)));
    parts.part().set_node(premises.node_id);
    parts.part().set_moved_to(summary.moved_to);
    if (summary.anchor)
        parts.part().set_anchor(summary.anchor->value);
    if (summary.arrival) {
        parts.part().set_arriving_from(trust::short_name_of(summary.arrival->source.bytes));
        parts.part().set_followed(summary.arrival->position);
    }
    parts.add(limits, static_cast<Part::Limit* (Part::*)()>(&Part::add_limits));
    parts.add(summary.pools, static_cast<Part::Pool* (Part::*)()>(&Part::add_pools));
    parts.add(summary.parties, static_cast<Part::Party* (Part::*)()>(&Part::add_parties));
    parts.add(summary.profiles, static_cast<Part::Profile* (Part::*)()>(&Part::add_profiles));
    parts.add(summary.leases, static_cast<Part::Lease* (Part::*)()>(&Part::add_leases));
    parts.add(summary.queue, static_cast<Part::Waiter* (Part::*)()>(&Part::add_queue));
    parts.add(license_rows(summary), static_cast<Part::License* (Part::*)()>(&Part::add_licenses));
    parts.add(summary.products, static_cast<Part::Product* (Part::*)()>(&Part::add_products));
    parts.add(summary.credentials,
              static_cast<Part::Credential* (Part::*)()>(&Part::add_credentials));
    parts.send();
}

} // namespace usher::server
