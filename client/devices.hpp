#pragma once

#include "client/attendant.hpp"
#include "client/setback.hpp"
#include "protocol/usher.pb.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Devices: leases that no silence ends, many in one request. Each call waits for its answer; any
/// thread. What fails with `unreachable` may have had its effect: the same call again has it once.
namespace usher::client {

/// Takes all rows or none. Each has its lease id, which the caller made and keeps: by it the same
/// rows again are the same registration.
[[nodiscard]] boost::system::result<v1::Registered, No> register_devices(Attendant& attendant,
                                                                         v1::Register asked);

/// Some of the leases that were taken under the same credentials, whoever took them; `after` as the
/// part before said, 0 for the first.
[[nodiscard]] boost::system::result<v1::LeaseList, No>
list_devices(Attendant& attendant, const std::string& party, std::uint64_t after);

/// Gives all back or none; none: it is done.
[[nodiscard]] std::optional<No> give_back_devices(Attendant& attendant,
                                                  const std::vector<std::string>& leases);

/// How a pool stands, once.
[[nodiscard]] boost::system::result<PoolStanding, No> ask_pool(Attendant& attendant,
                                                               const PoolWish& wish);

/// Why the server could not even be asked this: it is more than a message holds. None: it is not.
[[nodiscard]] std::optional<std::string> why_too_long(const v1::Register& asked);

} // namespace usher::client
