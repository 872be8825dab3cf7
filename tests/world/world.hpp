#pragma once

#include "tests/world/chance.hpp"
#include "tests/world/disk.hpp"
#include "tests/world/operators.hpp"
#include "tests/world/patron.hpp"
#include "tests/world/plan.hpp"
#include "tests/world/server.hpp"
#include "tests/world/witness.hpp"

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A daemon, its disk, its clients and operators, and the network between them, in one thread and
/// one time; see README.md.
namespace usher::world {

/// What a world has seen.
struct Figures {
    std::uint64_t events = 0;
    std::uint64_t acts = 0;
    std::uint64_t turns = 0; ///< Durable ones.
    std::uint64_t starts = 0;
    std::uint64_t deaths = 0; ///< Of the daemon, however it ended.
    std::uint64_t power_cuts = 0;
    std::uint64_t grants = 0;
    std::uint64_t answers = 0;
    std::uint64_t sectors_lost = 0;
    std::uint64_t disk_faults = 0;
    std::chrono::seconds time{}; ///< That went by.

    Figures& operator+=(const Figures& other);
};

class World {
  public:
    /// `directory`: an empty one, for the daemon's journal.
    World(std::uint64_t seed, const server::Premises& premises, const trust::SigningKey& vendor,
          std::filesystem::path directory);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    static constexpr std::size_t patrons_count = 6;

    /// Lives through the plan and some quiet time after it. What broke first; none: nothing.
    [[nodiscard]] std::optional<std::string> live(const std::vector<Act>& plan);

    [[nodiscard]] Figures figures() const;
    /// What happens, one line each.
    std::function<void(const std::string& line)> when_noted = [](const std::string&) {};
    /// The same for two worlds to which the same has happened.
    [[nodiscard]] std::uint64_t digest() const { return digest_; }

  private:
    struct Timer {
        SteadyInstant due{};
        std::function<void()> what;
    };

    // Time.
    void run_until(SteadyInstant until);
    [[nodiscard]] SteadyInstant next_event() const;
    [[nodiscard]] SteadyInstant next_of_server() const;
    void do_one();
    void later(Duration after, std::function<void()> what);
    [[nodiscard]] bool is_stalled() const { return stalled_until_ > clock_.steady(); }

    // The daemon.
    void open_server();
    void guarded(const std::function<void()>& step);
    void serve(const std::shared_ptr<Wire>& wire);
    void serve_desk();
    void tell_of_ends();
    void note_how_long_it_took();
    void end_server(bool is_power_cut, const std::string& why);
    void look();
    [[nodiscard]] std::shared_ptr<Wire> connect(bool is_operator, std::uint64_t address);

    // What is done.
    void furnish();
    void act(const Act& act);
    void act_in_network(const Act& act, Patron& patron);
    void act_as_operator(const Act& act);
    void act_on_daemon(const Act& act);
    void ask(const std::string& what, v1::Operate verb);
    /// The same, of what may end any lease.
    void take(const std::string& what, v1::Operate verb);
    void buy(const std::string& number, const std::string& product, std::int64_t quantity,
             Duration lasts, const std::string& root, const std::string& scheme,
             const std::string& profile);
    void revoke(const Act& act);
    void maintain(Duration span);
    void end_maintenance();
    void calm_down();
    void expect_all_agree();
    void expect_all_is_given_back();

    void note(const std::string& line);
    [[nodiscard]] Patron& patron(std::uint64_t which) { return *patrons_[which % patrons_count]; }

    Chance chance_;
    const trust::SigningKey& vendor_;
    server::Premises premises_;
    WorldClock clock_;
    const std::filesystem::path directory_;
    Disk disk_;
    Witness witness_;
    Operators operators_;
    std::array<std::unique_ptr<Patron>, patrons_count> patrons_;
    std::vector<std::shared_ptr<Wire>> wires_;
    std::vector<Timer> timers_;
    std::unique_ptr<Server> server_;

    Duration delay_max_;
    std::uint64_t turns_per_snapshot_;
    bool is_dark_ = false;           ///< Newcomers find no network.
    bool loses_power_ = false;       ///< In the next death in a write.
    bool loses_power_again_ = false; ///< Soon after the next start.
    Duration away_for_{};            ///< After the next death.
    SteadyInstant stalled_until_{};
    SteadyInstant tick_due_{};
    SteadyInstant desk_due_{};
    SteadyInstant desk_began_{};
    SteadyInstant desk_ended_{};
    SteadyInstant opened_{};
    SteadyInstant alive_{}; ///< Of the last daemon: its last turn.
    /// What may have changed what pools own since the last look: operators, and the calendar.
    std::size_t changes_ = 0;
    std::uint64_t durable_ = 0; ///< Digest of the ledger after the last turn that is on the disk.
    std::optional<std::uint64_t> at_death_; ///< Of the ledger in memory when the daemon died.
    unsigned licenses_bought_ = 0;
    std::vector<std::string> short_licenses_;
    std::vector<std::string> keys_; ///< By which patrons come in.
    Figures figures_;
    std::uint64_t digest_ = 0;
};

} // namespace usher::world
