#pragma once

#include "daemon/ledger/requirements.hpp"

#include <cstddef>
#include <map>
#include <string>

/// Does what a sentence of `what_if` speaks of, and looks whether it is so.
namespace usher::ledger::test {

class Prospects {
  public:
    /// Everything that is told of everybody, on a copy each. Throws std::runtime_error with the
    /// first sentence that is not so, or that nobody here understands.
    void try_all(const Requirements& requirements);

    /// How many sentences of each kind were tried.
    [[nodiscard]] const std::map<std::string, std::size_t>& tried() const { return tried_; }

  private:
    void attempt(const Requirements& requirements, const RequirementRecord& record,
                 const std::string& sentence);

    std::map<std::string, std::size_t> tried_;
};

} // namespace usher::ledger::test
