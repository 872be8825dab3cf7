#pragma once

#include "daemon/ledger/ledger.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What tests of the ledger stand on. One thread.
namespace usher::ledger::test {

using namespace std::chrono_literals;

/// Every test happens around one noon; nothing here reads a real clock.
inline constexpr CalendarInstant noon =
    std::chrono::sys_days{std::chrono::year{2030} / 1 / 15} + 12h;

LeaseId lease_id(std::string_view name); ///< At most 16 bytes of the name.
LeaseTag lease_tag(const LeaseId& id);   ///< The name can be read from it no more.
std::string name_of(const LeaseId& id);
Nonce nonce(std::string_view name); ///< At most 16 bytes of the name.

/// A ledger, its two clocks, and all that a desk does with them, one turn a question. After every
/// turn the invariants are walked, and what is broken is kept.
class Scene {
  public:
    struct Turn {
        CalendarInstant at{};
        std::vector<Fact> facts; ///< As a journal would give them back.
    };

    explicit Scene(std::uint64_t seed = 1, Rules rules = {})
        : ledger_(seed, rules), seed_(seed), rules_(rules)
    {}

    /// One turn with one question; its notices are in `heard`.
    Answer ask(const Command& command);
    /// One turn with none.
    void look_around();

    void pass(Duration time);         ///< Both clocks, without a turn.
    void set_clocks(Now now);         ///< Those of another scene; never back.
    void turn_calendar(Duration by);  ///< The wall clock alone: somebody set it.
    void make_true(const Fact& fact); ///< One that no command of today leads to.
    /// A new ledger from what was remembered; `Start` is still to be asked.
    void restart(bool from_snapshot);

    [[nodiscard]] Now now() const; ///< As the desk would stamp a turn: the calendar never falls.
    [[nodiscard]] Summary picture() const;
    [[nodiscard]] const Summary& seen() const { return before_; } ///< After the last turn.
    [[nodiscard]] const Ledger& ledger() const { return ledger_; }
    [[nodiscard]] const std::vector<Turn>& journal() const { return journal_; }

    std::vector<Message> heard;      ///< Of the last turn.
    std::vector<std::string> broken; ///< Of all turns.

  private:
    void apply(const Fact& fact, Now at);
    void settle(Now at);
    void finish(Now at);
    void check(Now at);

    Ledger ledger_;
    std::uint64_t seed_;
    Rules rules_;
    CalendarInstant wall_ = noon;
    SteadyInstant steady_{1h};
    std::vector<Turn> journal_;
    Turn turn_;
    std::vector<Fact> snapshot_; ///< What `journal_` goes on from.
    CalendarInstant snapshot_at_{};
    bool shrank_ = false; ///< In this turn somebody lost what he owned.
    Summary before_;
};

} // namespace usher::ledger::test
