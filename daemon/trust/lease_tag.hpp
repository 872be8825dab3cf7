#pragma once

#include "daemon/ledger/types.hpp"

namespace usher::trust {

/// What names a lease to those who must not know its id: the first 8 bytes of its SHA-256.
[[nodiscard]] ledger::LeaseTag tag_of(const ledger::LeaseId& id);

} // namespace usher::trust
