#pragma once

#include "daemon/trust/signature.hpp"

#include <chrono>
#include <memory>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string>
#include <string_view>
#include <vector>

/// X.509 as this house uses it: three kinds of certificates, all ECDSA P-256 where the key is ours.
/// Private to the authority. Any thread.
namespace usher::server {

struct Release {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_REQ* request) const { X509_REQ_free(request); }
    void operator()(BIO* bio) const { BIO_free(bio); }
};

using Key = std::unique_ptr<EVP_PKEY, Release>;
using Certificate = std::unique_ptr<X509, Release>;
using CertificateRequest = std::unique_ptr<X509_REQ, Release>;

/// A certificate and the key that it is about.
struct Credentials {
    Key key;
    Certificate certificate;
};

using CertificateInstant = std::chrono::system_clock::time_point;

inline constexpr auto ca_life = std::chrono::days(3653);
inline constexpr auto certificate_life = std::chrono::days(365);
/// The longest name that X.509 has room for (ub-common-name).
inline constexpr std::size_t common_name_bytes_max = 64;

[[nodiscard]] Key make_key();
[[nodiscard]] Credentials make_ca(const std::string& server_name, CertificateInstant now);
/// `names` are host names and addresses.
[[nodiscard]] Credentials make_server_certificate(const Credentials& ca,
                                                  const std::vector<std::string>& names,
                                                  CertificateInstant now);
/// `name` has at most `common_name_bytes_max` bytes.
[[nodiscard]] Certificate make_client_certificate(const Credentials& ca, EVP_PKEY* subject_key,
                                                  const std::string& name, CertificateInstant now);

[[nodiscard]] std::string pem_of(X509* certificate);
[[nodiscard]] std::string pem_of(EVP_PKEY* key);
/// Empty where there is none in `pem`, or one is broken.
[[nodiscard]] Key key_from(std::string_view pem);
[[nodiscard]] std::vector<Certificate> certificates_from(std::string_view pem);

[[nodiscard]] trust::Digest digest_of(const X509* certificate);
[[nodiscard]] std::string common_name_of(const X509* certificate);
/// Whether less than a third of its life is left, or it is not for each of `names`.
[[nodiscard]] bool is_due(X509* certificate, const std::vector<std::string>& names,
                          CertificateInstant now);
[[nodiscard]] bool has_ended(const X509* certificate, CertificateInstant now);

} // namespace usher::server
