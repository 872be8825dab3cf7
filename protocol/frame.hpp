#pragma once

#include "protocol/limits.hpp"

#include <google/protobuf/message_lite.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Frames: a 4-byte big-endian length, then one protobuf message. Pure functions on bytes.
namespace usher::protocol {

enum class FrameError : std::uint8_t { none, too_long, empty };

/// What stands at the start of `bytes`.
struct FrameView {
    FrameError error = FrameError::none;
    std::optional<std::span<const std::byte>> message; ///< None: not all of it is there yet.
    std::size_t consumed = 0;                          ///< Header and message, where there is one.
    std::size_t missing = 0;                           ///< At least so many bytes more are needed.
};

/// Looks at the first frame of `bytes` without copying. The length is judged as soon as its four
/// bytes are there, before anybody allocates for it.
FrameView first_frame(std::span<const std::byte> bytes, std::size_t bytes_max = frame_bytes_max);

/// Appends `message` as a frame to `out`. False: it is longer than `frame_bytes_max`, or has
/// nothing in it, and `out` is as before.
[[nodiscard]] bool append_frame(std::string& out, const google::protobuf::MessageLite& message);

/// The same for `message` with one field more: its message number `field`, written already.
[[nodiscard]] bool append_frame(std::string& out, const google::protobuf::MessageLite& message,
                                int field, std::string_view written);

} // namespace usher::protocol
