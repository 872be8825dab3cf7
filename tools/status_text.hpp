#pragma once

#include "protocol/operator.pb.h"
#include "tools/table.hpp"

#include <string>

/// The daemon's picture for people. Pure: what is relative to now is so to the picture's own
/// instant.
namespace usher::tools {

/// What `usher status` prints: a line about the daemon, then a table each of the pools, the
/// profiles, the leases, the queue and the limits. `picture` is all parts merged into the first. Of
/// thousands of pools under one root it shows the first ones.
[[nodiscard]] std::string status_text(const v1::StatusPart& picture, bool is_colored);

/// Its tables, for the verbs that show one of them. Where there is nothing to show it says so.
[[nodiscard]] std::string profiles_text(const v1::StatusPart& picture, bool is_colored);
[[nodiscard]] std::string leases_text(const v1::StatusPart& picture, bool is_colored);
[[nodiscard]] std::string queue_text(const v1::StatusPart& picture, bool is_colored);
[[nodiscard]] std::string limits_text(const v1::StatusPart& picture, bool is_colored);
[[nodiscard]] std::string licenses_text(const v1::StatusPart& picture, bool is_colored);

/// `kind`: key or certificate.
[[nodiscard]] std::string credentials_text(const v1::StatusPart& picture, const std::string& kind,
                                           bool is_colored);

} // namespace usher::tools
