#include "daemon/server/authority.hpp"

#include "daemon/server/certificates.hpp"
#include "daemon/server/fault.hpp"
#include "daemon/server/tickets.hpp"
#include "daemon/trust/private_files.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <array>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <unistd.h>

namespace usher::server {

using trust::keep_private_directory;
using trust::read_given_file;
using trust::read_private_file;
using trust::remove_private_file;
using trust::write_private_file;

/// Everything is made once and then only read.
struct Authority::Inside {
    Credentials own_ca;
    std::vector<Certificate> client_cas;
    trust::Digest pinned{};
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{nullptr, &SSL_CTX_free};
};

namespace {

/// What the server shows: its certificate, those that lead from it to `ca`, and `ca`.
struct Identity {
    Credentials leaf;
    std::vector<Certificate> between;
    Certificate ca;
};

void require(bool done)
{
    if (!done)
        throw std::runtime_error("OpenSSL refuses a setting that this daemon was built with");
}

std::vector<std::string> names_of(const std::string& server_name)
{
    std::vector<std::string> names{server_name, "localhost", "127.0.0.1", "::1"};
    std::array<char, 256> host{};
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.';
    };
    if (::gethostname(host.data(), host.size() - 1) == 0) {
        const std::string name(host.data());
        if (!name.empty() && std::ranges::all_of(name, is_plain))
            names.push_back(name);
    }
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

[[noreturn]] void refuse_file(const std::filesystem::path& file, const std::string& what)
{
    throw Fault(file.string() + " " + what,
                "put the right file there, or move it away and let "
                "usherd make a new one (clients then need its new uri)");
}

/// A certificate and its key out of files that this daemon wrote; none: neither is there.
std::optional<Credentials> read_credentials(const std::filesystem::path& stem)
{
    const std::filesystem::path certificate_file = stem.string() + ".pem";
    const std::filesystem::path key_file = stem.string() + ".key";
    const auto certificate_pem = read_private_file(certificate_file);
    const auto key_pem = read_private_file(key_file);
    if (!certificate_pem)
        return std::nullopt; // A key without certificate is of a start that was cut off.
    if (!key_pem)
        refuse_file(key_file, "is missing, though its certificate is there");
    std::vector<Certificate> certificates = certificates_from(*certificate_pem);
    if (certificates.size() != 1)
        refuse_file(certificate_file, "does not hold one certificate");
    Credentials found{key_from(*key_pem), std::move(certificates.front())};
    if (!found.key)
        refuse_file(key_file, "does not hold a private key");
    if (X509_check_private_key(found.certificate.get(), found.key.get()) != 1)
        refuse_file(key_file, "is not the key of " + certificate_file.string());
    return found;
}

/// The key first: a certificate without its key would stop the next start.
void write_credentials(const std::filesystem::path& stem, const Credentials& credentials)
{
    write_private_file(stem.string() + ".key", pem_of(credentials.key.get()));
    write_private_file(stem.string() + ".pem", pem_of(credentials.certificate.get()));
}

Credentials own_ca(const Authority::Settings& settings, Authority::Instant now)
{
    const std::filesystem::path stem = settings.directory / "ca";
    if (auto known = read_credentials(stem)) {
        if (has_ended(known->certificate.get(), now))
            refuse_file(stem.string() + ".pem", "has expired");
        return std::move(*known);
    }
    Credentials made = make_ca(settings.server_name, now);
    write_credentials(stem, made);
    return made;
}

Identity own_identity(const Authority::Settings& settings, const Credentials& ca,
                      Authority::Instant now)
{
    const std::filesystem::path stem = settings.directory / "server";
    const std::vector<std::string> names = names_of(settings.server_name);
    X509_up_ref(ca.certificate.get());
    Identity identity{{}, {}, Certificate(ca.certificate.get())};
    auto known = read_credentials(stem);
    if (known &&
        X509_verify(known->certificate.get(), X509_get0_pubkey(ca.certificate.get())) == 1 &&
        !is_due(known->certificate.get(), names, now)) {
        identity.leaf = std::move(*known);
        return identity;
    }
    // The old one goes first: a key must never stand beside another key's certificate.
    remove_private_file(stem.string() + ".pem");
    identity.leaf = make_server_certificate(ca, names, now);
    write_credentials(stem, identity.leaf);
    return identity;
}

std::vector<Certificate> given_certificates(const std::filesystem::path& file)
{
    std::vector<Certificate> certificates = certificates_from(read_given_file(file, false));
    if (certificates.empty())
        throw Fault(file.string() + " holds no certificate", "give a file in PEM form");
    return certificates;
}

/// Whether clients that trust `ca` alone will be content with what we show.
bool leads_to_ca(const Identity& identity)
{
    const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> trusted(X509_STORE_new(),
                                                                          &X509_STORE_free);
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> walk(
        X509_STORE_CTX_new(), &X509_STORE_CTX_free);
    const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> between(
        sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
    require(trusted && walk && between);
    require(X509_STORE_add_cert(trusted.get(), identity.ca.get()) == 1);
    for (const Certificate& certificate : identity.between)
        require(sk_X509_push(between.get(), certificate.get()) > 0);
    require(X509_STORE_CTX_init(walk.get(), trusted.get(), identity.leaf.certificate.get(),
                                between.get()) == 1);
    require(X509_STORE_CTX_set_purpose(walk.get(), X509_PURPOSE_SSL_SERVER) == 1);
    X509_STORE_CTX_set_flags(walk.get(), X509_V_FLAG_PARTIAL_CHAIN);
    return X509_verify_cert(walk.get()) == 1;
}

Identity given_identity(const Authority::Settings& settings)
{
    Identity identity;
    identity.between = given_certificates(settings.certificate);
    identity.leaf.certificate = std::move(identity.between.front());
    identity.between.erase(identity.between.begin());
    identity.ca = std::move(given_certificates(settings.ca).front());
    identity.leaf.key = key_from(read_given_file(settings.key, true));
    if (!identity.leaf.key)
        throw Fault(settings.key.string() + " holds no private key without a password",
                    "give the key in PEM form, not encrypted, readable by usherd alone");
    if (X509_check_private_key(identity.leaf.certificate.get(), identity.leaf.key.get()) != 1)
        throw Fault(settings.key.string() + " is not the key of " + settings.certificate.string(),
                    "give the key that the certificate was made for");
    if (!leads_to_ca(identity))
        throw Fault(settings.certificate.string() + " is not a server certificate that leads to " +
                        settings.ca.string() + ", or has expired",
                    "put the certificates in between behind it in the same file");
    return identity;
}

/// `usher/1` or nothing: who speaks another protocol is told so before anything else happens.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_length,
                    const unsigned char* offered, unsigned offered_length, void*)
{
    constexpr std::string_view ours = protocol::alpn;
    for (unsigned at = 0; at < offered_length; at += 1U + offered[at]) {
        const unsigned length = offered[at];
        if (at + 1 + length > offered_length)
            break;
        if (ours == std::string_view(reinterpret_cast<const char*>(offered) + at + 1, length)) {
            *chosen = offered + at + 1;
            *chosen_length = static_cast<unsigned char>(length);
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// OpenSSL does not ask `choose_protocol` where a client offers no protocol at all.
int require_protocol(SSL* tls, int* alert, void*)
{
    const unsigned char* offered = nullptr;
    std::size_t length = 0;
    if (SSL_client_hello_get0_ext(tls, TLSEXT_TYPE_application_layer_protocol_negotiation, &offered,
                                  &length) == 1)
        return SSL_CLIENT_HELLO_SUCCESS;
    *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
    return SSL_CLIENT_HELLO_ERROR;
}

/// A certificate whose issuer we do not know goes through the handshake, for its digest may stand
/// among our credentials: the server that has moved here made it. The verdict stays with the
/// connection (`SSL_get_verify_result`). What else is wrong with it ends the handshake.
int tolerate_unknown_issuer(int is_fine, X509_STORE_CTX* shown)
{
    switch (X509_STORE_CTX_get_error(shown)) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return 1;
    default: return is_fine;
    }
}

/// Clients are not told which CAs these are: a polite one would then keep back a certificate that
/// came here with a move.
void trust_clients_of(SSL_CTX* context, X509* ca)
{
    require(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca) == 1);
}

/// Of everything that a client certificate was verified against: a session must not be resumed
/// after the operator has changed that.
trust::Digest session_context(const Credentials& own, const std::vector<Certificate>& others)
{
    const auto append = [](std::string& text, const X509* certificate) {
        const trust::Digest digest = digest_of(certificate);
        text.append(digest.begin(), digest.end());
    };
    std::string anchors = "usher/1";
    append(anchors, own.certificate.get());
    for (const Certificate& ca : others)
        append(anchors, ca.get());
    return trust::sha256(anchors);
}

void set_protocol(SSL_CTX* context)
{
    require(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1);
    require(SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    SSL_CTX_set_client_hello_cb(context, require_protocol, nullptr);
    require(SSL_CTX_set_max_early_data(context, 0) == 1); // It can be replayed.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // Idle connections give their buffers back: there may be thousands.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

void show_identity(SSL_CTX* context, const Identity& identity)
{
    require(SSL_CTX_use_certificate(context, identity.leaf.certificate.get()) == 1);
    require(SSL_CTX_use_PrivateKey(context, identity.leaf.key.get()) == 1);
    // The CA too: a client that knows only its digest must see it to trust it.
    for (const Certificate& certificate : identity.between)
        require(SSL_CTX_add1_chain_cert(context, certificate.get()) == 1);
    require(SSL_CTX_add1_chain_cert(context, identity.ca.get()) == 1);
}

} // namespace

std::shared_ptr<const Authority> Authority::open(const Settings& settings, Instant now)
{
    keep_private_directory(settings.directory);
    auto inside = std::make_unique<Inside>();
    inside->own_ca = own_ca(settings, now);
    const Identity identity = settings.certificate.empty()
                                  ? own_identity(settings, inside->own_ca, now)
                                  : given_identity(settings);
    inside->pinned = digest_of(identity.ca.get());
    if (!settings.client_ca.empty())
        inside->client_cas = given_certificates(settings.client_ca);
    TicketKeys ticket_keys =
        turn_ticket_keys(settings.directory / "tickets", settings.ticket_rotation,
                         std::chrono::floor<std::chrono::seconds>(now));

    inside->context.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const context = inside->context.get();
    require(context != nullptr);
    set_protocol(context);
    show_identity(context, identity);
    // A certificate if there is one.
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, tolerate_unknown_issuer);
    SSL_CTX_set_verify_depth(context, 4);
    trust_clients_of(context, inside->own_ca.certificate.get());
    for (const Certificate& ca : inside->client_cas)
        trust_clients_of(context, ca.get());
    const trust::Digest same = session_context(inside->own_ca, inside->client_cas);
    require(SSL_CTX_set_session_id_context(context, same.data(), same.size()) == 1);
    use_ticket_keys(context, std::move(ticket_keys), settings.ticket_rotation);
    ERR_clear_error(); // What was tried and not found while reading files.
    return std::shared_ptr<const Authority>(new Authority(std::move(inside)));
}

Authority::Authority(std::unique_ptr<const Inside> inside) : inside_(std::move(inside)) {}

Authority::~Authority() = default;

ssl_ctx_st* Authority::context() const
{
    return inside_->context.get();
}

const trust::Digest& Authority::ca_digest() const
{
    return inside_->pinned;
}

std::optional<ClientCertificate> Authority::client_certificate(const ssl_st* tls) const
{
    X509* const shown = SSL_get0_peer_certificate(tls);
    if (shown == nullptr)
        return std::nullopt;
    // Issuer names can be chosen; a signature by our key cannot.
    const bool is_foreign =
        SSL_get_verify_result(tls) == X509_V_OK &&
        X509_verify(shown, X509_get0_pubkey(inside_->own_ca.certificate.get())) != 1;
    ERR_clear_error();
    return ClientCertificate{{digest_of(shown)}, common_name_of(shown), is_foreign};
}

std::variant<Authority::Issued, std::string>
Authority::issue(std::string_view request_der, const std::string& name, Instant now) const
{
    if (name.size() > common_name_bytes_max)
        return "name: longer than 64 bytes, the most that a certificate has room for";
    const auto* start = reinterpret_cast<const unsigned char*>(request_der.data());
    const auto* const end = start + request_der.size();
    const CertificateRequest request(
        d2i_X509_REQ(nullptr, &start, static_cast<long>(request_der.size())));
    ERR_clear_error();
    if (!request || start != end)
        return "request_der: not a PKCS#10 request in DER form";
    EVP_PKEY* const key = X509_REQ_get0_pubkey(request.get());
    if (key == nullptr || X509_REQ_verify(request.get(), key) != 1) {
        ERR_clear_error();
        return "request_der: not signed by the key that it names";
    }
    constexpr int security_bits_min = 112; // RSA from 2048 bits on, P-256, Ed25519.
    if (EVP_PKEY_get_security_bits(key) < security_bits_min)
        return "request_der: its key is weaker than RSA 2048, ECDSA P-256 or Ed25519";
    const Certificate certificate = make_client_certificate(inside_->own_ca, key, name, now);
    return Issued{{digest_of(certificate.get())},
                  pem_of(certificate.get()) + pem_of(inside_->own_ca.certificate.get())};
}

} // namespace usher::server
