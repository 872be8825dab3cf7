#pragma once

#include "daemon/server/premises.hpp"
#include "daemon/trust/signature.hpp"
#include "tests/support/scratch.hpp"

namespace usher::world {

/// What worlds have in common, made once: a node, a vendor, and what sessions go by.
class Neighborhood {
  public:
    Neighborhood();

    [[nodiscard]] const server::Premises& premises() const { return premises_; }
    [[nodiscard]] const trust::SigningKey& vendor() const { return vendor_; }

  private:
    tests::Scratch scratch_;
    trust::SigningKey vendor_;
    server::Premises premises_;
};

} // namespace usher::world
