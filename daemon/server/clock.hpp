#pragma once

#include "daemon/ledger/types.hpp"

namespace usher::server {

/// Where time comes from: the desk reads it once a turn, and nobody below it ever does.
class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual ledger::Now now() const = 0;
};

/// The machine's clocks. Any thread.
class SystemClock final : public Clock {
  public:
    [[nodiscard]] ledger::Now now() const override;
};

} // namespace usher::server
