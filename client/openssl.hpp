#pragma once

#include <memory>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string>

/// OpenSSL's things with an owner. Private to route.cpp and stream.cpp.
namespace usher::client {

struct Release {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
    void operator()(X509_STORE_CTX* walk) const { X509_STORE_CTX_free(walk); }
};

using Context = std::unique_ptr<SSL_CTX, Release>;
using Ssl = std::unique_ptr<SSL, Release>;
using Session = std::unique_ptr<SSL_SESSION, Release>;
using Store = std::unique_ptr<X509_STORE, Release>;
using StoreWalk = std::unique_ptr<X509_STORE_CTX, Release>;

/// The reason of the first error in this thread's queue, which is emptied; for the end of a
/// sentence.
inline std::string take_openssl_text()
{
    const unsigned long error = ERR_get_error();
    ERR_clear_error();
    const char* const reason = error == 0 ? nullptr : ERR_reason_error_string(error);
    return reason == nullptr ? "no reason given" : reason;
}

} // namespace usher::client
