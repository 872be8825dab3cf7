#pragma once

#include "daemon/ledger/decide.hpp"

#include <map>

/// The half of an import that opens pools under roots and makes parties known. What is here stays
/// as it is: only what is missing is added, so nobody loses anything by it.
namespace usher::ledger {

class PoolImport {
  public:
    PoolImport(const State& state, const Import& command);

    /// Why not all of it can be done; none: it can.
    [[nodiscard]] std::optional<Refusal> judge() const;

    /// Parties, then pools, then instances; after the roots of the licenses.
    void take_over(std::vector<Fact>& facts, Done& done) const;

    /// The root of a pool that is here or announced, itself where it is one; none: there is none.
    [[nodiscard]] std::optional<PoolId> root_of(const PoolId& pool) const;

    /// A license that feeds the root; null: none is announced.
    [[nodiscard]] const Import::License* license_for(const PoolId& root) const;

  private:
    [[nodiscard]] std::optional<Refusal> judge(const Import::License& announced) const;
    [[nodiscard]] std::optional<Refusal> judge(const Import::Child& child) const;
    [[nodiscard]] std::optional<Refusal> judge(const Party& party) const;
    [[nodiscard]] std::optional<Refusal> judge_owner(const Import::Child& child) const;
    [[nodiscard]] std::optional<Refusal> judge_source(const Party& party) const;
    [[nodiscard]] std::optional<Refusal> judge_limits() const;
    void add(Party::Kind kind, std::vector<Fact>& facts, Done& done) const;
    void open(const Import::Child& child, std::vector<Fact>& facts, Done& done) const;

    [[nodiscard]] const Party* find_party(const PartyId& id) const;
    [[nodiscard]] const Scheme* scheme_of(const PoolId& root) const;
    [[nodiscard]] bool is_here(const Import::Child& child) const;

    const State& state_;
    const Import& command_;
    std::map<PoolId, const Import::License*> licenses_; ///< One for each root.
    std::map<PoolId, const Import::Child*> children_;
    std::map<PartyId, const Party*> parties_;
};

} // namespace usher::ledger
