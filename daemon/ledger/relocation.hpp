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

    /// Once, at the end: who was moved waits for no seat of where he was. Why not; none: the facts
    /// are told.
    [[nodiscard]] std::optional<Refusal> finish();

  private:
    struct Load;

    [[nodiscard]] Units weigh(const Load& load, const PoolId& target);
    [[nodiscard]] std::optional<Refusal> carry(const PoolRecord& root, Load& load);
    [[nodiscard]] std::variant<PoolId, Refusal> home_under(const PoolRecord& root,
                                                           const PartyId& owner);
    [[nodiscard]] PoolId name_for(const PoolRecord& root, const PartyId& owner) const;
    [[nodiscard]] std::optional<Refusal> carry_rest(const PoolRecord& root, const Load& load,
                                                    const Party& from, const Party& to);

    const State& state_;
    std::string cause_;
    Verdict& verdict_;
    std::map<std::pair<PoolId, PartyId>, PoolId> opened_; ///< By this turn.
    std::map<PoolId, Units> gained_;
    /// What pools have lost, and what is held of them still.
    struct Loss {
        Units carried = 0;
        Units left_held = 0;
    };
    std::map<const PoolRecord*, Loss> losses_;
    std::map<const Seat*, Seat> left_; ///< Of seats that several share: who has not gone yet.
    /// A seat goes once, whoever of those who share it goes.
    std::map<std::pair<const Seat*, PoolId>, Units> carried_;
    std::set<PartyId> moved_;
};

} // namespace usher::ledger
