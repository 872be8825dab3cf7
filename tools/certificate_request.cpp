#include "tools/certificate_request.hpp"

#include "tools/fault.hpp"

#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace usher::tools {
namespace {

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509_REQ* request) const { X509_REQ_free(request); }
    void operator()(BIO* bio) const { BIO_free(bio); }
};

template <class T>
using Owned = std::unique_ptr<T, Free>;

void require(bool holds)
{
    if (!holds)
        throw Fault("cannot make a key",
                    {"see that OpenSSL works on this machine: openssl version"});
}

/// What `write` puts into a memory that OpenSSL writes to.
template <class Write>
std::string written(Write write)
{
    const Owned<BIO> memory(BIO_new(BIO_s_secmem()));
    require(memory && write(memory.get()) == 1);
    char* bytes = nullptr;
    const long count = BIO_get_mem_data(memory.get(), &bytes);
    require(count > 0);
    return {bytes, static_cast<std::size_t>(count)};
}

} // namespace

CertificateRequest make_certificate_request()
{
    const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
    const Owned<X509_REQ> request(X509_REQ_new());
    require(key && request && X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
            X509_REQ_set_pubkey(request.get(), key.get()) == 1 &&
            X509_REQ_sign(request.get(), key.get(), EVP_sha256()) > 0);
    return {.key_pem = written([&](BIO* out) {
                return PEM_write_bio_PKCS8PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr,
                                                     nullptr);
            }),
            .der = written([&](BIO* out) { return i2d_X509_REQ_bio(out, request.get()); })};
}

} // namespace usher::tools
