#include "daemon/server/translate_operate.hpp"

#include "daemon/server/activation.hpp"
#include "daemon/server/authority.hpp"
#include "daemon/server/description.hpp"
#include "daemon/server/documents.hpp"
#include "daemon/server/license.hpp"
#include "daemon/server/move.hpp"
#include "daemon/server/translate_pools.hpp"
#include "daemon/server/translate_requirements.hpp"
#include "daemon/trust/signature.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <set>
#include <utility>

namespace usher::server {
namespace {

using ledger::Code;
using ledger::Refusal;

/// The command, unless a field of its message was wrong.
template <class Command>
Translation judged(const Fields& fields, Command command, Keepsake keepsake = operated())
{
    if (fields.refusal())
        return *fields.refusal();
    return Asked{std::move(command), std::move(keepsake)};
}

/// `usher-key-` and 32 random bytes: as hard to guess as a private key, and plain to a scanner that
/// looks for secrets in the wrong places.
std::string make_key_text()
{
    std::array<std::uint8_t, 32> bytes{};
    trust::fill_random(bytes);
    return "usher-key-" + trust::base64url(bytes);
}

struct Verbs {
    std::uint64_t request;
    const Caller& caller;
    const Premises& premises;

    Translation operator()(const v1::Look&) const { return Asked{ledger::Look{}, operated()}; }

    Translation operator()(const v1::ExplainRefusals& asked) const
    {
        Fields fields;
        return judged(fields, ledger::ExplainRefusals{{fields.name_or_none("user", asked.user())}});
    }

    Translation operator()(const v1::Revoke& asked) const
    {
        Fields fields;
        return judged(fields, ledger::Revoke{.by = caller.identity,
                                             .lease = fields.tag("lease", asked.lease()),
                                             .reason = fields.remark("reason", asked.reason())});
    }

    Translation operator()(const v1::LicenseInstall& asked) const
    {
        Fields fields;
        ledger::Install wish = install_asked(fields, asked, caller);
        if (fields.refusal())
            return *fields.refusal();
        if (is_activation(asked.document()))
            return load_activation(asked.document(), std::move(wish), premises);
        auto install = open_install(asked.document(), premises, std::move(wish));
        if (auto* refusal = std::get_if<Refusal>(&install))
            return std::move(*refusal);
        return Asked{std::get<ledger::Install>(std::move(install)), operated()};
    }

    Translation operator()(const v1::LicenseRemove& asked) const
    {
        Fields fields;
        return judged(fields, removal_asked(fields, asked, caller));
    }

    Translation operator()(const v1::Import& asked) const
    {
        auto opened = open_description(asked.description());
        if (auto* refusal = std::get_if<Refusal>(&opened))
            return std::move(*refusal);
        auto& command = std::get<ledger::Import>(opened);
        command.by = caller.identity;
        command.dry_run = asked.dry_run();
        return Asked{std::move(command), operated()};
    }

    Translation operator()(const v1::ProfileAdd& asked) const
    {
        Fields fields;
        ledger::Profile profile{.name = {fields.name("name", asked.name())},
                                .pools = {},
                                .is_default = asked.is_default(),
                                .capacity = {}};
        fields.require(asked.pools_size() > 0, "pools", "none given");
        fields.require(static_cast<std::size_t>(asked.pools_size()) <=
                           ledger::pools_per_profile_max,
                       "pools", "more than 64");
        for (const std::string& pool : asked.pools()) {
            if (fields.refusal())
                break; // A hostile list is not read to its end.
            profile.pools.push_back({fields.name("pools", pool)});
        }
        if (asked.has_capacity())
            profile.capacity = fields.units(
                "capacity", static_cast<std::uint64_t>(std::max<std::int64_t>(0, asked.capacity())),
                ledger::units_max);
        return judged(fields, ledger::AddProfile{caller.identity, std::move(profile)});
    }

    Translation operator()(const v1::ProfileRename& asked) const
    {
        Fields fields;
        return judged(fields, ledger::RenameProfile{.by = caller.identity,
                                                    .from = {fields.name("from", asked.from())},
                                                    .to = {fields.name("to", asked.to())}});
    }

    Translation operator()(const v1::ProfileRemove& asked) const
    {
        Fields fields;
        return judged(fields,
                      ledger::RemoveProfile{caller.identity, {fields.name("name", asked.name())}});
    }

    Translation operator()(const v1::ProfileDefault& asked) const
    {
        Fields fields;
        return judged(fields, ledger::SetDefault{.by = caller.identity,
                                                 .name = {fields.name("name", asked.name())},
                                                 .is_default = asked.is_default()});
    }

    Translation operator()(const v1::PoolUsers& asked) const
    {
        Fields fields;
        ledger::SetUsers command{caller.identity, {fields.name("pool", asked.pool())}, {}};
        fields.require(!asked.everybody() || asked.users().empty(), "everybody",
                       "contradicts the list of users");
        fields.require(static_cast<std::size_t>(asked.users_size()) <= protocol::users_max, "users",
                       "more than 10000");
        if (!asked.everybody())
            command.users.emplace();
        std::size_t bytes = 0;
        for (const std::string& user : asked.users()) {
            if (fields.refusal())
                break; // A hostile list is not read to its end.
            bytes += user.size();
            fields.require(bytes <= protocol::users_bytes_max, "users", "longer than 512 KiB");
            command.users->insert({fields.name("users", user)});
        }
        return judged(fields, std::move(command));
    }

    Translation operator()(const v1::Maintenance& asked) const
    {
        return Asked{ledger::SetMode{caller.identity, asked.on() ? ledger::Mode::maintenance
                                                                 : ledger::Mode::serving},
                     operated()};
    }

    Translation operator()(const v1::KeyCreate& asked) const
    {
        Fields fields;
        Keepsake keepsake = operated();
        keepsake.key = make_key_text();
        ledger::Credential credential{.name = fields.name("name", asked.name()),
                                      .kind = ledger::Credential::Kind::key,
                                      .role = fields.role("role", asked.role()),
                                      .digest = {trust::sha256(keepsake.key)},
                                      .made = {}};
        return judged(fields, ledger::IssueCredential{caller.identity, std::move(credential)},
                      std::move(keepsake));
    }

    Translation operator()(const v1::CertificateCreate& asked) const
    {
        Fields fields;
        ledger::Credential credential{.name = fields.name("name", asked.name()),
                                      .kind = ledger::Credential::Kind::certificate,
                                      .role = fields.role("role", asked.role()),
                                      .digest = {},
                                      .made = {}};
        fields.require(asked.request_der().size() <= protocol::license_bytes_max, "request_der",
                       "longer than 16 KiB");
        if (fields.refusal())
            return *fields.refusal();
        auto issued = premises.authority->issue(asked.request_der(), credential.name,
                                                std::chrono::system_clock::now());
        if (auto* no = std::get_if<std::string>(&issued))
            return Refusal{.code = Code::bad_request, .detail = std::move(*no)};
        auto& certificate = std::get<Authority::Issued>(issued);
        credential.digest = certificate.digest;
        Keepsake keepsake = operated();
        keepsake.chain_pem = std::move(certificate.chain_pem);
        return Asked{ledger::IssueCredential{caller.identity, std::move(credential)},
                     std::move(keepsake)};
    }

    Translation operator()(const v1::CredentialRevoke& asked) const
    {
        Fields fields;
        return judged(fields,
                      ledger::RevokeCredential{caller.identity, fields.name("name", asked.name())});
    }

    Translation operator()(const v1::ActivationRequest& asked) const
    {
        return request_activation(asked, caller, premises);
    }

    Translation operator()(const v1::ActivationCancel& asked) const
    {
        Fields fields;
        return judged(fields, ledger::CancelActivation{caller.identity,
                                                       {fields.name("license", asked.license())}});
    }

    Translation operator()(const v1::ActivationLoad& asked) const
    {
        Fields fields;
        ledger::Install wish{.by = caller.identity,
                             .entitlement = {},
                             .profile = {fields.name_or_none("profile", asked.profile())}};
        if (fields.refusal())
            return *fields.refusal();
        return load_activation(asked.document(), std::move(wish), premises);
    }

    Translation operator()(const v1::Deactivate& asked) const
    {
        return deactivate(asked, caller, premises);
    }

    Translation operator()(const v1::ReceiptShow& asked) const
    {
        Fields fields;
        return judged(fields, ledger::ShowReceipt{{fields.name("license", asked.license())}});
    }

    Translation operator()(const v1::ShowingMake& asked) const { return make_showing(asked); }

    Translation operator()(const v1::IssuerAnswerLoad& asked) const
    {
        return load_issuer_answer(asked.document(), premises);
    }

    Translation operator()(const v1::MoveBegin& asked) const { return begin_move(asked, premises); }
    Translation operator()(const v1::MoveRead& asked) const { return read_stream(asked); }
    Translation operator()(const v1::TransferMake& asked) const
    {
        return make_transfer(asked, premises);
    }
    Translation operator()(const v1::Depart& asked) const
    {
        return depart(asked, caller, premises);
    }
    Translation operator()(const v1::DepartureConfirm& asked) const
    {
        return confirm_departure(asked, caller, premises);
    }
    Translation operator()(const v1::ArrivalBegin& asked) const
    {
        return begin_arrival(asked, caller, premises);
    }
    Translation operator()(const v1::Follow& asked) const { return follow(asked, premises); }
    Translation operator()(const v1::Arrive& asked) const
    {
        return arrive(asked, caller, premises);
    }
    Translation operator()(const v1::ArrivalAbandon&) const
    {
        return Asked{ledger::AbandonArrival{caller.identity}, operated()};
    }

    /// What the house is does not stand in the ledger.
    Translation operator()(const v1::NodeShow&) const
    {
        v1::Response response;
        response.set_id(request);
        v1::Node& node = *response.mutable_operated()->mutable_node();
        node.set_text(premises.node_text);
        node.set_server_uri(premises.uri);
        node.set_need(premises.identifiers_needed);
        node.set_counter_fault(premises.counter_fault);
        node.set_counter_hint(premises.counter_hint);
        for (const IdentifierSeen& seen : premises.identifiers) {
            v1::Node::Identifier& identifier = *node.add_identifiers();
            identifier.set_name(seen.name);
            identifier.set_found(seen.found);
            identifier.set_matches(seen.matches);
        }
        return response;
    }
};

/// What is asked of pools, parties and requirements. Two halves fit on a screen, one switch does
/// not; so it is no compiler that misses a verb here, but the test of roles, which asks each.
Translation translate_estate(const v1::Operate& operate, const Caller& caller,
                             const Premises& premises)
{
    switch (operate.verb_case()) {
    case v1::Operate::kPoolOpen: return translate_pools(operate.pool_open(), caller);
    case v1::Operate::kPoolAllocate: return translate_pools(operate.pool_allocate(), caller);
    case v1::Operate::kPoolClose: return translate_pools(operate.pool_close(), caller);
    case v1::Operate::kPartyAdd: return translate_pools(operate.party_add(), caller);
    case v1::Operate::kPartyRebind: return translate_pools(operate.party_rebind(), caller);
    case v1::Operate::kPartySource: return translate_pools(operate.party_source(), caller);
    case v1::Operate::kPartyRemove: return translate_pools(operate.party_remove(), caller);
    case v1::Operate::kPlan: return translate_plan(operate.plan(), caller, premises);
    case v1::Operate::kProductAdd: return translate_requirements(operate.product_add(), caller);
    case v1::Operate::kProductRemove:
        return translate_requirements(operate.product_remove(), caller);
    case v1::Operate::kProductConsolidate:
        return translate_requirements(operate.product_consolidate(), caller);
    case v1::Operate::kRequirementAdd:
        return translate_requirements(operate.requirement_add(), caller);
    case v1::Operate::kRequirementRemove:
        return translate_requirements(operate.requirement_remove(), caller);
    case v1::Operate::kRequirementConfirm:
        return translate_requirements(operate.requirement_confirm(), caller);
    case v1::Operate::kRequirementConsolidate:
        return translate_requirements(operate.requirement_consolidate(), caller);
    case v1::Operate::kRequirementEntitle:
        return translate_requirements(operate.requirement_entitle(), caller);
    case v1::Operate::kRequirementChange:
        return translate_requirements(operate.requirement_change(), caller);
    case v1::Operate::kPartyPrincipal:
        return translate_requirements(operate.party_principal(), caller);
    case v1::Operate::kReconcile: return translate_requirements(operate.reconcile(), caller);
    case v1::Operate::kRequirementList:
        return translate_requirements(operate.requirement_list(), caller);
    case v1::Operate::kPrincipalList:
        return translate_requirements(operate.principal_list(), caller);
    case v1::Operate::kRequirementExplain:
        return translate_requirements(operate.requirement_explain(), caller);
    case v1::Operate::kCompliance: return translate_requirements(operate.compliance(), caller);
    default: break;
    }
    assert(false && "an unknown verb has met its objection");
    std::abort();
}

} // namespace

Translation translate_operate(std::uint64_t request, const v1::Operate& operate,
                              const Caller& caller, const Premises& premises)
{
    const Verbs verbs{request, caller, premises};
    switch (operate.verb_case()) {
    case v1::Operate::kLook: return verbs(operate.look());
    case v1::Operate::kExplainRefusals: return verbs(operate.explain_refusals());
    case v1::Operate::kRevoke: return verbs(operate.revoke());
    case v1::Operate::kLicenseInstall: return verbs(operate.license_install());
    case v1::Operate::kLicenseRemove: return verbs(operate.license_remove());
    case v1::Operate::kImport: return verbs(operate.import());
    case v1::Operate::kProfileAdd: return verbs(operate.profile_add());
    case v1::Operate::kProfileRename: return verbs(operate.profile_rename());
    case v1::Operate::kProfileRemove: return verbs(operate.profile_remove());
    case v1::Operate::kProfileDefault: return verbs(operate.profile_default());
    case v1::Operate::kPoolUsers: return verbs(operate.pool_users());
    case v1::Operate::kMaintenance: return verbs(operate.maintenance());
    case v1::Operate::kKeyCreate: return verbs(operate.key_create());
    case v1::Operate::kCertificateCreate: return verbs(operate.certificate_create());
    case v1::Operate::kCredentialRevoke: return verbs(operate.credential_revoke());
    case v1::Operate::kNodeShow: return verbs(operate.node_show());
    case v1::Operate::kActivationRequest: return verbs(operate.activation_request());
    case v1::Operate::kActivationCancel: return verbs(operate.activation_cancel());
    case v1::Operate::kActivationLoad: return verbs(operate.activation_load());
    case v1::Operate::kDeactivate: return verbs(operate.deactivate());
    case v1::Operate::kReceiptShow: return verbs(operate.receipt_show());
    case v1::Operate::kShowingMake: return verbs(operate.showing_make());
    case v1::Operate::kIssuerAnswerLoad: return verbs(operate.issuer_answer_load());
    case v1::Operate::kMoveBegin: return verbs(operate.move_begin());
    case v1::Operate::kMoveRead: return verbs(operate.move_read());
    case v1::Operate::kTransferMake: return verbs(operate.transfer_make());
    case v1::Operate::kDepart: return verbs(operate.depart());
    case v1::Operate::kDepartureConfirm: return verbs(operate.departure_confirm());
    case v1::Operate::kArrivalBegin: return verbs(operate.arrival_begin());
    case v1::Operate::kFollow: return verbs(operate.follow());
    case v1::Operate::kArrive: return verbs(operate.arrive());
    case v1::Operate::kArrivalAbandon: return verbs(operate.arrival_abandon());
    default: return translate_estate(operate, caller, premises);
    }
}

} // namespace usher::server
