#pragma once

#include "tools/issuer/issuer.hpp"
#include "tools/issuer/surroundings.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

/// The issuer's port: a usherd's port at which nothing is lent. Door, TLS, limits and frames are
/// the daemon's; the one thing that is answered is `Carry`.
namespace usher::issuer {

struct Service {
    std::filesystem::path directory; ///< Of the vendor; certificates are made in `tls` below it.
    std::string address;             ///< To listen at.
    std::uint16_t port = 0;          ///< 0: any that is free.
    std::string name;                ///< The host name in the certificate and in the address.
    std::string program;             ///< `usher-issuer 1.0.0`
};

/// Serves until SIGTERM or SIGINT. `opened` is told the port and the address that hosts are given,
/// once it serves; the address is in the record by then. Throws `trust::Fault` or `journal::Fault`
/// where it cannot start or go on.
void serve(const Service& service, const Surroundings& here,
           const std::function<void(std::uint16_t port, const std::string& uri)>& opened);

} // namespace usher::issuer
