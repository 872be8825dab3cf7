#pragma once

#include "daemon/ledger/answer.hpp"
#include "daemon/ledger/command.hpp"
#include "daemon/server/premises.hpp"
#include "daemon/server/usage.hpp"
#include "protocol/usher.pb.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <variant>

/// Between the wire's words and the ledger's. Sessions know frames and requests, the ledger knows
/// commands; only this file knows both. Pure but for `Premises`; any thread.
namespace usher::server {

/// Who is at the other end, as far as the transport proves it.
struct Peer {
    std::string address; ///< For the log: `127.0.0.1:53412`, `local`.
    std::optional<ledger::CredentialDigest> certificate; ///< SHA-256 of the DER it presented.
    std::string certificate_name;                        ///< Its common name.
    bool certificate_is_foreign = false;   ///< Signed by the operator's CA (`ClientCertificate`).
    std::optional<std::string> local_user; ///< Of the local socket: peer credentials.
    bool local_admin = false;              ///< Of the local socket: root or group `usher`.
};

/// A peer that was let in.
struct Caller {
    ledger::ConnectionId connection;
    ledger::Identity identity;
    ledger::Role role = ledger::Role::application;
};

/// What was made for the asker while translating and is shown to nobody else and never again.
/// It waits with the request for the ledger's yes.
struct Keepsake {
    std::string key;       ///< Of `KeyCreate`.
    std::string chain_pem; ///< Of `CertificateCreate`.
    bool operated = false; ///< An operator's verb: its plain yes is `Operated.done`.
};

/// Of an operator's verb that makes nothing else to show.
inline Keepsake operated()
{
    return {.operated = true};
}

struct Asked {
    ledger::Command command;
    Keepsake keepsake;
};

/// A question for the desk; a no, or another answer that needs no ledger.
using Translation = std::variant<Asked, ledger::Refusal, v1::Response>;

/// `Hello` becomes `Greet`, or a refusal (UNSUPPORTED, BAD_REQUEST, UNKNOWN_CREDENTIAL where
/// somebody comes with nothing and the operator does not want that).
[[nodiscard]] std::variant<ledger::Greet, ledger::Refusal>
translate_hello(const v1::Hello& hello, const Peer& peer, const Premises& premises);

/// Any other request of somebody who was let in. Checks the role first, then every field.
/// `Leave` is the session's own and must not be passed.
[[nodiscard]] Translation translate(const v1::Request& request, const Caller& caller,
                                    const Premises& premises);

/// `exporter` is the 32 bytes of RFC 9266 of this connection; empty on the local socket, where
/// there is nothing to prove.
[[nodiscard]] v1::Response welcome(std::uint64_t request, const ledger::Greeted& greeted,
                                   std::string_view exporter, const Premises& premises);

/// Appends the frames of an answer to `out`; a picture becomes several frames, and `limits` stand
/// in it.
void append_answer(std::string& out, std::uint64_t request, const ledger::Answer& answer,
                   const Keepsake& keepsake, const Premises& premises,
                   std::span<const LimitPicture> limits = {});
void append_notice(std::string& out, const ledger::Notice& notice);
void append_refusal(std::string& out, std::uint64_t request, const ledger::Refusal& refusal);

} // namespace usher::server
