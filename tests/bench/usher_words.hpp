#pragma once

#include "protocol/usher.pb.h"

#include <span>
#include <string>

/// What an application says to usherd.
namespace usher::bench {

void fill_hello(v1::Request& request, std::uint64_t id, const std::string& key);
void fill_checkout(v1::Request& request, std::uint64_t id, const std::string& lease);
void fill_renew(v1::Request& request, std::uint64_t id, std::span<const std::string> leases);
void fill_checkin(v1::Request& request, std::uint64_t id, const std::string& lease);

} // namespace usher::bench
