#pragma once

#include <string>

namespace usher::tools {

/// A fresh key (ECDSA P-256) and the PKCS#10 request that asks for a certificate of it. The names
/// are the daemon's to give, so the request has none.
struct CertificateRequest {
    std::string key_pem; ///< PKCS#8, not encrypted: for its owner's eyes only.
    std::string der;
};

/// Throws `Fault` where the machine cannot make a key.
[[nodiscard]] CertificateRequest make_certificate_request();

} // namespace usher::tools
