#pragma once

#include "tools/status_json.hpp"

#include <cstdint>
#include <string>

/// What `usher export` writes; daemon/server/description.hpp says the format. Pure.
namespace usher::tools {

/// Who wrote it, and what is not in the picture.
struct Origin {
    std::string by;   ///< `usherd 1.0.0`
    std::string host; ///< As clients name it.
    std::uint32_t term_ms = 0;
    std::uint32_t grace_ms = 0;
};

/// Everything but rights, codes, secrets and leases; licenses and profiles in the order of their
/// names, so that two exports can be compared line by line.
[[nodiscard]] Json description_json(const v1::StatusPart& picture, const Origin& origin);

/// Indented, and nothing but ASCII: it is read on terminals and edited.
[[nodiscard]] std::string description_text(const Json& description);

} // namespace usher::tools
