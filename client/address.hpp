#pragma once

#include "client/failure.hpp"
#include "daemon/trust/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

/// Where a server is, in the one string that an operator gives away. Pure; any thread.
namespace usher::client {

/// `usher://HOST:PORT/?ca=sha256:HEX`
struct TcpAddress {
    std::string host; ///< A name, an IPv4 or an IPv6 address (without its brackets).
    std::uint16_t port = 0;
    trust::Digest ca{}; ///< SHA-256 of the DER of the CA certificate that the server leads to.

    friend bool operator==(const TcpAddress&, const TcpAddress&) = default;
};

/// `unix:/PATH`: the same frames without TLS; the kernel says who is at the other end.
struct SocketAddress {
    std::string path; ///< Absolute, at most 107 bytes.

    friend bool operator==(const SocketAddress&, const SocketAddress&) = default;
};

using Address = std::variant<TcpAddress, SocketAddress>;

/// Strict: there is one way to write each address, but that the port may be left out (4750).
/// A failure says which part is wrong and how it should look.
[[nodiscard]] Result<Address> address_from(std::string_view text);

/// The text that `address_from` takes.
[[nodiscard]] std::string to_text(const Address& address);

/// What of it is said in messages: `licenses.example:4750`, `/run/usher/usherd.sock`.
[[nodiscard]] std::string place(const Address& address);

} // namespace usher::client
