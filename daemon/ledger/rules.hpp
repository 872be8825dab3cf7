#pragma once

namespace usher::ledger {

/// Which of the ten rules of a changed license model hold (M-R1 to M-R10). All of them do, but
/// where a test shows what one is there for. A plain value.
class Rules {
  public:
    Rules() = default;
    /// All but this one, 1 to 10.
    static Rules without(unsigned number)
    {
        Rules rules;
        rules.left_out_ = 1U << number;
        return rules;
    }

    [[nodiscard]] bool hold(unsigned number) const { return (left_out_ >> number & 1U) == 0; }

  private:
    unsigned left_out_ = 0;
};

} // namespace usher::ledger
