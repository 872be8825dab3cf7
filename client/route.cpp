#include "client/route.hpp"

#include "client/openssl.hpp"
#include "protocol/limits.hpp"

#include <openssl/x509v3.h>
#include <utility>

namespace usher::client {

struct Route::Tls {
    Context context;
    Session session; ///< What the last connection left; none yet.
    trust::Digest pin{};
    std::string pin_objection;
};

namespace {

using Digest = trust::Digest;

Failure unusable(std::string what)
{
    return {.step = Step::credentials,
            .text = std::move(what),
            .cure = "give a certificate that the server knows (usher certificate create) and its "
                    "key, both in PEM form and the key without a password"};
}

bool has_digest(const X509* certificate, const Digest& digest)
{
    Digest found{};
    unsigned length = 0;
    return X509_digest(certificate, EVP_sha256(), found.data(), &length) == 1 && found == digest;
}

/// The pinned CA among what the server has shown; null: it is not there.
X509* find_pinned(X509_STORE_CTX* shown, const Digest& pin)
{
    STACK_OF(X509)* const certificates = X509_STORE_CTX_get0_untrusted(shown);
    for (int i = 0; i < sk_X509_num(certificates); ++i) {
        X509* const certificate = sk_X509_value(certificates, i);
        if (has_digest(certificate, pin) && X509_check_ca(certificate) != 0)
            return certificate;
    }
    return nullptr;
}

/// Empty: the server's certificate leads to the pinned CA, and to that one only we look. The host
/// name plays no part: a pinned CA is the server's own, and survives that it gets another name.
std::string object_to(X509_STORE_CTX* shown, const Digest& pin)
{
    X509* const ca = find_pinned(shown, pin);
    if (ca == nullptr)
        return "its certificate does not come from the authority that the address names";
    const Store trusted(X509_STORE_new());
    const StoreWalk walk(X509_STORE_CTX_new());
    if (!trusted || !walk || X509_STORE_add_cert(trusted.get(), ca) != 1 ||
        X509_STORE_CTX_init(walk.get(), trusted.get(), X509_STORE_CTX_get0_cert(shown),
                            X509_STORE_CTX_get0_untrusted(shown)) != 1 ||
        X509_STORE_CTX_set_purpose(walk.get(), X509_PURPOSE_SSL_SERVER) != 1)
        return "no memory to verify it";
    X509_STORE_CTX_set_flags(walk.get(), X509_V_FLAG_PARTIAL_CHAIN);
    if (X509_verify_cert(walk.get()) == 1)
        return {};
    const int error = X509_STORE_CTX_get_error(walk.get());
    return std::string("its certificate is not valid: ") + X509_verify_cert_error_string(error);
}

/// OpenSSL has no password to ask for: an encrypted key is refused rather than asking at a
/// terminal.
int no_password(char*, int, int, void*)
{
    return 0;
}

std::string load_certificate(SSL_CTX* context, const Credentials& credentials)
{
    SSL_CTX_set_default_passwd_cb(context, no_password);
    const std::string& certificate = credentials.certificate;
    const std::string& key = credentials.certificate_key;
    if (certificate.empty() != key.empty())
        return "a client certificate needs its key, and a key its certificate";
    if (certificate.empty())
        return {};
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
        return "cannot use " + certificate + " as a certificate: " + take_openssl_text();
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        return "cannot use " + key + " as the key of " + certificate + ": " + take_openssl_text();
    return {};
}

bool set_protocol(SSL_CTX* context)
{
    std::string offer(1, static_cast<char>(sizeof(protocol::alpn) - 1));
    offer += protocol::alpn;
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(offer.data()),
                                   static_cast<unsigned>(offer.size())) == 0;
}

} // namespace

Route::Route(Address address, Credentials credentials)
    : address_(std::move(address)), credentials_(std::move(credentials))
{}

Route::Route(Route&&) noexcept = default;
Route& Route::operator=(Route&&) noexcept = default;
Route::~Route() = default;

Result<Route> Route::prepare(Address address, Credentials credentials)
{
    Route route(std::move(address), std::move(credentials));
    const auto* tcp = std::get_if<TcpAddress>(&route.address_);
    if (tcp == nullptr)
        return route;
    ERR_clear_error();
    route.tls_ = std::make_unique<Tls>();
    route.tls_->pin = tcp->ca;
    route.tls_->context.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX* const context = route.tls_->context.get();
    if (context == nullptr || !set_protocol(context))
        return unusable("this host's OpenSSL cannot speak TLS 1.3: " + take_openssl_text());
    std::string objection = load_certificate(context, route.credentials_);
    if (!objection.empty())
        return unusable(std::move(objection));

    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(
        context,
        [](X509_STORE_CTX* shown, void* context_of) {
            Tls& tls = *static_cast<Tls*>(context_of);
            tls.pin_objection = object_to(shown, tls.pin);
            return tls.pin_objection.empty() ? 1 : 0;
        },
        route.tls_.get());
    SSL_CTX_set_app_data(context, route.tls_.get());
    SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
        // A copy: OpenSSL spoils the session of a connection that breaks, which is just when it is
        // needed.
        static_cast<Tls*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))
            ->session.reset(SSL_SESSION_dup(session));
        return 0;
    });
    return route;
}

ssl_st* Route::begin_tls()
{
    tls_->pin_objection.clear();
    SSL* const ssl = SSL_new(tls_->context.get());
    if (ssl == nullptr)
        return nullptr;
    // It serves until there is a newer one, though RFC 8446 would have each used once so that
    // nobody can tell that two connections are one client's: thousands may have to come back at
    // once.
    if (const Session copy(tls_->session ? SSL_SESSION_dup(tls_->session.get()) : nullptr); copy)
        SSL_set_session(ssl, copy.get());
    // A numeric address is no server name (RFC 6066).
    const std::string& host = std::get<TcpAddress>(address_).host;
    if (host.find_first_not_of("0123456789.") != std::string::npos &&
        host.find(':') == std::string::npos)
        SSL_set_tlsext_host_name(ssl, host.c_str());
    return ssl;
}

const std::string& Route::pin_objection() const
{
    return tls_->pin_objection;
}

void Route::forget_session()
{
    tls_->session.reset();
}

} // namespace usher::client
