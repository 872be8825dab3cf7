#pragma once

#include "client/line.hpp"
#include "protocol/usher.pb.h"
#include "tools/fault.hpp"

#include <algorithm>
#include <chrono>

namespace usher::tools {

/// The failure of a connection as a fault, with its hints.
[[nodiscard]] Fault fault_of(const client::Failure& failure);

/// One connection to a daemon, and what is asked on it. What goes wrong is thrown: `Fault`, and
/// `Refused` for the daemon's no.
class Conversation {
  public:
    /// Connects. `timeout` is for each step and each answer.
    Conversation(client::Address address, client::Credentials credentials,
                 std::chrono::milliseconds timeout);
    /// Takes its leave, so that the daemon's log tells a command that ended from one that died.
    ~Conversation();
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    [[nodiscard]] client::Line& line() { return line_; }
    [[nodiscard]] const v1::Welcome& welcome() const { return line_.welcome(); }

    /// From now on, for each answer: of what takes long by its nature.
    void wait_at_least(std::chrono::milliseconds time) { timeout_ = std::max(timeout_, time); }

    v1::Response ask(v1::Request request);
    v1::Operated operate(v1::Operate operate);
    /// The daemon's picture, all parts in one.
    v1::StatusPart look();

  private:
    [[nodiscard]] client::Patience patience() const;

    std::chrono::milliseconds timeout_;
    client::Route route_; ///< Outlives the line.
    client::Line line_;
};

} // namespace usher::tools
