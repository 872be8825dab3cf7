#pragma once

#include "daemon/clerk.hpp"
#include "daemon/server/desk.hpp"
#include "daemon/server/hall.hpp"
#include "daemon/signals.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <span>
#include <thread>
#include <vector>

namespace usher::daemon {

/// The threads of the daemon: one for the desk, one a hall, one for the clerk. Whoever of them
/// fails rings the bell, and `look` throws its exception on the main thread. When this goes, all
/// have ended.
class Crew {
  public:
    /// The desk begins at once; `start` is its first turn.
    Crew(std::span<const std::unique_ptr<server::Hall>> halls, server::Desk& desk,
         ledger::Start start, Signals& signals);
    ~Crew();
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    /// The halls begin.
    void open();
    /// The clerk begins; it outlives the crew.
    void employ(Clerk& clerk);

    /// Throws what ended a thread that should go on.
    void look() const;

    /// Ends all in good order, within `time_max`: sessions get their answers and say goodbye, then
    /// the desk writes down what it was asked. Throws what ended a thread before its time.
    void dismiss(std::chrono::milliseconds time_max);

    /// Of all who never wait for long: the clerk may, for an issuer.
    [[nodiscard]] std::vector<std::uint64_t> pulses() const;

  private:
    template <class Duty>
    std::thread start(Duty duty);
    void end_clerk();
    void end_halls();
    void end_desk();

    const std::span<const std::unique_ptr<server::Hall>> halls_;
    server::Desk& desk_;
    Signals& signals_;
    std::atomic<bool> is_failing_ = false; ///< The first one has the word.
    std::atomic<bool> has_failed_ = false; ///< `failure_` is there.
    std::exception_ptr failure_;
    std::atomic<std::size_t> empty_halls_ = 0;
    std::vector<std::thread> hall_threads_;
    std::thread desk_thread_;
    Clerk* clerk_ = nullptr; ///< None: not employed yet, or in an issuer's house.
    std::thread clerk_thread_;
};

} // namespace usher::daemon
