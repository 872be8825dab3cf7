#pragma once

#include "daemon/journal/memory_journal.hpp"
#include "daemon/server/desk.hpp"
#include "daemon/server/door.hpp"
#include "daemon/server/hall.hpp"
#include "tests/server/guest.hpp"
#include "tests/server/house.hpp"
#include "tests/support/ahead_clock.hpp"

#include <functional>
#include <latch>
#include <thread>
#include <vector>

namespace usher::server::test {

/// A whole server in one process: a desk over a journal in memory, halls, a door at a port of its
/// own and at a local socket. Anonymous applications are let in, and nothing is installed yet.
class OpenHouse : public House {
  public:
    explicit OpenHouse(const Limits& limits = {}, std::size_t halls = 2);
    ~OpenHouse();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::filesystem::path socket() const { return scratch.path() / "usherd.sock"; }

    /// An operator at the local socket, let in.
    [[nodiscard]] Guest operator_() const;
    /// An application over TLS, let in.
    [[nodiscard]] Guest application() const;

    /// The vendor's license for so many lease seats, behind the profile `ProLicense`.
    void install(std::int64_t quantity);
    /// The certificate with this digest stands among the credentials, whoever made it.
    void know_certificate(const trust::Digest& digest, const std::string& name,
                          ledger::Role role = ledger::Role::application);
    /// How long a silent holder keeps its seat, and one whose connection ended.
    void set_terms(std::chrono::milliseconds term, std::chrono::milliseconds grace);
    /// Lets so much time go by. Nobody's absence: the daemon was there all along.
    void advance(std::chrono::milliseconds duration);
    /// What a reload does.
    void adopt(const Limits& limits);

    /// What `usher status` shows.
    [[nodiscard]] v1::StatusPart status() const;

    /// As the daemon does: the door closes, the halls wind down, the desk writes. `once_told` is
    /// done as soon as all of them have been told, whether they have heard it or not.
    void stop(const std::function<void()>& once_told = [] {});
    /// From now on the halls hear and do nothing until then.
    void hold_up(std::latch& until);
    /// How many the desk has written down. After `stop`.
    [[nodiscard]] std::size_t turns() const { return disk_.turns.size(); }
    /// How many a daemon would find that starts with that journal. After `stop`.
    [[nodiscard]] std::size_t leases();

  private:
    Limits limits_;
    usher::test::AheadClock clock_;
    ledger::Ledger ledger_;
    journal::MemoryDisk disk_;
    journal::MemoryJournal journal_{disk_};
    std::vector<std::unique_ptr<Hall>> halls_;
    std::unique_ptr<Desk> desk_;
    std::unique_ptr<Door> door_;
    std::uint16_t port_ = 0;
    std::vector<std::thread> threads_;
    std::thread desk_thread_;
};

} // namespace usher::server::test
