#pragma once

#include "daemon/ledger/command.hpp"
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

/// A license for so many of the product `P`, lent by the profile `P`.
[[nodiscard]] ledger::Install license_for(ledger::Units quantity);

} // namespace usher::world
