#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every bound that both sides rely on. Each has a test that hits it (`tests/protocol`,
/// `tests/server`).
namespace usher::protocol {

using namespace std::chrono_literals;

inline constexpr std::uint16_t default_port = 4750;
inline constexpr char alpn[] = "usher/1";

/// The length of a frame: a 4-byte big-endian count of the bytes that follow.
inline constexpr std::size_t frame_header_bytes = 4;

/// Longest message; checked before a byte is allocated. A longer one ends the connection.
inline constexpr std::size_t frame_bytes_max = 1 << 20;

/// Longest message of somebody who has not been let in yet.
inline constexpr std::size_t greeting_bytes_max = 16 << 10;

/// Any name: user, device, profile, party, license. UTF-8, 1 to so many bytes.
inline constexpr std::size_t name_bytes_max = 256;

/// Who asks for rights of a product: the source of a foundation, 1 to so many bytes.
inline constexpr std::size_t source_bytes_max = 64;

/// A free text: a reason, a version.
inline constexpr std::size_t text_bytes_max = 1024;

/// A signed license file.
inline constexpr std::size_t license_bytes_max = 16 << 10;

/// What `usher export` writes of a daemon, and `usher import` takes.
inline constexpr std::size_t description_bytes_max = 768 << 10;

/// Requests of one connection that are not answered yet; the daemon reads no further until some
/// are.
inline constexpr std::size_t in_flight_max = 256;

/// Leases that one connection may speak for, and that one renewal may name.
inline constexpr std::size_t leases_per_connection_max = 4096;

/// Leases that one request takes or gives back. Where the names of a row, its device and its user,
/// have 64 bytes together, so many rows fit in a message: with longer names fewer do.
inline constexpr std::size_t rows_max = 10'000;
inline constexpr std::size_t row_name_bytes = 64;

/// Rows of one table that comes in several requests and is put at once.
inline constexpr std::size_t table_rows_max = 300'000;

/// Named users of a pool, in one request.
inline constexpr std::size_t users_max = 10'000;
inline constexpr std::size_t users_bytes_max = 512 << 10; ///< All named users of a pool together.

/// Units that one checkout may ask for.
inline constexpr std::int64_t units_per_checkout_max = 1'000'000'000;

/// Longest wait in the queue.
inline constexpr std::chrono::seconds wait_max = 24h;

/// Licenses that a daemon shows in its first answer to prove itself.
inline constexpr std::size_t proofs_max = 32;

static_assert(greeting_bytes_max < frame_bytes_max);
static_assert(license_bytes_max + 1024 < frame_bytes_max);
static_assert(description_bytes_max + 1024 < frame_bytes_max);
static_assert(users_bytes_max < description_bytes_max, "a pool with all its named users fits");
static_assert(leases_per_connection_max * 32 < frame_bytes_max, "one renewal can name them all");
static_assert(rows_max * (row_name_bytes + 32) + 4 * name_bytes_max < frame_bytes_max,
              "a row has 32 bytes beside its names: its id, its units, and what its fields cost");
static_assert(rows_max <= table_rows_max);
static_assert(proofs_max * license_bytes_max < frame_bytes_max, "the first answer fits in a frame");
static_assert(source_bytes_max <= text_bytes_max);
static_assert(units_per_checkout_max < INT64_MAX / 1'000'000);

} // namespace usher::protocol
