#pragma once

#include "daemon/ledger/state.hpp"

#include <string>
#include <string_view>
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
    /// Asked thousands of times a walk, and seldom told: no text is made before.
    void expect(bool holds, std::string_view name, std::string_view subject)
    {
        if (!holds)
            broken.push_back(std::string(name) + ": " + std::string(subject));
    }
    void pool(const PoolRecord& record);

    const State& state_;
    Now now_;
};

} // namespace usher::ledger
