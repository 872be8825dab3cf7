#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// How much one ledger keeps at most, so that nobody who asks can make it grow without end.
namespace usher::ledger {

/// Leases and places in the queue together, unless `SetTerms` says otherwise.
inline constexpr std::uint64_t leases_max_default = 2'000'000;

inline constexpr std::size_t waiters_max = 100'000; ///< Places in all queues together.
inline constexpr std::size_t pools_per_profile_max = 64;
inline constexpr std::size_t pools_max = 1'000'000;   ///< Closed ones too.
inline constexpr std::size_t parties_max = 1'000'000; ///< Companies, users and instances together.
inline constexpr std::size_t products_max = 10'000;   ///< That an operator may describe.
inline constexpr std::size_t foundations_max = 2'000'000;
inline constexpr std::size_t foundations_each_max = 100; ///< Of one requirement.
inline constexpr std::size_t principals_max = 1'000'000; ///< Devices that have a principal user.
inline constexpr std::size_t rows_max = 10'000;          ///< Of one request that has rows.
/// Rows of tables that are kept until they are put, and so of one table: a turn of so many holds up
/// the desk for seconds, and the watchdog of the daemon bites after fifteen.
inline constexpr std::size_t kept_rows_max = 300'000;
inline constexpr std::size_t page_max = 500;        ///< Leases in one part of a list.
inline constexpr std::size_t watches_max = 100'000; ///< Of all connections together.
inline constexpr std::size_t endings_max = 10'000; ///< Remembered ends, the oldest forgotten first.
inline constexpr std::size_t denials_max = 256;    ///< Remembered refusals, likewise.
inline constexpr std::size_t activations_max = 4096; ///< Licenses that are known by theirs.
inline constexpr std::size_t clients_max = 100'000;  ///< Remembered of one profile.

/// Facts that one part of a stream has at most.
inline constexpr std::size_t part_facts_max = 1000;
/// News of a stream that are not read yet; with more it is given up. A hundred megabytes, and far
/// more than a courier lets come together that is still there.
inline constexpr std::size_t news_max = 250'000;
/// By which a server that has departed was read: the first one and the newest are remembered.
inline constexpr std::size_t departure_streams_max = 64;

/// How long after a start holders who stand in the queue of handshakes hold up expiry.
inline constexpr auto amnesty_max = std::chrono::minutes(2);

} // namespace usher::ledger
