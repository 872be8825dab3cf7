#include "daemon/server/roles.hpp"

namespace usher::server {
namespace {

using ledger::Role;

// No `default` in either half: a new verb without a row does not compile.

std::optional<Verb> row(const v1::Operate& operate)
{
    switch (operate.verb_case()) {
    case v1::Operate::kLook: return Verb{"status", Role::viewer};
    case v1::Operate::kExplainRefusals: return Verb{"why", Role::viewer};
    case v1::Operate::kRevoke: return Verb{"revoke", Role::operator_};
    case v1::Operate::kLicenseInstall: return Verb{"license install", Role::admin};
    case v1::Operate::kLicenseRemove: return Verb{"license remove", Role::admin};
    case v1::Operate::kProfileAdd: return Verb{"profile add", Role::operator_};
    case v1::Operate::kProfileRename: return Verb{"profile rename", Role::operator_};
    case v1::Operate::kProfileRemove: return Verb{"profile remove", Role::operator_};
    case v1::Operate::kProfileDefault: return Verb{"profile default", Role::operator_};
    case v1::Operate::kPoolUsers: return Verb{"pool users", Role::operator_};
    case v1::Operate::kImport: return Verb{"import", Role::admin};
    case v1::Operate::kMaintenance: return Verb{"maintenance", Role::admin};
    case v1::Operate::kKeyCreate: return Verb{"key create", Role::admin};
    case v1::Operate::kCertificateCreate: return Verb{"certificate create", Role::admin};
    case v1::Operate::kCredentialRevoke: return Verb{"credential revoke", Role::admin};
    case v1::Operate::kNodeShow: return Verb{"node", Role::viewer};
    case v1::Operate::kActivationRequest: return Verb{"activate", Role::admin};
    case v1::Operate::kActivationCancel: return Verb{"activation cancel", Role::admin};
    case v1::Operate::kActivationLoad: return Verb{"activation load", Role::admin};
    case v1::Operate::kDeactivate: return Verb{"deactivate", Role::admin};
    case v1::Operate::kReceiptShow: return Verb{"receipt", Role::admin};
    case v1::Operate::kShowingMake: return Verb{"license check", Role::admin};
    case v1::Operate::kIssuerAnswerLoad: return Verb{"license check", Role::admin};
    case v1::Operate::kMoveBegin: return Verb{"move", Role::admin};
    case v1::Operate::kMoveRead: return Verb{"move", Role::admin};
    case v1::Operate::kTransferMake: return Verb{"move", Role::admin};
    case v1::Operate::kDepart: return Verb{"move", Role::admin};
    case v1::Operate::kDepartureConfirm: return Verb{"move", Role::admin};
    case v1::Operate::kArrivalBegin: return Verb{"move", Role::admin};
    case v1::Operate::kFollow: return Verb{"move", Role::admin};
    case v1::Operate::kArrive: return Verb{"move", Role::admin};
    case v1::Operate::kArrivalAbandon: return Verb{"move --abandon", Role::admin};
    case v1::Operate::kPoolOpen: return Verb{"pool open", Role::operator_};
    case v1::Operate::kPoolAllocate: return Verb{"pool allocate", Role::operator_};
    case v1::Operate::kPoolClose: return Verb{"pool close", Role::operator_};
    case v1::Operate::kPartyAdd: return Verb{"party add", Role::operator_};
    case v1::Operate::kPartyRebind: return Verb{"party rebind", Role::operator_};
    case v1::Operate::kPartySource: return Verb{"party source", Role::operator_};
    case v1::Operate::kPartyRemove: return Verb{"party remove", Role::operator_};
    case v1::Operate::kPlan: return Verb{"plan", Role::viewer};
    case v1::Operate::kProductAdd: return Verb{"product add", Role::operator_};
    case v1::Operate::kProductRemove: return Verb{"product remove", Role::operator_};
    case v1::Operate::kProductConsolidate: return Verb{"requirement consolidate", Role::operator_};
    case v1::Operate::kRequirementAdd: return Verb{"requirement add", Role::operator_};
    case v1::Operate::kRequirementRemove: return Verb{"requirement remove", Role::operator_};
    case v1::Operate::kRequirementConfirm: return Verb{"requirement confirm", Role::operator_};
    case v1::Operate::kRequirementConsolidate:
        return Verb{"requirement consolidate", Role::operator_};
    case v1::Operate::kRequirementEntitle: return Verb{"requirement entitle", Role::operator_};
    case v1::Operate::kRequirementChange: return Verb{"requirement change", Role::operator_};
    case v1::Operate::kPartyPrincipal: return Verb{"party principal", Role::operator_};
    case v1::Operate::kReconcile: return Verb{"reconcile", Role::operator_};
    case v1::Operate::kRequirementList: return Verb{"requirement list", Role::viewer};
    case v1::Operate::kRequirementExplain: return Verb{"requirement explain", Role::viewer};
    case v1::Operate::kPrincipalList: return Verb{"party principals", Role::viewer};
    case v1::Operate::kCompliance: return Verb{"report compliance", Role::viewer};
    case v1::Operate::VERB_NOT_SET: return std::nullopt;
    }
    return std::nullopt;
}

std::optional<Verb> row(v1::Request::AskCase ask, const v1::Request& request)
{
    switch (ask) {
    case v1::Request::kHello: return Verb{"hello", Role::application};
    case v1::Request::kCheckout: return Verb{"checkout", Role::application};
    case v1::Request::kRenew: return Verb{"renew", Role::application};
    case v1::Request::kCheckin: return Verb{"checkin", Role::application};
    case v1::Request::kLeave: return Verb{"leave", Role::application};
    case v1::Request::kCarry: return Verb{"carry", Role::application};
    case v1::Request::kRegister: return Verb{"register", Role::application};
    case v1::Request::kCheckinMany: return Verb{"checkin", Role::application};
    case v1::Request::kLeaseList: return Verb{"leases", Role::application};
    case v1::Request::kStateAsk: return Verb{"state", Role::application};
    case v1::Request::kOperate: return row(request.operate());
    case v1::Request::ASK_NOT_SET: return std::nullopt;
    }
    return std::nullopt;
}

} // namespace

std::optional<Verb> verb_of(const v1::Request& request)
{
    return row(request.ask_case(), request);
}

std::optional<ledger::Refusal> objection(const v1::Request& request, ledger::Role role)
{
    const std::optional<Verb> verb = verb_of(request);
    if (!verb)
        return ledger::Refusal{.code = ledger::Code::unsupported,
                               .detail = "a verb of a later version"};
    if (role < verb->needs)
        return ledger::Refusal{.code = ledger::Code::not_allowed,
                               .subject = std::string(verb->word),
                               .detail = std::string(verb->word) + " needs the role " +
                                         std::string(ledger::word(verb->needs)) + ", yours is " +
                                         std::string(ledger::word(role))};
    return std::nullopt;
}

} // namespace usher::server
