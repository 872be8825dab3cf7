#pragma once

#include "tests/ledger/scene.hpp"
#include "tests/ledger/told.hpp"
#include "tests/ledger/witness.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// Histories of anything that can be asked, made from any bytes: by chance, or by a fuzzer.
namespace usher::ledger::test {

/// Steps whose verb is below are what applications do and what time does.
inline constexpr std::uint8_t verbs_of_applications = 27;

/// A ledger that lives through steps, with a witness beside it.
class History {
  public:
    History(); ///< Four licenses are installed.

    void live(Step step);

    /// What broke first; empty: nothing.
    [[nodiscard]] std::string fault() const;
    /// That it lives in now.
    [[nodiscard]] const Scene& scene() const { return scene_; }
    /// The steps in words, one a line.
    [[nodiscard]] const std::vector<std::string>& told() const { return told_; }

  private:
    void ask(const Command& command);
    void look_around();
    /// What is offered of a license, as a plain one.
    static Install offered(Step step, std::optional<CalendarInstant> to);
    void say(const std::string& text) { told_.push_back(text); }
    LeaseId lease(Step step);
    ConnectionId connection(const LeaseId& id);

    void checkout(Step step);
    void renew(Step step);
    void checkin(Step step);
    void lose_connection(Step step);
    void pass(Step step);
    void revoke(Step step);
    void install(Step step);
    void remove(Step step);
    void set_mode(Step step);
    void change_profiles(Step step);
    void import_description(Step step);
    void set_users(Step step);
    void restart(Step step);
    void turn_calendar(Step step);
    void change_presence(Step step);
    void request_activation(Step step);
    void activate(Step step);
    void deactivate(Step step);
    void ask_issuer(Step step);
    void change_credentials(Step step);
    void move(Step step);
    void look_at_counter(Step step);

    // The stages of a move.
    void unbind_plain_licenses();
    [[nodiscard]] std::vector<Depart::Ticket> tickets_to_give() const;
    void follow(const std::string& stream, Scene& target);
    void depart(Step step, Scene& target, const std::optional<CounterSeen>& counter);
    void arrive(const std::string& stream, const std::vector<Depart::Ticket>& tickets,
                Scene& target, const std::optional<CounterSeen>& counter);
    /// What a start finds of the counter where all is well; none: no counter is asked.
    static std::optional<CounterSeen> as_remembered(const Scene& scene);
    static void restart(Scene& scene, bool from_snapshot);
    void expect(bool holds, const std::string& complaint)
    {
        if (!holds)
            complaints_.push_back(complaint);
    }
    template <class Good>
    void expect_answer(const Answer& answer, const char* complaint)
    {
        const auto* refusal = std::get_if<Refusal>(&answer);
        expect(std::holds_alternative<Good>(answer),
               complaint + std::string(refusal ? ": " + sentence(*refusal) : ""));
    }

    /// What the tests' issuer has signed for a license, and what this host last asked.
    struct Issuer {
        std::uint64_t activations = 0;
        std::uint8_t request = 0;
        std::uint8_t showing = 0;
    };

    Scene scene_;
    std::map<EntitlementId, Issuer> issuers_;
    Witness witness_;
    std::map<LeaseId, ConnectionId> connections_;
    std::uint64_t connections_made_ = 0;
    std::vector<std::string> told_;
    std::vector<std::string> complaints_; ///< About moves.
};

} // namespace usher::ledger::test
