#pragma once

#include "protocol/frame.hpp"
#include "protocol/usher.pb.h"

#include <span>
#include <string>

namespace usher::test {

/// Reads `bytes` as a peer's frames, as a session does, and says what must never happen but did;
/// empty: nothing.
inline std::string broken_claim(std::span<const std::byte> bytes)
{
    while (true) {
        const protocol::FrameView view = protocol::first_frame(bytes);
        if (view.error != protocol::FrameError::none)
            return view.message || view.consumed ? "a fault comes with a message" : "";
        if (!view.message) {
            if (view.consumed != 0 || view.missing == 0)
                return "an unfinished frame is consumed, or misses nothing";
            return view.missing > protocol::frame_bytes_max ? "more is awaited than is allowed"
                                                            : "";
        }
        if (view.message->empty() || view.message->size() > protocol::frame_bytes_max)
            return "a message of a length that no message has";
        if (view.consumed != view.message->size() + protocol::frame_header_bytes ||
            view.consumed > bytes.size())
            return "more or less is consumed than the frame is long";

        v1::Request request;
        const bool is_request =
            request.ParseFromArray(view.message->data(), static_cast<int>(view.message->size()));
        std::string again;
        if (is_request && request.ByteSizeLong() > 0 &&
            request.ByteSizeLong() <= view.message->size() &&
            !protocol::append_frame(again, request))
            return "what was read cannot be written";
        bytes = bytes.subspan(view.consumed);
    }
}

} // namespace usher::test
