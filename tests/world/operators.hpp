#pragma once

#include "protocol/usher.pb.h"
#include "tests/world/time.hpp"
#include "tests/world/wire.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace usher::world {

/// Operators at the daemon's local socket: each comes with one question, and goes with its answer.
class Operators {
  public:
    using Answered = std::function<void(const v1::Response&)>;

    explicit Operators(const WorldClock& clock) : clock_(clock) {}

    /// Comes over `wire`, which is seated already.
    void ask(std::shared_ptr<Wire> wire, v1::Operate verb, Answered answered);
    /// Reads what has come for them. Whether anything had.
    bool act();
    [[nodiscard]] SteadyInstant next_act() const;
    [[nodiscard]] std::size_t count() const { return visits_.size(); }

  private:
    struct Visit {
        std::shared_ptr<Wire> wire;
        v1::Operate verb;
        Answered answered;
        std::string incoming;
        bool is_let_in = false;
        bool is_over = false;
        SteadyInstant patient_until{};
    };
    bool act(Visit& visit);
    static void on_response(Visit& visit, const v1::Response& response);

    const WorldClock& clock_;
    std::vector<Visit> visits_;
};

} // namespace usher::world
