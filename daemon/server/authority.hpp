#pragma once

#include "daemon/ledger/types.hpp"
#include "daemon/trust/signature.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

struct ssl_st;
struct ssl_ctx_st;

namespace usher::server {

/// What a client's certificate says, once TLS has verified it. One of an unknown issuer is never
/// foreign: like one of ours it counts only where the ledger knows its digest.
struct ClientCertificate {
    ledger::CredentialDigest digest; ///< SHA-256 of its DER.
    std::string common_name;         ///< Bytes of a stranger; may be empty.
    bool is_foreign = false;         ///< Signed by the operator's own CA, not by ours.
};

/// The certificates of this house: a CA of its own, the server's certificate, and everything of TLS
/// that the two decide.
///
/// The first opening makes the CA (ECDSA P-256, 10 years) and a certificate for the server (1 year)
/// in `directory`; a later one renews the certificate where less than a third of its life is left,
/// and turns the session ticket keys. Immutable: to renew is to open it again, and connections that
/// were made before live on. Any thread.
class Authority {
  public:
    using Instant = std::chrono::system_clock::time_point;

    struct Settings {
        /// For what this makes itself; is made 0700 where it is missing.
        std::filesystem::path directory;
        /// The host name that the certificate is for, beside this host's own names.
        std::string server_name;
        /// A certificate that the operator gives: its chain, its key, and the CA that clients pin.
        /// All three or none.
        std::filesystem::path certificate;
        std::filesystem::path key;
        std::filesystem::path ca;
        /// Another CA whose client certificates are let in, as applications. Empty: none.
        std::filesystem::path client_ca;
        /// How long one ticket key serves; a ticket is good for as long. 1 hour to 7 days.
        std::chrono::seconds ticket_rotation = std::chrono::hours(12);
    };

    /// Throws `Fault` where a file cannot be made or read, does not fit, or may be read by others.
    static std::shared_ptr<const Authority> open(const Settings& settings, Instant now);

    ~Authority();
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    /// TLS 1.3 only, ALPN `usher/1`, a client certificate if there is one, no early data, tickets
    /// that outlive a restart and always come with a fresh Diffie-Hellman. Lives as long as this;
    /// an SSL made of it keeps it alive.
    [[nodiscard]] ssl_ctx_st* context() const;

    /// SHA-256 of the CA that clients pin: `?ca=sha256:…`.
    [[nodiscard]] const trust::Digest& ca_digest() const;

    /// The certificate that the other end proved to own in the handshake (or in the one that this
    /// one resumes); none: it showed none.
    [[nodiscard]] std::optional<ClientCertificate> client_certificate(const ssl_st* tls) const;

    struct Issued {
        ledger::CredentialDigest digest; ///< SHA-256 of the DER of the certificate.
        std::string chain_pem;           ///< The certificate, then our CA.
    };

    /// A client's certificate for `name` (1 year). Of the PKCS#10 request only the key counts:
    /// names and extensions in it are the asker's wishes, not ours. A sentence where the request is
    /// broken, not signed by its own key, or the key is weak.
    [[nodiscard]] std::variant<Issued, std::string>
    issue(std::string_view request_der, const std::string& name, Instant now) const;

  private:
    struct Inside;
    explicit Authority(std::unique_ptr<const Inside> inside);
    std::unique_ptr<const Inside> inside_;
};

} // namespace usher::server
