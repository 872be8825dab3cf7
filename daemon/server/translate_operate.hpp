#pragma once

#include "daemon/server/translate.hpp"

namespace usher::server {

/// The operators' half of `translate`: the role has been checked, the fields have not. Pure but for
/// the secrets and certificates that it makes. Any thread.
[[nodiscard]] Translation translate_operate(std::uint64_t request, const v1::Operate& operate,
                                            const Caller& caller, const Premises& premises);

} // namespace usher::server
