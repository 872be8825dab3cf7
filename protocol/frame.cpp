#include "protocol/frame.hpp"

#include <cassert>

namespace usher::protocol {

FrameView first_frame(std::span<const std::byte> bytes, std::size_t bytes_max)
{
    assert(bytes_max <= frame_bytes_max);

    if (bytes.size() < frame_header_bytes)
        return {.missing = frame_header_bytes - bytes.size()};

    std::size_t length = 0;
    for (std::size_t i = 0; i < frame_header_bytes; ++i)
        length = length << 8 | std::to_integer<std::size_t>(bytes[i]);

    if (length == 0)
        return {.error = FrameError::empty};
    if (length > bytes_max)
        return {.error = FrameError::too_long};
    if (bytes.size() - frame_header_bytes < length)
        return {.missing = length - (bytes.size() - frame_header_bytes)};
    return {.message = bytes.subspan(frame_header_bytes, length),
            .consumed = frame_header_bytes + length};
}

bool append_frame(std::string& out, const google::protobuf::MessageLite& message)
{
    const std::size_t length = message.ByteSizeLong();
    if (length == 0 || length > frame_bytes_max)
        return false;

    const std::size_t start = out.size();
    out.resize(start + frame_header_bytes + length);
    for (std::size_t i = 0; i < frame_header_bytes; ++i)
        out[start + i] = static_cast<char>(length >> 8 * (frame_header_bytes - 1 - i) & 0xff);
    message.SerializeWithCachedSizesToArray(
        reinterpret_cast<std::uint8_t*>(out.data() + start + frame_header_bytes));
    return true;
}

} // namespace usher::protocol
