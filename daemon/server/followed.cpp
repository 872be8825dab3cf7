#include "daemon/server/followed.hpp"

#include "daemon/journal/record.hpp"
#include "daemon/server/documents.hpp"
#include "daemon/server/license.hpp"
#include "daemon/trust/lease_tag.hpp"
#include "protocol/limits.hpp"

#include <optional>
#include <set>
#include <utility>

namespace usher::server {
namespace {

using ledger::Code;
using ledger::Refusal;

/// Judges one fact, and sees of a license whether it names this host.
struct Judge {
    Fields& fields;
    const Premises& premises;
    std::optional<Refusal>& refusal;

    /// One that crosses has a line below, or it is not taken.
    template <class Other>
    void operator()(Other&) const
    {
        refusal = invalid_document("it is none that another server has to know");
    }

    // Name nothing that is new.
    void operator()(ledger::EntitlementRemoved&) const {}
    void operator()(ledger::EntitlementCounted&) const {}
    void operator()(ledger::PoolRemoved&) const {}
    void operator()(ledger::Posted&) const {}
    void operator()(ledger::ProfileRemoved&) const {}
    void operator()(ledger::LeaseEnded&) const {}
    void operator()(ledger::Unqueued&) const {}
    void operator()(ledger::CredentialRevoked&) const {}
    void operator()(ledger::LicenseForgotten&) const {}
    void operator()(ledger::PoolClosed&) const {}
    void operator()(ledger::PartyRemoved&) const {}
    void operator()(ledger::LeaseMoved&) const {}
    void operator()(ledger::ProductForgotten&) const {}
    void operator()(ledger::FoundationRemoved&) const {}

    void operator()(ledger::ProductDefined& fact) const
    {
        name_product(fact.product.id);
        if (fact.product.requires_product)
            fields.name("requires", fact.product.requires_product->text);
    }
    void operator()(ledger::EntitlementInstalled& fact) const { judge(fact.entitlement); }
    void operator()(ledger::EntitlementAmended& fact) const { judge(fact.entitlement); }
    void operator()(ledger::LicenseExpected& fact) const
    {
        fields.name("license", fact.license.id.text);
        name_product(fact.license.product);
    }
    void operator()(ledger::SchemeSet& fact) const { fields.name("scheme", fact.scheme.name); }
    void operator()(ledger::PoolOpened& fact) const
    {
        fields.name("pool", fact.pool.id.text);
        name_product(fact.pool.product);
        fields.name_or_none("owner", fact.pool.owner.text);
        if (fact.pool.allow)
            name_users(*fact.pool.allow);
    }
    void operator()(ledger::PoolRenamed& fact) const { fields.name("to", fact.to.text); }
    void operator()(ledger::PartySet& fact) const
    {
        fields.name("party", fact.party.id.text);
        fields.name_or_none("company", fact.party.company.text);
        fields.name_or_none("pool", fact.party.pool.text);
    }
    void operator()(ledger::UsersSet& fact) const
    {
        if (fact.users)
            name_users(*fact.users);
    }
    void operator()(ledger::ProfileSet& fact) const
    {
        fields.name("profile", fact.profile.name.text);
        for (const ledger::PoolId& pool : fact.profile.pools)
            fields.name("pools", pool.text);
    }
    void operator()(ledger::ProfileRenamed& fact) const { fields.name("to", fact.to.text); }
    void operator()(ledger::ProfileUsed& fact) const
    {
        fields.name("user", fact.user.text);
        fields.name("device", fact.device.text);
    }
    void operator()(ledger::LeaseGranted& fact) const { judge(fact.lease); }
    void operator()(ledger::Queued& fact) const
    {
        judge(fact.waiter.lease);
        for (const ledger::Way& way : fact.waiter.ways)
            fields.name_or_none("profile", way.profile.text);
    }
    void operator()(ledger::EndingRemembered& fact) const
    {
        fields.remark("identity", fact.identity.text);
    }
    void operator()(ledger::CredentialIssued& fact) const
    {
        fields.name("name", fact.credential.name);
    }
    void operator()(ledger::Denied& fact) const
    {
        fields.name_or_none("profile", fact.profile.text);
        fields.name("user", fact.user.text);
        fields.name("device", fact.device.text);
        for (const std::string* text :
             {&fact.refusal.subject, &fact.refusal.detail, &fact.refusal.wanted, &fact.refusal.host,
              &fact.refusal.root, &fact.refusal.donor})
            fields.remark("refused", *text);
        fields.require(fact.refusal.holders.size() <= ledger::holders_max &&
                           fact.refusal.redirect.empty(),
                       "refused", "no such refusal is given");
        for (const ledger::Holder& holder : fact.refusal.holders) {
            fields.name("user", holder.user.text);
            fields.name("device", holder.device.text);
        }
    }

    void operator()(ledger::FoundationPut& fact) const
    {
        name_requirement(fact.foundation.of);
        // Not a name: a line, as an operator or a program gives it.
        fields.remark("source", fact.foundation.source);
        fields.require(fact.foundation.source.size() <= protocol::source_bytes_max, "source",
                       "longer than 64 bytes");
    }
    void operator()(ledger::PrincipalSet& fact) const
    {
        fields.name("device", fact.device.text);
        fields.name_or_none("user", fact.user.text);
    }
    void operator()(ledger::ConsolidationSet& fact) const
    {
        name_requirement(fact.consolidation.requirement);
        name_requirement(fact.consolidation.behind);
    }
    void operator()(ledger::ProductConsolidationSet& fact) const
    {
        name_product(fact.consolidation.product);
        name_product(fact.consolidation.behind);
    }
    void operator()(ledger::Covered& fact) const
    {
        name_requirement(fact.coverage.requirement);
        fields.name_or_none("into", fact.coverage.into.text);
    }

    void name_requirement(const ledger::RequirementId& id) const
    {
        name_product(id.product);
        fields.name("consumer", id.consumer.name);
    }
    void name_product(const ledger::ProductId& product) const
    {
        fields.name("product", product.name.text);
        fields.name("vendor", product.vendor.text);
    }
    void name_users(const std::set<ledger::UserName>& users) const
    {
        std::size_t bytes = 0;
        for (const ledger::UserName& user : users) {
            fields.name("users", user.text);
            bytes += user.text.size();
        }
        fields.require(users.size() <= protocol::users_max && bytes <= protocol::users_bytes_max,
                       "users", "too many");
    }
    /// Which pool a license feeds is no word of its document's.
    void judge(ledger::Entitlement& entitlement) const
    {
        auto read = entitlement_in(*entitlement.document, premises);
        if (auto* no = std::get_if<Refusal>(&read)) {
            refusal = std::move(*no);
            return;
        }
        auto& said = std::get<ledger::Entitlement>(read);
        said.root = entitlement.root;
        entitlement.on_this_node = said.on_this_node;
        fields.require(said == entitlement, "license", "its document says otherwise");
    }
    void judge(const ledger::Lease& lease) const
    {
        fields.remark("identity", lease.identity.text);
        fields.name_or_none("party", lease.party.text);
        fields.name("user", lease.user.text);
        fields.name("device", lease.device.text);
        fields.name_or_none("profile", lease.profile.text);
        fields.name_or_none("asked", lease.asked.text);
        fields.require(lease.tag == trust::tag_of(lease.id), "tag", "is not its lease's");
    }
};

/// Of which fact a no is, and what is wrong with which field.
Refusal no_to(std::size_t number, const Refusal& found)
{
    return invalid_document("fact " + std::to_string(number) + ": " +
                            (found.subject.empty() ? "" : found.subject + ": ") + found.detail);
}

} // namespace

std::variant<std::vector<ledger::Fact>, Refusal> read_followed(const std::string& record,
                                                               const Premises& premises)
{
    std::vector<ledger::Fact> facts;
    if (const auto unreadable = journal::read_record(record, facts)) {
        if (unreadable->needs != 0)
            return Refusal{.code = Code::unsupported, .detail = unreadable->why};
        return invalid_document(unreadable->why);
    }
    for (std::size_t i = 0; i < facts.size(); ++i) {
        Fields fields;
        std::optional<Refusal> refusal;
        std::visit(Judge{fields, premises, refusal}, facts[i]);
        if (refusal && refusal->code == Code::unknown_vendor)
            return *std::move(refusal);
        if (refusal || fields.refusal())
            return no_to(i + 1, refusal ? *refusal : *fields.refusal());
    }
    return facts;
}

} // namespace usher::server
