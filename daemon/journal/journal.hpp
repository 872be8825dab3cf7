#pragma once

#include "daemon/ledger/fact.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// What is remembered.
namespace usher::journal {

/// One turn: everything in it happened, or nothing of it. `number` counts from 1 without gaps.
struct Turn {
    std::uint64_t number = 0;
    ledger::CalendarInstant at{};
    std::vector<ledger::Fact> facts; ///< Lasting ones only.
};

/// The one interface behind which turns are kept. One thread at a time.
///
/// Faults are exceptions of type `Fault` with a sentence that says what and where. After one the
/// journal must not be used again: nobody knows what is on disk, and the process ends.
class Journal {
  public:
    virtual ~Journal() = default;

    /// Gives everything remembered, oldest first: the newest snapshot as one turn (its `number` is
    /// that of the last turn it contains), then every turn after it. Verifies the chain of what it
    /// reads. Call it once, before the first append.
    virtual void replay(const std::function<void(const Turn&)>& visit) = 0;

    /// Makes a turn durable; on return it survives a power cut. Skips fleeting facts; a turn
    /// without a lasting one is not written. Returns the number that was given to it, or the last
    /// one.
    virtual std::uint64_t append(ledger::CalendarInstant at,
                                 std::span<const ledger::Fact> facts) = 0;

    /// Remembers `facts` as the state after the last appended turn, so that a start is fast.
    /// Turns are kept: they are the history. So a state that is too large to be kept in one piece
    /// is left out: the start after it is slower, and nothing is lost.
    virtual void snapshot(ledger::CalendarInstant at, std::span<const ledger::Fact> facts) = 0;

    /// Turns since the last snapshot was taken, or left out.
    [[nodiscard]] virtual std::uint64_t turns_since_snapshot() const = 0;
};

/// Why the journal cannot be opened, read or written: a sentence for the operator and a hint,
/// lower case and without a full stop.
class Fault : public std::exception {
  public:
    Fault(std::string sentence, std::string hint)
        : sentence_(std::move(sentence)), hint_(std::move(hint))
    {}
    const char* what() const noexcept override { return sentence_.c_str(); }
    const std::string& hint() const { return hint_; }

  private:
    std::string sentence_;
    std::string hint_;
};

/// Another has the journal open.
class InUse : public Fault {
  public:
    using Fault::Fault;
};

} // namespace usher::journal
