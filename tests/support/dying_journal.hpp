#pragma once

#include "daemon/journal/journal.hpp"
#include "tests/support/death.hpp"

#include <memory>
#include <utility>

namespace usher::test {

/// A journal whose process ends just before or just after one of its turns is durable.
class DyingJournal final : public journal::Journal {
  public:
    DyingJournal(std::unique_ptr<journal::Journal> journal, const Death& death)
        : journal_(std::move(journal)), death_(death)
    {}

    void replay(const std::function<void(const journal::Turn&)>& visit) override
    {
        journal_->replay(visit);
    }
    std::uint64_t append(ledger::CalendarInstant at, std::span<const ledger::Fact> facts) override
    {
        std::uint64_t number = 0;
        death_.around([&] { number = journal_->append(at, facts); });
        return number;
    }
    void snapshot(ledger::CalendarInstant at, std::span<const ledger::Fact> facts) override
    {
        journal_->snapshot(at, facts);
    }
    [[nodiscard]] std::uint64_t turns_since_snapshot() const override
    {
        return journal_->turns_since_snapshot();
    }

  private:
    std::unique_ptr<journal::Journal> journal_;
    Death death_;
};

} // namespace usher::test
