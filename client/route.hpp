#pragma once

#include "client/address.hpp"
#include "client/failure.hpp"
#include "daemon/trust/license_file.hpp"

#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace usher::client {

/// What a client brings along.
struct Credentials {
    std::string client;      ///< Program and version, for the server's log. At most 256 bytes.
    std::string key;         ///< A pool's key, `usher-key-…`; empty: none.
    std::string certificate; ///< File: our certificate and what leads to its CA, PEM; empty: none.
    std::string certificate_key; ///< File: its private key, PEM, not encrypted.
    /// The server must prove to be a customer of one of them; empty: that is not asked for.
    std::vector<trust::VendorKey> vendors;
};

/// The way to one server, prepared once: address, credentials, and the session that the last
/// connection left, so that the next one needs no full handshake. Outlives its lines. One thread.
class Route {
  public:
    /// Reads the certificate and key. Steps: credentials.
    static Result<Route> prepare(Address address, Credentials credentials);

    Route(Route&&) noexcept;
    Route& operator=(Route&&) noexcept;
    ~Route();

    [[nodiscard]] const Address& address() const { return address_; }
    [[nodiscard]] const Credentials& credentials() const { return credentials_; }

    /// A TLS connection yet to be made, with this route's settings and its last session; the owner
    /// frees it. Null where there is no memory. Not for a socket's address.
    [[nodiscard]] ssl_st* begin_tls();

    /// Why the certificate that the last handshake showed was not accepted; empty: it was.
    [[nodiscard]] const std::string& pin_objection() const;

    /// After a handshake that failed: the next one is a full one.
    void forget_session();

  private:
    struct Tls; ///< Stands still while the route moves: OpenSSL keeps pointers to it.
    Route(Address address, Credentials credentials);
    Address address_;
    Credentials credentials_;
    std::unique_ptr<Tls> tls_; ///< None for a socket's address.
};

} // namespace usher::client
