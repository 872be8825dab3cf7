#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

/// What every load of the bench has in common, whichever server it is for: what it is told, what it
/// asks for next, what it counts and how it says so. One thread.
namespace usher::bench {

using Steady = std::chrono::steady_clock;

/// Ends the program with a sentence: a bench that limps measures nothing.
[[noreturn]] void give_up(const std::string& what);

struct Order {
    std::uint16_t port = 0;
    std::size_t connections = 64;
    std::size_t in_flight = 1; ///< On each connection.
    std::size_t renewals = 0;  ///< Between the checkout of a seat and its checkin; of usherd only.
    double warm_up = 1;        ///< Seconds that are not counted.
    double seconds = 5;        ///< Seconds that are.
};

/// A load as a program, which says `about` when it is asked for help.
class Program {
  public:
    Program(const std::string& about, const std::string& name);

    /// Reads the options, measures, and prints what that says as one line of JSON. What `main`
    /// returns.
    [[nodiscard]] int run(int argc, char** argv, const std::function<nlohmann::json()>& measure);

    CLI::App options;
    Order order; ///< Filled by `run`.
};

/// 16 bytes that no other run asks for.
[[nodiscard]] std::string random_lease(std::mt19937_64& random);

enum class Verb : std::uint8_t { checkout, renew, checkin };

/// What one request in flight is about: a seat that is taken, renewed and given back in turns, each
/// time as another lease.
struct Seat {
    std::string lease;
    Verb asked = Verb::checkin;
    std::size_t renewals_left = 0;
    Steady::time_point asked_at;

    /// Says what to ask now that the last was answered, and that it is asked.
    Verb next(const Order& order, std::mt19937_64& random);
};

/// The answers of a run.
class Tally {
  public:
    explicit Tally(const Order& order);

    /// Whether the run goes on; to be asked again and again, since here it is seen to begin.
    [[nodiscard]] bool goes_on();
    void count(Steady::time_point asked_at);
    [[nodiscard]] nlohmann::json report() const;

  private:
    Steady::time_point from_;
    Steady::time_point until_;
    bool measuring_ = false;
    double seconds_;
    double cpu_before_ = 0; ///< Seconds of this process before the measured part.
    double cpu_after_ = 0;
    std::size_t answers_in_all_ = 0; ///< With those of the warm-up.
    std::vector<std::uint32_t> latencies_us_;
};

} // namespace usher::bench
