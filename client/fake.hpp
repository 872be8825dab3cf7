#pragma once

#include "client/bell.hpp"
#include "client/door.hpp"
#include "daemon/ledger/ledger.hpp"

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace usher::client {

/// A license server inside a program, for tests of applications: the ledger of a real one, without
/// network, disk and signatures. What a test cannot wait for or provoke elsewhere is a call here.
///
/// Any thread. Outlives its doors and their conversations.
class Fake {
  public:
    Fake();

    /// Sells `units` (none: unlimited) of a product that is named like its profile. False: there is
    /// one of that name already, the name is empty, or units are not from 1 to 10^12.
    bool add(const std::string& profile, std::optional<ledger::Units> units, ledger::Metric metric);
    /// The same, and its leases are of devices: no silence ends them.
    bool add_devices(const std::string& profile, std::optional<ledger::Units> units);
    /// An operator puts in another license for so many. False: no such profile, or units are out of
    /// range, or fewer are there for maintenance only.
    bool resize(const std::string& profile, std::optional<ledger::Units> units);

    /// The license behind a profile counts no more (as on another host), or again. False: no such
    /// profile.
    bool set_locked(const std::string& profile, bool is_locked);
    /// Leaving it ends all seats, as a real server does.
    void set_maintenance(bool is_on);
    /// Takes away all seats of `user` (empty: everybody's); how many there were.
    std::size_t revoke(const std::string& user, const std::string& reason);
    /// The network between is cut: nothing comes through, and the server lives on.
    void set_cut(bool is_cut);
    /// The server was killed and is there again: all connections end, and no seat does.
    void restart();
    /// Time goes by for the server alone.
    void pass(ledger::Duration time);
    /// Those who have a seat get a full new term.
    void set_terms(ledger::Duration term, ledger::Duration grace);
    /// How long what was heard of a pool may be relied on.
    void set_validity(ledger::Duration validity);

    /// Where an attendant comes in.
    [[nodiscard]] std::unique_ptr<Door> door();

  private:
    friend class FakeConversation;
    friend class FakeDoor;

    /// One end of a conversation, as the server sees it.
    struct Peer {
        std::deque<v1::Response> inbox;
        std::set<ledger::LeaseId> leases; ///< That it has spoken for.
        Bell bell;                        ///< Rung when there is something to read.
        bool is_over = false;             ///< The connection has ended.
    };

    /// Installs it as `add` says, under a scheme of that name; empty: the usual one.
    bool install(const std::string& profile, std::optional<ledger::Units> units,
                 ledger::Metric metric, const std::string& scheme);
    [[nodiscard]] ledger::Now now() const;
    /// One turn with `command` (null: with none), whose answer it gives back.
    ledger::Answer turn(const ledger::Command* command);
    ledger::Answer ask(const ledger::Command& command) { return turn(&command); }
    void record(const std::vector<ledger::Fact>& facts, ledger::Now at);
    void end_connections();
    /// How long until something follows by itself.
    [[nodiscard]] ledger::Duration nap() const;

    std::mutex guard_; ///< Over all that follows.
    ledger::Ledger ledger_;
    ledger::Duration ahead_{}; ///< By so much the server's clocks are ahead of the machine's.
    ledger::Duration term_ = std::chrono::seconds(25);
    ledger::Duration grace_ = std::chrono::seconds(2);
    ledger::Duration validity_ = std::chrono::hours(72);
    ledger::Mode mode_ = ledger::Mode::serving;
    bool is_cut_ = false;
    unsigned signed_ = 0; ///< Licenses that took the place of another.
    std::map<ledger::ConnectionId, std::shared_ptr<Peer>> peers_;
    std::uint64_t last_connection_ = 0;
};

} // namespace usher::client
