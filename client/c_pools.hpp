#pragma once

#include "client/c_refusal.hpp"
#include "client/clock.hpp"
#include "client/include/usher_devices.h"
#include "client/pool_watch.hpp"

#include <memory>
#include <string>

/// Between the structures of usher_devices.h about pools and ours. Private to the C interface.
namespace usher::client {

/// A pool that owns what its pointers show. Stands still: it points into itself.
class OwnedPool : public usher_pool {
  public:
    OwnedPool(const PoolStanding& standing, Instant now);
    ~OwnedPool() = default;
    OwnedPool(const OwnedPool&) = delete;
    OwnedPool& operator=(const OwnedPool&) = delete;

  private:
    std::string name_;
    std::unique_ptr<OwnedRefusal> why_;
};

} // namespace usher::client
