#pragma once

#include "tools/call.hpp"

#include <string>

/// What keys and certificates have in common.
namespace usher::tools {

/// `--role`, one of the four.
void add_role(Call& call, std::string& role);

/// `kind`: key or certificate. Both parse the call.
int list_credentials(Call& call, const std::string& kind);
int revoke_credential(Call& call, const std::string& kind);

} // namespace usher::tools
