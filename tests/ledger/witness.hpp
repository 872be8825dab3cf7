#pragma once

#include "tests/ledger/naive_house.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace usher::ledger::test {

/// Stands beside the ledger and hears what its askers hear. It knows the rules (`NaiveHouse`) and
/// believes that whoever was told he holds a seat holds it until he is told otherwise, gives it
/// back, or falls silent; and says what of the ledger's answers does not fit that.
///
/// Needs a turn without a question before each question, so that nothing is overdue when it is
/// asked.
class Witness {
  public:
    /// A turn without a question.
    void watch(const std::vector<Message>& heard, Now now, const Summary& after);
    void watch(const Command& command, const Answer& answer, const std::vector<Message>& heard,
               Now now, const Summary& after);
    /// The daemon was killed; what it remembers is replayed.
    void restart();
    /// Another daemon has taken over, whose first start found `counter`; none: it looked at none.
    void move(const Arrive& command, const std::optional<CounterSeen>& counter,
              const std::vector<Message>& heard, Now now, const Summary& after);

    std::vector<std::string> complaints;

  private:
    struct Hearing;

    void expect(bool holds, const std::string& complaint);
    void end_silence(Now now);
    void see_grants(Now now, const Summary& after);
    void compare(Now now, const Summary& after);
    void check_queue(Now now);
    void check_notices(const std::vector<Message>& heard);
    void grant(Claim claim, const PoolId& pool, std::size_t ahead, Now now);

    NaiveHouse house_;
    std::set<LeaseId> told_; ///< Whose connection must hear of an end or a grant in this turn.
};

} // namespace usher::ledger::test
