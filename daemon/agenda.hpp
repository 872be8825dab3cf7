#pragma once

#include "daemon/ledger/answer.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace usher::daemon {

/// When each issuer is told what it should hear. Pure: time comes in as an argument. One thread.
///
/// What is active here is shown once in each run of the daemon, since a restored backup knows no
/// better, and when it is due. A receipt is brought until it is delivered.
class Agenda {
  public:
    /// What came of telling an issuer.
    enum class Outcome : std::uint8_t {
        said_yes, ///< It is active here; or the receipt is delivered.
        said_no,  ///< It is not active here.
        refused,  ///< It would not say.
        missed,   ///< Nobody answered in time.
    };
    static constexpr auto again_after_miss = std::chrono::minutes(1);
    /// Who made a showing just now, as an operator may, is left alone with it: another one would
    /// make it void.
    static constexpr auto in_hand = std::chrono::seconds(15);
    static constexpr auto again_after_no = std::chrono::hours(1);

    /// Of a run that began at `started`: showings from before are in nobody's hands.
    explicit Agenda(ledger::CalendarInstant started) : started_(started) {}

    /// Which of `concerns` its issuer is to be told `now`, those of one issuer side by side. What
    /// is not among `concerns` is forgotten.
    [[nodiscard]] std::vector<ledger::Concern> due(const ledger::Concerns& concerns,
                                                   ledger::Now now);

    void note(const ledger::Concern& concern, Outcome outcome, ledger::Now now);

  private:
    struct Tried {
        bool is_heard = false; ///< Its issuer has said yes or no, in this run.
        ledger::SteadyInstant not_before{};
    };
    using Key = std::tuple<ledger::EntitlementId, std::uint64_t, bool>;
    static Key key_of(const ledger::Concern& concern);
    [[nodiscard]] bool is_in_hand(const ledger::Concern& concern, ledger::Now now) const;

    const ledger::CalendarInstant started_;
    std::map<Key, Tried> tried_;
};

} // namespace usher::daemon
