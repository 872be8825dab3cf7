#pragma once

#include "daemon/ledger/refusal.hpp"
#include "daemon/ledger/types.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// What the log says of connections: one line for each end and each refusal, its fields always the
/// same and in the same order. What a peer wrote is quoted, escaped and cut; no secret is ever
/// given to this.
namespace usher::server {

/// A peer's words as they may stand in a log: printable, in quotes, a quote or backslash
/// among them as `\xNN`, at most so many bytes of them.
[[nodiscard]] std::string quoted(std::string_view words, std::size_t bytes_max = 96);

/// How a connection ended. The words stand in the log; those of an ending that is ours are told
/// the peer, too (`Ending.reason`).
enum class Parting : std::uint8_t {
    left,               ///< It said so.
    lost,               ///< It was closed or broke at the other end.
    handshake_failed,   ///< No TLS, or none that we speak, or a certificate that we do not accept.
    handshake_late,     ///< `handshake_time`.
    made_room,          ///< It said nothing or kept us waiting, and a newcomer needed its place.
    turned_away,        ///< A limit of connections; it was not even greeted.
    not_let_in,         ///< Its Hello was refused, or was none.
    too_slow,           ///< `hello_time` or `frame_time`.
    idle,               ///< `idle_time`.
    slow_reader,        ///< `send_time`, `unsent_bytes_max` or `buffered_bytes_max`.
    protocol_error,     ///< Frames or messages that are none.
    credential_revoked, ///< Its key or certificate was.
    stopping,           ///< The daemon ends.
};
[[nodiscard]] std::string_view word(Parting parting);

/// Whom a line is about.
struct Speaker {
    ledger::ConnectionId connection;
    std::string_view peer;     ///< `127.0.0.1:53412`
    std::string_view identity; ///< As the desk knows it; empty: not let in.
    std::string_view client;   ///< As it calls itself.
};

/// What a checkout is about.
struct Wish {
    std::string user;
    std::string profile;
    ledger::LeaseTag lease; ///< Never its id.
};

struct Visit {
    Parting parting = Parting::lost;
    std::string_view fault; ///< In our words; often empty.
    std::uint64_t requests = 0;
    std::uint64_t refused = 0;
    std::size_t leases = 0; ///< It spoke for in the end.
    std::chrono::milliseconds lasted{};
};

/// Writes the lines of one hall, so many a second; what is more is counted and said once.
/// One thread.
class PeerLog {
  public:
    void ended(const Speaker& speaker, const Visit& visit, std::uint64_t lines_per_second_max);
    /// `wish` none: no checkout that could be understood.
    void refused(const Speaker& speaker, std::string_view verb, const ledger::Refusal& refusal,
                 const Wish* wish, std::uint64_t lines_per_second_max);

  private:
    [[nodiscard]] bool may_write(std::uint64_t lines_per_second_max);

    std::chrono::steady_clock::time_point second_{}; ///< Its start.
    std::uint64_t lines_ = 0;                        ///< Of this second.
    std::uint64_t swallowed_ = 0;
};

} // namespace usher::server
