#pragma once

#include "daemon/server/clock.hpp"
#include "daemon/server/desk.hpp"
#include "daemon/server/premises.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace usher::daemon {

/// Shows this host to the issuers of its licenses, and brings them the receipts that they have not
/// got: at the start, when something is due, and after a license came. It is a client of theirs and
/// blocks as one, so it has a thread of its own; what it knows and what it hears goes through the
/// desk like everybody's questions.
class Clerk {
  public:
    /// `clock` outlives it.
    Clerk(const server::Clock& clock, std::shared_ptr<const server::Premises> premises);
    ~Clerk();
    Clerk(const Clerk&) = delete;
    Clerk& operator=(const Clerk&) = delete;

    /// Tells all that is due once, on the calling thread; whom it does not reach within `time_max`
    /// is left to `run`. Before `run` only.
    void begin(server::Desk& desk, std::chrono::milliseconds time_max);

    /// Does so again and again on the calling thread, until `stop`.
    void run(server::Desk& desk);

    // Any thread.

    /// Ends `run`, and whatever it waits for.
    void stop();
    /// Takes its own letters out of those of a turn.
    void receive(std::vector<server::Letter>& letters);
    void adopt(std::shared_ptr<const server::Premises> premises);
    /// Look at the clock again (it was moved by a test).
    void wake();
    /// Grows whenever it has done all that was due.
    [[nodiscard]] std::uint64_t pulse() const;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

} // namespace usher::daemon
