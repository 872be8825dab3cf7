#pragma once

#include "daemon/trust/license_file.hpp"
#include "protocol/usher.pb.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::client {

/// Why `proof` does not show that the server at the other end of this very connection is a customer
/// of one of `vendors`; none: it does. Vendor → license → node → connection: one of the licenses,
/// or activations of licenses, must be signed by a vendor and bound to the node key, and that key
/// must have signed `exporter`.
///
/// Whether the license still counts is not asked here: the server says that itself, and better.
/// Pure; any thread.
[[nodiscard]] std::optional<std::string> objection(const v1::Proof& proof,
                                                   std::string_view exporter,
                                                   const std::vector<trust::VendorKey>& vendors);

/// The node key that `proof` shows, proven or not; none: it shows none.
[[nodiscard]] std::optional<trust::PublicKey> node_of(const v1::Proof& proof);

} // namespace usher::client
