#pragma once

#include "daemon/ledger/state.hpp"

#include <string>
#include <vector>

/// The walker's inside. Private to the invariants.
namespace usher::ledger {

/// Collects what is broken; one method a group of invariants.
class Walk {
  public:
    Walk(const State& state, Now now) : state_(state), now_(now) {}

    void entitlements();
    void activations();
    void pools();
    void leases();
    void waiters();
    void profiles();
    void indexes();
    void lists();
    void moves();
    void tree();
    void parties();
    void homes();
    void watches();
    void requirements();

    std::vector<std::string> broken;

  private:
    void expect(bool holds, const std::string& name, const std::string& subject)
    {
        if (!holds)
            broken.push_back(name + ": " + subject);
    }
    void pool(const PoolRecord& record);

    const State& state_;
    Now now_;
};

} // namespace usher::ledger
