#pragma once

#include "daemon/journal/journal.hpp"
#include "daemon/ledger/ledger.hpp"
#include "daemon/server/desk.hpp"
#include "daemon/server/hall.hpp"
#include "tests/world/time.hpp"
#include "tests/world/wire.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace usher::world {

/// The daemon's process ends here and now.
struct Died : std::exception {};

/// Where in a turn the daemon may die, beside in any operation of the disk.
enum class Moment : std::uint8_t { never, before_commit, after_commit };

/// One run of the daemon: ledger, journal, desk, hall and sessions as they are shipped, in one
/// thread and the world's time. It may throw `Died`, and `journal::Fault` where the disk fails.
class Server {
  public:
    struct Outlook {
        /// The letters of a turn, when nothing can take them back any more.
        std::function<void(const std::vector<server::Letter>&)> when_posted;
        /// A turn is on the disk. With the ledger after it.
        std::function<void(const ledger::Ledger&)> when_durable;
    };
    struct Rules {
        std::uint64_t turns_per_snapshot = 50;
        server::Limits limits;
    };

    /// Opens the journal and replays it; `start` comes later, so that the world can look.
    Server(const std::filesystem::path& journal, const server::Premises& premises,
           const WorldClock& clock, Rules rules, Outlook outlook);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void start();
    /// What the configuration says of schemes, and (`keys`) who may come.
    void configure(std::span<const std::string> keys);
    /// Somebody comes in. `is_operator`: over the local socket, as root.
    void seat(const std::shared_ptr<Wire>& wire, bool is_operator, std::uint64_t address);
    /// Serves what has arrived for one session. Whether there was something.
    bool serve(Wire& wire);
    void look_at_deadlines();
    void serve_desk();
    [[nodiscard]] Duration nap() const { return desk_.nap(); }
    /// As the service manager asks for: all is answered, then nothing is left.
    void stop();

    /// It will die there, in the next turn that writes something.
    void die_at(Moment moment) { dies_at_ = moment; }

    [[nodiscard]] const ledger::Ledger& ledger() const { return ledger_; }
    [[nodiscard]] bool has_visitors_waiting() const { return hall_.waiting() > 0; }
    void await_holders();
    /// The instant of the last turn.
    [[nodiscard]] ledger::Now last_turn() const
    {
        return {std::max(clock_.last.calendar, ledger_.calendar_floor()), clock_.last.steady};
    }

  private:
    class WatchedJournal;
    /// Remembers what the desk was told last: the time of its last turn.
    struct DeskClock final : server::Clock {
        explicit DeskClock(const WorldClock& the_clock) : clock(the_clock) {}
        [[nodiscard]] ledger::Now now() const override { return last = clock.now(); }

        const WorldClock& clock;
        mutable ledger::Now last{};
    };
    void drain();

    Moment dies_at_ = Moment::never;
    const Outlook outlook_;
    const DeskClock clock_;
    ledger::Ledger ledger_;
    std::unique_ptr<journal::Journal> journal_;
    std::vector<std::unique_ptr<server::Hall>> halls_;
    server::Hall& hall_;
    server::Desk desk_;
};

} // namespace usher::world
