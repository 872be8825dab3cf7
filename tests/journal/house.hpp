#pragma once

#include "daemon/journal/journal.hpp"
#include "tests/journal/any_fact.hpp"
#include "tests/support/scratch.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

/// What tests of the journal stand in.
namespace usher::journal::test {

/// A directory (0700) that goes with the test, and the journal in it.
class Scratch : public tests::Scratch {
  public:
    [[nodiscard]] std::filesystem::path journal() const { return path() / "journal.db"; }
};

inline ledger::CalendarInstant day(int number)
{
    return ledger::CalendarInstant(std::chrono::days(20'000 + number));
}

/// Everything that a journal remembers.
inline std::vector<Turn> replayed(Journal& journal)
{
    std::vector<Turn> turns;
    journal.replay([&](const Turn& turn) { turns.push_back(turn); });
    return turns;
}

inline bool is_same(const Turn& a, const Turn& b)
{
    return a.number == b.number && a.at == b.at && is_same(a.facts, b.facts);
}

inline bool is_same(const std::vector<Turn>& a, const std::vector<Turn>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Turn& x, const Turn& y) { return is_same(x, y); });
}

/// One lasting fact that carries a number.
inline ledger::Fact numbered(int number)
{
    return ledger::ProfileUsed{
        {"Server"}, {"user " + std::to_string(number)}, {"device"}, day(number)};
}

/// What makes a turn large: some pages of the file.
inline ledger::Fact padding(int number)
{
    return ledger::CredentialRevoked{std::string(9000, static_cast<char>('a' + number % 26)), {}};
}

/// What a snapshot after so many turns says: enough to tell which turns are in it.
inline std::vector<ledger::Fact> sum(int number)
{
    std::vector<ledger::Fact> facts;
    for (int i = 1; i <= number; ++i)
        facts.push_back(numbered(i));
    return facts;
}

/// The number of the last turn that the journal remembers, having looked that all turns are what
/// `journal_writer` has written; throws where one is not.
inline std::uint64_t last_of_written(Journal& journal)
{
    std::uint64_t number = 0;
    journal.replay([&](const Turn& turn) {
        const auto index = static_cast<int>(turn.number);
        const bool is_snapshot = number == 0 && is_same(turn.facts, sum(index));
        const bool is_next =
            turn.number == number + 1 && is_same(turn.facts, {numbered(index), padding(index)});
        if (!is_snapshot && !is_next)
            throw std::logic_error("turn " + std::to_string(index) + " is not what was written");
        number = turn.number;
    });
    return number;
}

/// Facts that mean nothing to a journal but that it must not keep.
inline std::vector<ledger::Fact> fleeting()
{
    return {ledger::LeaseRenewed{}, ledger::ConnectionLost{}, ledger::AmnestyGranted{},
            ledger::TermsSet{}};
}

/// The sentence of the fault that `act` throws; empty: it threw none.
template <class Act>
std::string fault_of(const Act& act)
{
    try {
        act();
    } catch (const Fault& fault) {
        if (fault.hint().empty())
            throw std::logic_error("a fault without a hint");
        return fault.what();
    }
    return {};
}

} // namespace usher::journal::test
