#include "daemon/server/translate.hpp"

#include "daemon/server/fields.hpp"
#include "daemon/server/roles.hpp"
#include "daemon/server/translate_operate.hpp"
#include "daemon/server/translate_pools.hpp"
#include "daemon/trust/lease_tag.hpp"
#include "daemon/trust/signature.hpp"
#include "protocol/limits.hpp"

#include <cassert>
#include <utility>

namespace usher::server {
namespace {

using ledger::Code;
using ledger::Refusal;
using ledger::Role;

constexpr std::uint32_t version_spoken = 1;

ledger::Asker asker(const Caller& caller)
{
    return {caller.identity, caller.connection};
}

/// The command, unless a field of its message was wrong.
template <class Command>
Translation judged(const Fields& fields, Command command)
{
    if (fields.refusal())
        return *fields.refusal();
    return Asked{std::move(command), {}};
}

Translation translate_verb(const v1::Checkout& asked, const Caller& caller)
{
    constexpr auto wait_ms_max =
        std::chrono::duration_cast<std::chrono::milliseconds>(protocol::wait_max).count();
    Fields fields;
    ledger::Checkout command{
        .asker = asker(caller),
        .id = fields.lease("lease", asked.lease()),
        .tag = {},
        .profile = {fields.name_or_none("profile", asked.profile())},
        .units = fields.units("units", asked.units(), protocol::units_per_checkout_max),
        .party = {fields.name_or_none("party", asked.party())},
        .user = {fields.name("user", asked.user())},
        .device = {fields.name("device", asked.device())},
        .process = asked.pid(),
        .patience = std::chrono::milliseconds(asked.wait_ms()),
        .pool = {fields.name_or_none("pool", asked.pool())},
    };
    require_one_way(fields, asked);
    fields.require(asked.wait_ms() <= wait_ms_max, "wait_ms", "longer than 24 h");
    command.tag = trust::tag_of(command.id);
    return judged(fields, std::move(command));
}

Translation translate_verb(const v1::Renew& asked, const Caller& caller)
{
    Fields fields;
    ledger::Renew command{asker(caller), {}};
    const auto count = static_cast<std::size_t>(asked.leases_size());
    fields.require(count <= protocol::leases_per_connection_max, "leases", "more than 4096");
    if (!fields.refusal()) {
        command.leases.reserve(count);
        for (const std::string& lease : asked.leases())
            command.leases.push_back(fields.lease("leases", lease));
    }
    return judged(fields, std::move(command));
}

Translation translate_verb(const v1::Checkin& asked, const Caller& caller)
{
    Fields fields;
    return judged(fields, ledger::Checkin{asker(caller), fields.lease("lease", asked.lease())});
}

/// Nothing of it is the ledger's: an issuer's house has a record of its own.
Translation translate_carry(const v1::Request& request, const Premises& premises)
{
    if (!premises.answerer)
        return Refusal{.code = Code::unsupported, .detail = "it is no issuer"};
    if (request.carry().document().size() > protocol::license_bytes_max)
        return Refusal{.code = Code::document_invalid, .detail = "it is longer than 16 KiB"};
    auto answer = premises.answerer(request.carry().document());
    if (auto* no = std::get_if<Refusal>(&answer))
        return std::move(*no);
    v1::Response response;
    response.set_id(request.id());
    response.mutable_carried()->set_document(std::get<std::string>(std::move(answer)));
    return response;
}

/// Who presents a certificate is known by its name; one of the operator's own CA is called
/// otherwise, so that it cannot take the name of one that we made.
std::variant<ledger::Greet, Refusal> greet_certificate(const Peer& peer)
{
    Fields fields;
    const std::string name = fields.name("certificate", peer.certificate_name);
    if (fields.refusal())
        return *fields.refusal();
    return ledger::Greet{.credential = peer.certificate,
                         .identity = {(peer.certificate_is_foreign ? "foreign:" : "cert:") + name},
                         .role = Role::application,
                         .certificate_is_foreign = peer.certificate_is_foreign};
}

std::variant<ledger::Greet, Refusal> greet_without_credential(const Peer& peer,
                                                              const Premises& premises)
{
    ledger::Greet greet{
        .credential = {}, .identity = {std::string(ledger::anonymous)}, .role = Role::application};
    if (peer.local_user)
        greet.identity.text = "local:" + *peer.local_user;
    if (peer.local_admin) {
        assert(peer.local_user);
        greet.role = Role::admin;
        return greet;
    }
    if (premises.anonymous)
        return greet;
    return Refusal{.code = Code::unknown_credential,
                   .subject = peer.local_user ? greet.identity.text
                                              : "who brings no key and no certificate"};
}

} // namespace

std::variant<ledger::Greet, Refusal> translate_hello(const v1::Hello& hello, const Peer& peer,
                                                     const Premises& premises)
{
    Fields fields;
    fields.require(hello.version_min() <= hello.version(), "version_min", "above version");
    fields.require(hello.client().size() <= protocol::name_bytes_max, "client",
                   "longer than 256 bytes");
    fields.require(hello.key().size() <= protocol::name_bytes_max, "key", "longer than 256 bytes");
    if (fields.refusal())
        return *fields.refusal();
    if (hello.version_min() > version_spoken || hello.version() < version_spoken)
        return Refusal{.code = Code::unsupported,
                       .detail = "protocol versions " + std::to_string(hello.version_min()) +
                                 " to " + std::to_string(hello.version()) +
                                 "; this server speaks version 1"};

    // A key was given on purpose, a certificate may just be configured.
    if (!hello.key().empty())
        return ledger::Greet{.credential = ledger::CredentialDigest{trust::sha256(hello.key())},
                             .identity = {},
                             .role = Role::application};
    if (peer.certificate)
        return greet_certificate(peer);
    return greet_without_credential(peer, premises);
}

Translation translate(const v1::Request& request, const Caller& caller, const Premises& premises)
{
    if (auto no = objection(request, caller.role))
        return *std::move(no);
    switch (request.ask_case()) {
    case v1::Request::kHello:
        return Refusal{.code = Code::bad_request, .detail = "hello: only the first message is one"};
    case v1::Request::kCheckout: return translate_verb(request.checkout(), caller);
    case v1::Request::kRenew: return translate_verb(request.renew(), caller);
    case v1::Request::kCheckin: return translate_verb(request.checkin(), caller);
    case v1::Request::kCarry: return translate_carry(request, premises);
    case v1::Request::kRegister: return translate_pools(request.register_(), caller);
    case v1::Request::kCheckinMany: return translate_pools(request.checkin_many(), caller);
    case v1::Request::kLeaseList: return translate_pools(request.lease_list(), caller);
    case v1::Request::kStateAsk: return translate_pools(request.state_ask(), caller);
    case v1::Request::kOperate:
        return translate_operate(request.id(), request.operate(), caller, premises);
    case v1::Request::kLeave:
    case v1::Request::ASK_NOT_SET: break;
    }
    assert(false && "Leave is the session's own, and an unknown request has met its objection");
    std::abort();
}

} // namespace usher::server
