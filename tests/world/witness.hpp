#pragma once

#include "daemon/ledger/state.hpp"
#include "daemon/server/desk.hpp"
#include "tests/world/time.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace usher::world {

/// What applications were told, and whether it stays true. It reads the letters that leave the
/// desk, knows what was done to the world, and compares both with the ledger; how the ledger comes
/// to its opinion it does not know.
class Witness {
  public:
    explicit Witness(const WorldClock& clock) : clock_(clock) {}

    /// The letters of a turn at `stamp`.
    void heard(const std::vector<server::Letter>& letters, SteadyInstant stamp);
    /// The daemon noticed that the other end of a connection is gone.
    void connection_lost(ledger::ConnectionId connection);
    /// The daemon has started; its connections are other ones than before, and its last turn was
    /// at `alive`.
    void started(SteadyInstant alive);
    /// Everybody who held something at `alive` has a term from now on: the daemon was away since.
    void all_begin_anew(SteadyInstant alive);
    /// Everybody may have got one.
    void all_may_begin_anew();
    /// The desk was asked to wait for who stands in the queue of handshakes: everybody whose
    /// connection has not ended may have got more time.
    void holders_are_awaited();

    /// Its holder is about to give it back: it may end from now on.
    void giving_back(const ledger::LeaseId& lease)
    {
        unwanted_.insert(lease);
        note(lease).may_end = true;
    }
    /// The server said that it is given back: it is over for good.
    void given_back(const ledger::LeaseId& lease) { over_.insert(lease); }
    /// An operator is about to take it.
    void taking(const ledger::LeaseId& lease) { giving_back(lease); }
    /// The same of whatever anybody holds, now and until then.
    void taking_all(SteadyInstant until);
    /// Nobody is about to any more.
    void taking_no_more();

    /// After every turn. `is_calm`: at most one thing has changed what pools own since the last
    /// look.
    void look(const ledger::Ledger& ledger, bool is_calm);
    /// A client is certain that a seat is its own.
    void believe(const ledger::Ledger& ledger, const ledger::LeaseId& lease, std::uint64_t units);

    void complain(std::string complaint);
    [[nodiscard]] const std::optional<std::string>& complaint() const { return complaint_; }

    struct Figures {
        std::uint64_t answers = 0;
        std::uint64_t grants = 0;
    };
    [[nodiscard]] const Figures& figures() const { return figures_; }

  private:
    struct Promise {
        ledger::Units units = 0; ///< 0: nothing was promised yet.
        ledger::PoolId pool;
        ledger::ConnectionId speaker;
        SteadyInstant held_until{}; ///< It is held before.
        SteadyInstant gone_from{};  ///< It is not held from then on.
        bool may_end = false;
    };

    Promise& note(const ledger::LeaseId& lease);
    void heard_granted(const ledger::Granted& granted, ledger::ConnectionId to);
    void heard_renewed(const ledger::Renewed& renewed, ledger::ConnectionId to);
    void speak(const ledger::LeaseId& lease, ledger::ConnectionId to);
    void look_at_promises(const ledger::State& state);
    void look_at_leases(const ledger::State& state, bool is_calm);
    void look_at_pools(const ledger::State& state, bool is_calm);
    void look_at_newcomer(const ledger::State& state, const ledger::LeaseId& lease);
    void look_at_stock(const ledger::State& state, const ledger::LeaseRecord& newcomer);
    /// Whether all pools under the root have what they had at the last look: else one may have
    /// shrunk after somebody was let in.
    [[nodiscard]] bool is_unchanged(const ledger::PoolRecord& root) const;
    [[nodiscard]] bool is_overtaken(const ledger::State& state, const ledger::PoolId& pool,
                                    std::uint64_t since) const;

    const WorldClock& clock_;
    SteadyInstant
        stamp_{}; ///< Of the turn whose letters are read: a disk may have been slow since.
    std::map<ledger::LeaseId, Promise> promises_;
    std::set<ledger::LeaseId> known_;                 ///< Leases that were held at the last look.
    std::map<ledger::LeaseId, std::uint64_t> places_; ///< In the queue, at the last look.
    std::map<ledger::PoolId, ledger::Units> stocks_;  ///< At the last look.
    std::set<ledger::PoolId> over_committed_;         ///< At the last look.
    std::map<ledger::PoolId, ledger::Units> held_;    ///< Under each root, at the last look.
    ledger::Units granted_since_ = 0;                 ///< Since then, wherever.
    std::set<ledger::LeaseId> unwanted_; ///< Somebody is about to give them back, or to take them.
    std::set<ledger::LeaseId> over_;
    /// Taken, or lost with a connection: its holder need not know before.
    std::map<ledger::LeaseId, SteadyInstant> excused_;
    std::map<ledger::ConnectionId, SteadyInstant> lost_;
    SteadyInstant anew_{}; ///< When everybody began anew; who was lost before is lost no more.

    SteadyInstant taken_until_{}; ///< An operator's verb is on its way that may end anything.
    unsigned takings_ = 0;        ///< So many are, that were not answered.
    std::optional<std::string> complaint_;
    Figures figures_;
};

} // namespace usher::world
