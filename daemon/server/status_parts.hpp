#pragma once

#include "daemon/ledger/summary.hpp"
#include "daemon/server/premises.hpp"
#include "daemon/server/usage.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace usher::server {

/// Appends a picture as frames of `StatusPart`, each well under `frame_bytes_max`, the last without
/// `more`. Pure; any thread.
void append_status(std::string& out, std::uint64_t request, const ledger::Summary& summary,
                   const Premises& premises, std::span<const LimitPicture> limits = {});

} // namespace usher::server
