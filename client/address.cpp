#include "client/address.hpp"

#include "protocol/limits.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <sys/un.h>

namespace usher::client {
namespace {

constexpr std::string_view tcp_scheme = "usher://";
constexpr std::string_view socket_scheme = "unix:";
constexpr std::string_view pin_query = "/?ca=sha256:";
constexpr std::size_t host_bytes_max = 253; // RFC 1035: the longest name.

Failure wrong(std::string what)
{
    return {.step = Step::address,
            .text = "the server's address is not valid: " + std::move(what),
            .cure = "give it as the operator was shown it: "
                    "usher://HOST:PORT/?ca=sha256:64-HEX-DIGITS, or unix:/PATH"};
}

bool is_host_name(std::string_view host)
{
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    };
    return !host.empty() && host.size() <= host_bytes_max && std::ranges::all_of(host, is_plain) &&
           host.front() != '-' && host.front() != '.';
}

bool is_ipv6(const std::string& host)
{
    in6_addr parsed{};
    return ::inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
}

/// 1 to 65535, without sign and leading zeros.
bool read_port(std::string_view text, std::uint16_t& port)
{
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, port);
    return read.ec == std::errc() && read.ptr == end && port != 0 && text.front() != '0';
}

bool read_digest(std::string_view text, trust::Digest& digest)
{
    if (text.size() != digest.size() * 2)
        return false;
    for (std::size_t i = 0; i < digest.size(); ++i) {
        const char* const digits = text.data() + 2 * i;
        if (std::from_chars(digits, digits + 2, digest[i], 16).ptr != digits + 2)
            return false;
    }
    return trust::hex(digest) == text; // Lower case only: one way to write it.
}

/// Takes `HOST` or `[IPV6]` off the front of `rest`; false: there is none.
bool take_host(std::string_view& rest, std::string& host)
{
    if (rest.starts_with('[')) {
        const std::size_t end = rest.find(']');
        if (end == std::string_view::npos)
            return false;
        host = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        return is_ipv6(host);
    }
    const std::size_t end = std::min(rest.find_first_of(":/"), rest.size());
    host = rest.substr(0, end);
    rest.remove_prefix(end);
    return is_host_name(host);
}

Result<Address> tcp_address(std::string_view rest)
{
    TcpAddress address{.port = protocol::default_port};
    if (!take_host(rest, address.host))
        return wrong("after usher:// a host name is needed, or an IPv6 address in brackets");
    if (rest.starts_with(':')) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        if (end == 1 || !read_port(rest.substr(1, end - 1), address.port))
            return wrong("the port is not a number from 1 to 65535");
        rest.remove_prefix(end);
    }
    if (!rest.starts_with(pin_query))
        return wrong("it does not name the server's certificate authority: /?ca=sha256:… is "
                     "missing after host and port");
    if (!read_digest(rest.substr(pin_query.size()), address.ca))
        return wrong("after ca=sha256: exactly 64 hexadecimal digits in lower case are needed");
    return Address(std::move(address));
}

Result<Address> socket_address(std::string_view path)
{
    constexpr std::size_t path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;
    if (!path.starts_with('/') || path.find('\0') != std::string_view::npos)
        return wrong("after unix: an absolute path is needed");
    if (path.size() > path_bytes_max)
        return wrong("a socket's path has at most 107 bytes");
    return Address(SocketAddress{std::string(path)});
}

} // namespace

Result<Address> address_from(std::string_view text)
{
    if (text.empty())
        return wrong("it is empty");
    if (text.starts_with(tcp_scheme))
        return tcp_address(text.substr(tcp_scheme.size()));
    if (text.starts_with(socket_scheme))
        return socket_address(text.substr(socket_scheme.size()));
    return wrong("it begins neither with usher:// nor with unix:");
}

std::string to_text(const Address& address)
{
    if (const auto* socket = std::get_if<SocketAddress>(&address))
        return std::string(socket_scheme) + socket->path;
    return std::string(tcp_scheme) + place(address) + std::string(pin_query) +
           trust::hex(std::get<TcpAddress>(address).ca);
}

std::string place(const Address& address)
{
    if (const auto* socket = std::get_if<SocketAddress>(&address))
        return socket->path;
    const auto& tcp = std::get<TcpAddress>(address);
    const bool is_literal = tcp.host.find(':') != std::string::npos;
    return (is_literal ? "[" + tcp.host + "]" : tcp.host) + ":" + std::to_string(tcp.port);
}

} // namespace usher::client
