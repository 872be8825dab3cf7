#pragma once

#include "daemon/ledger/refusal.hpp"

#include <cstdint>

/// Which format a reader of a record must know (see README.md).
namespace usher::journal {

/// Of a refusal that is remembered.
[[nodiscard]] std::uint32_t format_of(const ledger::Refusal& refusal);

} // namespace usher::journal
