#include "protocol/frame.hpp"

#include <algorithm>
#include <cassert>
#include <google/protobuf/io/coded_stream.h>

namespace usher::protocol {
namespace {

using google::protobuf::MessageLite;
using google::protobuf::io::CodedOutputStream;

/// Where the message of so many bytes is to be written; null: there is no such frame.
std::uint8_t* begin_frame(std::string& out, std::size_t length)
{
    if (length == 0 || length > frame_bytes_max)
        return nullptr;
    const std::size_t start = out.size();
    out.resize(start + frame_header_bytes + length);
    for (std::size_t i = 0; i < frame_header_bytes; ++i)
        out[start + i] = static_cast<char>(length >> 8 * (frame_header_bytes - 1 - i) & 0xff);
    return reinterpret_cast<std::uint8_t*>(out.data() + start + frame_header_bytes);
}

} // namespace

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

bool append_frame(std::string& out, const MessageLite& message)
{
    std::uint8_t* const at = begin_frame(out, message.ByteSizeLong());
    if (at != nullptr)
        message.SerializeWithCachedSizesToArray(at);
    return at != nullptr;
}

bool append_frame(std::string& out, const MessageLite& message, int field, std::string_view written)
{
    constexpr std::uint32_t length_delimited = 2; // As protobuf's encoding says.
    const std::uint32_t tag = static_cast<std::uint32_t>(field) << 3U | length_delimited;
    const std::size_t around =
        CodedOutputStream::VarintSize32(tag) + CodedOutputStream::VarintSize64(written.size());
    std::uint8_t* at = begin_frame(out, message.ByteSizeLong() + around + written.size());
    if (at == nullptr)
        return false;
    at = message.SerializeWithCachedSizesToArray(at);
    at = CodedOutputStream::WriteVarint32ToArray(tag, at);
    at = CodedOutputStream::WriteVarint64ToArray(written.size(), at);
    std::ranges::copy(written, at);
    return true;
}

} // namespace usher::protocol
