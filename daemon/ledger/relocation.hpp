#pragma once

#include "daemon/ledger/decide.hpp"

#include <set>

/// How users' leases and units follow them, whatever makes them go (B-R1 to B-R9, B-R12).
namespace usher::ledger {

/// Any number of users who get other sources, in one turn.
class Relocation {
  public:
    /// `cause` stands in the postings.
    Relocation(const State& state, std::string cause, Verdict& verdict)
        : state_(state), cause_(std::move(cause)), verdict_(verdict)
    {}

    /// The user as he is, of the company `from`, becomes `after`, of the company `to`. One turn may
    /// change a company itself, so both are given. Why he cannot; none: the facts are told.
    [[nodiscard]] std::optional<Refusal> move(const Party& before, const Party& from,
                                              const Party& after, const Party& to);

    /// Who was moved waits for no seat of where he was. Once, at the end.
    void drop_waits();

  private:
    struct Load;

    [[nodiscard]] std::optional<Refusal> carry(const PoolRecord& root, const Load& load);
    [[nodiscard]] std::variant<PoolId, Refusal> home_under(const PoolRecord& root,
                                                           const PartyId& owner);
    [[nodiscard]] PoolId name_for(const PoolRecord& root, const PartyId& owner) const;
    void carry_rest(const PoolRecord& root, const Load& load, const Party& from, const Party& to);

    const State& state_;
    std::string cause_;
    Verdict& verdict_;
    std::map<std::pair<PoolId, PartyId>, PoolId> opened_; ///< By this turn.
    std::map<PoolId, Units> gained_;
    std::set<PartyId> moved_;
};

} // namespace usher::ledger
