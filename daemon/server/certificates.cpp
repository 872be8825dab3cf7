#include "daemon/server/certificates.hpp"

#include <cassert>
#include <ctime>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>

namespace usher::server {
namespace {

/// What only fails where memory is out or OpenSSL is not what we were built for.
void require(bool done)
{
    if (!done)
        throw std::runtime_error("OpenSSL could not make a certificate");
}

std::time_t seconds_of(CertificateInstant at)
{
    return std::chrono::system_clock::to_time_t(at);
}

/// 127 random bits: unique without a counter that would have to survive.
void set_random_serial(X509* certificate)
{
    std::array<std::uint8_t, 16> bytes{};
    trust::fill_random(bytes);
    bytes[0] &= 0x7f; // A serial number is positive.
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(
        BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr), &BN_free);
    require(number != nullptr);
    require(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

void set_life(X509* certificate, CertificateInstant now, std::chrono::seconds life)
{
    // An hour earlier, for those whose clocks run behind ours.
    require(ASN1_TIME_set(X509_getm_notBefore(certificate),
                          seconds_of(now - std::chrono::hours(1))) != nullptr);
    require(ASN1_TIME_set(X509_getm_notAfter(certificate), seconds_of(now + life)) != nullptr);
}

void set_common_name(X509* certificate, const std::string& name)
{
    assert(name.size() <= common_name_bytes_max);
    require(X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                       MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(name.data()),
                                       static_cast<int>(name.size()), -1, 0) == 1);
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    require(extension != nullptr);
    const bool added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    require(added);
}

Certificate begin_certificate(EVP_PKEY* subject_key, const std::string& name,
                              CertificateInstant now, std::chrono::seconds life)
{
    Certificate certificate(X509_new());
    require(certificate != nullptr);
    require(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    set_random_serial(certificate.get());
    set_life(certificate.get(), now, life);
    set_common_name(certificate.get(), name);
    require(X509_set_pubkey(certificate.get(), subject_key) == 1);
    return certificate;
}

void finish_certificate(X509* certificate, X509* issuer, EVP_PKEY* issuer_key)
{
    require(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
    add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    if (certificate != issuer)
        add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
    require(X509_sign(certificate, issuer_key, EVP_sha256()) > 0);
}

bool is_address(const std::string& name)
{
    ASN1_OCTET_STRING* address = a2i_IPADDRESS(name.c_str());
    ASN1_OCTET_STRING_free(address);
    return address != nullptr;
}

/// `name` is a host name or an address, so it holds nothing that the list syntax could mistake.
std::string alternative_names(const std::vector<std::string>& names)
{
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "" : ",") + std::string(is_address(name) ? "IP:" : "DNS:") + name;
    return list;
}

bool is_for(X509* certificate, const std::string& name)
{
    return is_address(name)
               ? X509_check_ip_asc(certificate, name.c_str(), 0) == 1
               : X509_check_host(certificate, name.data(), name.size(), 0, nullptr) == 1;
}

using Bio = std::unique_ptr<BIO, Release>;

std::string text_of(BIO* bio)
{
    char* start = nullptr;
    const long length = BIO_get_mem_data(bio, &start);
    return {start, static_cast<std::size_t>(length)};
}

CertificateInstant instant_of(const ASN1_TIME* time)
{
    std::tm parts{};
    require(ASN1_TIME_to_tm(time, &parts) == 1);
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

} // namespace

Key make_key()
{
    Key key(EVP_EC_gen("P-256"));
    require(key != nullptr);
    return key;
}

Credentials make_ca(const std::string& server_name, CertificateInstant now)
{
    std::string name = "Usher CA of " + server_name;
    if (name.size() > common_name_bytes_max)
        name = "Usher CA";
    Credentials ca{make_key(), nullptr};
    ca.certificate = begin_certificate(ca.key.get(), name, now, ca_life);
    X509* certificate = ca.certificate.get();
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    finish_certificate(certificate, certificate, ca.key.get());
    return ca;
}

Credentials make_server_certificate(const Credentials& ca, const std::vector<std::string>& names,
                                    CertificateInstant now)
{
    Credentials server{make_key(), nullptr};
    server.certificate = begin_certificate(server.key.get(), "Usher server", now, certificate_life);
    X509* certificate = server.certificate.get();
    add_extension(certificate, ca.certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, ca.certificate.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(certificate, ca.certificate.get(), NID_ext_key_usage, "serverAuth");
    add_extension(certificate, ca.certificate.get(), NID_subject_alt_name,
                  alternative_names(names));
    finish_certificate(certificate, ca.certificate.get(), ca.key.get());
    return server;
}

Certificate make_client_certificate(const Credentials& ca, EVP_PKEY* subject_key,
                                    const std::string& name, CertificateInstant now)
{
    Certificate certificate = begin_certificate(subject_key, name, now, certificate_life);
    X509* issuer = ca.certificate.get();
    add_extension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature");
    add_extension(certificate.get(), issuer, NID_ext_key_usage, "clientAuth");
    finish_certificate(certificate.get(), issuer, ca.key.get());
    return certificate;
}

std::string pem_of(X509* certificate)
{
    const Bio bio(BIO_new(BIO_s_mem()));
    require(bio && PEM_write_bio_X509(bio.get(), certificate) == 1);
    return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key)
{
    const Bio bio(BIO_new(BIO_s_secmem()));
    require(bio &&
            PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_of(bio.get());
}

Key key_from(std::string_view pem)
{
    // An empty password, or OpenSSL would ask for one on the terminal.
    char none[] = "";
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    require(bio != nullptr);
    return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, none));
}

std::vector<Certificate> certificates_from(std::string_view pem)
{
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    require(bio != nullptr);
    std::vector<Certificate> found;
    while (Certificate next{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)})
        found.push_back(std::move(next));
    return found;
}

trust::Digest digest_of(const X509* certificate)
{
    trust::Digest digest{};
    unsigned length = 0;
    require(X509_digest(certificate, EVP_sha256(), digest.data(), &length) == 1);
    assert(length == digest.size());
    return digest;
}

std::string common_name_of(const X509* certificate)
{
    const X509_NAME* subject = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0)
        return {};
    unsigned char* text = nullptr;
    const int length =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (length < 0)
        return {};
    std::string name(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length));
    OPENSSL_free(text);
    return name;
}

bool is_due(X509* certificate, const std::vector<std::string>& names, CertificateInstant now)
{
    for (const std::string& name : names)
        if (!is_for(certificate, name))
            return true;
    const auto from = instant_of(X509_get0_notBefore(certificate));
    const auto to = instant_of(X509_get0_notAfter(certificate));
    return (to - now) * 3 < to - from;
}

bool has_ended(const X509* certificate, CertificateInstant now)
{
    return instant_of(X509_get0_notAfter(certificate)) <= now;
}

} // namespace usher::server
