#pragma once

#include "daemon/server/desk.hpp"
#include "daemon/server/inbox.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace usher::daemon {

/// Asks the desk and waits for the answer, for a thread that is no session's: the one that reads
/// the configuration again must know whether the ledger takes it before anything else does.
class Inquirer {
  public:
    /// On the owner's thread, one question at a time. None: the desk does not answer in time.
    std::optional<ledger::Answer> ask(server::Desk& desk, ledger::Command command,
                                      std::chrono::milliseconds time_max);

    /// Any thread: takes its own letters out of those of a turn.
    void receive(std::vector<server::Letter>& letters);

  private:
    std::optional<ledger::Answer> letter();

    server::Inbox<server::Letter> inbox_;
    server::Bell bell_;
    std::uint64_t asked_ = 0;
};

} // namespace usher::daemon
