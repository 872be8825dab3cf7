#include "daemon/server/activation.hpp"

#include "daemon/server/documents.hpp"
#include "daemon/server/license.hpp"
#include "daemon/trust/activation.hpp"
#include "daemon/trust/activation_code.hpp"
#include "daemon/trust/activation_request.hpp"
#include "daemon/trust/fault.hpp"
#include "daemon/trust/receipt.hpp"
#include "daemon/trust/showing.hpp"
#include "protocol/limits.hpp"

#include <memory>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace usher::server {
namespace {

using ledger::Code;
using ledger::Refusal;

std::string host_name()
{
    std::string name(256, '\0');
    if (::gethostname(name.data(), name.size() - 1) != 0)
        return "localhost";
    name.resize(name.find('\0'));
    return name;
}

/// What is in the way of a genuine activation before the ledger is asked.
std::optional<Refusal> objection_to(const trust::Activation& activation, const Premises& premises)
{
    if (!activation.nonce)
        return invalid_document("it is a transfer ticket, which usher move carries");
    if (now_by(premises) > activation.load_by)
        return Refusal{.code = Code::document_expired,
                       .subject = activation.license.number,
                       .detail = "it could be loaded until " + trust::to_text(activation.load_by)};
    return std::nullopt;
}

} // namespace

bool is_activation(const std::string& document)
{
    return document.size() <= protocol::license_bytes_max &&
           trust::document_kind(document) == trust::DocumentKind::activation;
}

Translation request_activation(const v1::ActivationRequest& asked, const Caller& caller,
                               const Premises& premises)
{
    Fields fields;
    const std::string kind = kind_of(fields, asked.kind());
    const std::string named = fields.name_or_none("host", asked.host());
    fields.require(asked.code().size() <= 2 * protocol::name_bytes_max, "code",
                   "longer than 512 bytes");
    if (fields.refusal())
        return *fields.refusal();
    const auto read = trust::activation_code_from(asked.code());
    if (const auto* error = std::get_if<trust::DocumentError>(&read))
        return Refusal{.code = Code::bad_activation_code, .detail = ": " + error->what};
    const auto& code = std::get<trust::ActivationCode>(read);
    const trust::Nonce nonce = trust::fresh_nonce();
    try {
        std::string document = trust::make_activation_request(code, *premises.node, kind,
                                                              named.empty() ? host_name() : named,
                                                              nonce, now_by(premises));
        return Asked{ledger::RequestActivation{.by = caller.identity,
                                               .license = {code.license},
                                               .nonce = {nonce},
                                               .kind = kind == "machine"
                                                           ? ledger::NodeLock::machine
                                                           : ledger::NodeLock::personal,
                                               .document = shared(std::move(document))},
                     operated()};
    } catch (const trust::Fault&) { // Too few identifiers: nothing could be locked to this host.
        return Refusal{.code = Code::nodelock_mismatch, .subject = code.license};
    } catch (const std::invalid_argument& error) {
        return Refusal{.code = Code::bad_request, .detail = error.what()};
    }
}

Translation load_activation(const std::string& document, ledger::Install asked,
                            const Premises& premises)
{
    if (auto objection = objection_to_length(document))
        return *std::move(objection);
    const auto opened = trust::open_activation(document, premises.vendors);
    if (const auto* error = std::get_if<trust::DocumentError>(&opened))
        return refusal_of(*error);
    const auto& activation = std::get<trust::Activation>(opened);
    if (auto objection = objection_to(activation, premises))
        return *std::move(objection);
    auto install = install_of(activation.license, document, premises, std::move(asked));
    if (auto* refusal = std::get_if<Refusal>(&install))
        return std::move(*refusal);
    ledger::Activate command{.install = std::get<ledger::Install>(std::move(install)),
                             .nonce = {*activation.nonce},
                             .issuer = activation.issuer,
                             .check = check_of(activation)};
    command.install.entitlement.activation = activation.number;
    return Asked{std::move(command), operated()};
}

Translation deactivate(const v1::Deactivate& asked, const Caller& caller, const Premises& premises)
{
    Fields fields;
    ledger::Deactivate command{.by = caller.identity,
                               .license = {fields.name("license", asked.license())},
                               .number = number_of(fields, asked.number()),
                               .receipt = {},
                               .digest = {},
                               .force = asked.force()};
    if (fields.refusal())
        return *fields.refusal();
    std::string receipt = trust::sign_receipt({.license = command.license.text,
                                               .ended = {premises.node->key(), command.number},
                                               .made = now_by(premises),
                                               .to = {}},
                                              *premises.node);
    command.digest = {trust::nonce_of(receipt)};
    command.receipt = shared(std::move(receipt));
    return Asked{std::move(command), operated()};
}

Translation make_showing(const v1::ShowingMake& asked)
{
    Fields fields;
    ledger::MakeShowing command{.license = {fields.name("license", asked.license())},
                                .number = number_of(fields, asked.number()),
                                .nonce = {trust::fresh_nonce()}};
    if (fields.refusal())
        return *fields.refusal();
    return Asked{std::move(command), operated()};
}

std::string sign_showing(const ledger::Showing& showing, const Premises& premises)
{
    return trust::sign_showing({.license = showing.license.text,
                                .active = {premises.node->key(), showing.number},
                                .nonce = showing.nonce.bytes,
                                .made = now_by(premises),
                                .started = premises.started,
                                .receipt_text = showing.redeemed,
                                .receipt = {}},
                               *premises.node);
}

Translation load_issuer_answer(const std::string& document, const Premises& premises)
{
    if (auto objection = objection_to_length(document))
        return *std::move(objection);
    const auto opened = trust::open_issuer_answer(document, premises.vendors);
    if (const auto* error = std::get_if<trust::DocumentError>(&opened))
        return refusal_of(*error);
    const auto& answer = std::get<trust::IssuerAnswer>(opened);
    return Asked{ledger::HearIssuer{.license = {answer.license},
                                    .vendor = {answer.vendor},
                                    .number = answer.number,
                                    .nonce = {answer.nonce},
                                    .active = answer.active},
                 operated()};
}

} // namespace usher::server
