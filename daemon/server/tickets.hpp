#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

struct ssl_ctx_st;

/// The keys that seal TLS session tickets. Kept in a file so that holders who come back after a
/// restart resume instead of queueing for full handshakes; turned regularly, so that a stolen key
/// opens little.
namespace usher::server {

struct TicketKey {
    std::array<std::uint8_t, 16> name{};   ///< Stands openly in the ticket.
    std::array<std::uint8_t, 32> cipher{}; ///< AES-256-CBC
    std::array<std::uint8_t, 32> mac{};    ///< HMAC-SHA-256
    std::chrono::sys_seconds made{};

    friend bool operator==(const TicketKey&, const TicketKey&) = default;
};

/// The newest first: it seals; the one before it still opens. Never empty, never more than two.
using TicketKeys = std::vector<TicketKey>;

/// The keys in `file`, turned if the newest has served for `rotation`. What is no list of keys is
/// replaced: it costs full handshakes and nothing else. Throws `Fault` where the file may be read
/// by others or cannot be written.
[[nodiscard]] TicketKeys turn_ticket_keys(const std::filesystem::path& file,
                                          std::chrono::seconds rotation,
                                          std::chrono::sys_seconds now);

/// Lets `context` seal and open tickets with `keys`. A ticket is good for `lifetime`.
void use_ticket_keys(ssl_ctx_st* context, TicketKeys keys, std::chrono::seconds lifetime);

} // namespace usher::server
