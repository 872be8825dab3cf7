#pragma once

#include "tests/ledger/history.hpp"

/// Histories of pools under roots, of the parties that they follow, and of licenses that shrink
/// under them: made from any bytes, like `History`.
namespace usher::ledger::test {

/// A ledger with three roots (keys, companies, tries), and what must hold between two turns of it.
class EstateHistory {
  public:
    EstateHistory();

    void live(Step step);

    /// What broke first; empty: nothing.
    [[nodiscard]] std::string fault() const;
    [[nodiscard]] const std::vector<std::string>& told() const { return told_; }

  private:
    void ask(const Plannable& what, const std::string& told);
    void put(const Command& command, const std::string& told);
    void note_ages();
    void compare(const Summary& before, bool only_licenses);
    [[nodiscard]] std::string pool(std::uint8_t number) const;

    void open(Step step);
    void allocate(Step step);
    void close(Step step);
    void add(Step step);
    void rebind(Step step);
    void set_source(Step step);
    void remove_party(Step step);
    void take(Step step);
    void register_devices(Step step);
    void give_back(Step step);
    void give_many_back(Step step);
    void watch(Step step);
    void install(Step step);
    void remove_license(Step step);
    void pass(Step step);
    void restart(Step step);

    Scene scene_;
    std::uint64_t made_ = 0;
    std::uint64_t asked_ = 0;
    std::map<PoolId, std::uint64_t> ages_; ///< The numbers of all pools.
    std::vector<std::string> told_;
    std::vector<std::string> complaints_;
};

/// Null: there is none.
const PoolPicture* find(const Summary& summary, const PoolId& id);
std::string text(const PoolPicture& pool);

/// What a root and its pools have once it has `issued` units: the rule written down anew (U-Q2,
/// U-Q3), for a root of which nobody holds anything itself. In the order of `children`.
std::vector<Units> shrunk(const std::vector<PoolPicture>& children, Units root_stock, Units change);

} // namespace usher::ledger::test
