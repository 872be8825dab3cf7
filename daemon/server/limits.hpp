#pragma once

#include "daemon/ledger/limits.hpp"
#include "protocol/limits.hpp"

#include <chrono>
#include <cstdint>

namespace usher::server {

/// Every bound of the daemon's sessions: what a stranger or a broken application can cost at most.
/// The operator sets them in `[limits]` of `usherd.toml`; each has a test that hits it.
///
/// Counts are exact for the whole daemon unless said otherwise. Durations are looked at every
/// quarter of a second, so a short one may take so much longer.
struct Limits {
    /// Connections at once, let in or not yet. 1 to 1,000,000. Too small turns holders away; more
    /// than the process may open files makes newcomers wait in the kernel's queue.
    std::uint64_t sessions_max = 16'000;

    /// The same from one address (of IPv6: one /64 network). 1 to 1,000,000. Too small turns away
    /// the applications of one large host or of a whole office behind one address; as large as
    /// `sessions_max`, one host can keep all others out.
    std::uint64_t sessions_per_address_max = 4'096;

    /// The same of one identity, a key or a certificate; of who brings none, those from one
    /// address. Shared out evenly over the threads; local ones are not counted. 1 to 1,000,000. Too
    /// small turns away a site whose applications share a key; as large as `sessions_max`, one
    /// leaked key can keep all others out.
    std::uint64_t sessions_per_identity_max = 8'000;

    /// Connections over the local socket at once, which count nowhere else, so that an operator
    /// gets in when nobody else does. 1 to 10,000.
    std::uint64_t local_sessions_max = 256;

    /// Connections that are not let in yet, shared out evenly over the threads. When they
    /// are all in use, a newcomer takes the place of who came first and has said nothing yet, or
    /// else of who has kept us waiting the longest (`handshake_step_time`); where nobody has, it is
    /// turned away. 1 to 100,000. Too small slows the return of holders after a restart; each that
    /// has begun costs up to 60 KiB.
    std::uint64_t handshakes_max = 2'048;

    /// The same from one address. 1 to 100,000.
    std::uint64_t handshakes_per_address_max = 1'024;

    /// From the first packet to the end of the TLS handshake. 1 s to 5 min. Too short and holders
    /// who queue up after a restart are cut and begin again; too long and silent strangers sit on
    /// places.
    std::chrono::milliseconds handshake_time = std::chrono::seconds(10);

    /// From one step of a peer's handshake, or from the handshake to the first message, to the
    /// next: who is later than that makes room for newcomers where places run out, and only there.
    /// Bytes alone are no step. 100 ms to 1 min. Too short and holders on bad lines make room for
    /// each other; too long and who begins many handshakes and ends none keeps its neighbors out.
    std::chrono::milliseconds handshake_step_time = std::chrono::seconds(1);

    /// From the handshake's end to the whole of the first message. 1 s to 5 min.
    std::chrono::milliseconds hello_time = std::chrono::seconds(10);

    /// From the first byte of a message to its last. 1 s to 10 min. Too short cuts large messages
    /// on bad lines.
    std::chrono::milliseconds frame_time = std::chrono::seconds(30);

    /// Silence of a connection that speaks for no lease and watches no pool until it is closed; one
    /// that speaks for a lease is never idle here, for the lease has a term of its own. Whether the
    /// host of one that watches is still there, the kernel asks. 10 s to 24 h.
    std::chrono::milliseconds idle_time = std::chrono::minutes(10);

    /// A reader that takes not one byte for so long is cut; its leases run on. 1 s to 10 min.
    std::chrono::milliseconds send_time = std::chrono::seconds(30);

    /// Bytes that wait for a slow reader; with more it is cut when the next one comes, and from a
    /// quarter on nothing more is read from it. A status in one piece may be longer. 64 KiB to 1
    /// GiB.
    std::uint64_t unsent_bytes_max = 4 << 20;

    /// Requests of one connection that are not answered yet; it is not read further until some are.
    /// 1 to `protocol::in_flight_max`.
    std::uint64_t in_flight_max = protocol::in_flight_max;

    /// Bytes of these requests together; the same. 1 MiB to 1 GiB.
    std::uint64_t unanswered_bytes_max = 4 << 20;

    /// Bytes of all connections together that lie here: unsent, half received, or of requests that
    /// are not answered yet; shared out evenly over the threads. Beyond it nothing more is read,
    /// and whoever lets the most lie, unsent or half said, is cut until the rest has room. At least
    /// `unsent_bytes_max`, at most 64 GiB. Too small cuts readers that are only a little slow; as
    /// large as the memory, a crowd of them takes all of it.
    std::uint64_t buffered_bytes_max = 256 << 20;

    /// Requests of all connections that lie at the desk, shared out evenly over the threads; the
    /// same. 64 to 1,000,000. Too small starves the desk, whose turn takes 1,024; too large costs
    /// memory and makes all wait in one long queue.
    std::uint64_t questions_max = 65'536;

    /// The same of one identity (see `sessions_per_identity_max`), shared out evenly over the
    /// threads; a request that names many leases or rows counts as so many, and one is always
    /// taken on. 1 to 1,000,000. Too small and one identity alone cannot fill the desk's turns; as
    /// large as `questions_max`, all wait behind the flood of one.
    std::uint64_t questions_per_identity_max = 2'048;

    /// Leases and places in the queue that one connection may speak for. 1 to
    /// `protocol::leases_per_connection_max`.
    std::uint64_t leases_per_connection_max = protocol::leases_per_connection_max;

    /// Leases and places in the queue of the whole daemon, however many units its licenses have.
    /// 1 to 10,000,000; lowered, it takes nothing from anybody. Each costs up to 3 KiB of memory,
    /// and as much again while a snapshot of the journal is written.
    std::uint64_t leases_max = ledger::leases_max_default;

    /// How long a connection that we close may take to read our last words and close its own side.
    /// 100 ms to 1 min.
    std::chrono::milliseconds linger_time = std::chrono::seconds(2);

    /// How long a stop of the daemon waits for what is in flight and for these last words.
    /// 1 s to 5 min. Longer than the service manager waits, it is ended the hard way.
    std::chrono::milliseconds stop_time = std::chrono::seconds(10);

    /// What clients are told to wait before they come back after a stop. 0 s to 10 min. They spread
    /// themselves; too short and they knock while the daemon is still away.
    std::chrono::milliseconds retry_after = std::chrono::seconds(1);

    /// Log lines about peers a second and thread; what is more is counted and said in one line.
    /// 1 to 100,000.
    std::uint64_t log_lines_per_second_max = 200;
};

} // namespace usher::server
