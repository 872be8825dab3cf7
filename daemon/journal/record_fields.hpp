#pragma once

#include "daemon/ledger/fact.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace usher::journal {

[[nodiscard]] inline std::int64_t microseconds(ledger::CalendarInstant instant)
{
    return instant.time_since_epoch().count();
}

[[nodiscard]] inline ledger::CalendarInstant instant(std::int64_t microseconds)
{
    return ledger::CalendarInstant(ledger::Duration(microseconds));
}

[[nodiscard]] inline std::string text(std::string_view word)
{
    return std::string(word);
}

/// Judges the fields of one fact; the first that is wrong is what is said of the record, and what
/// the verbs give after it is of no meaning.
class Fields {
  public:
    [[nodiscard]] bool are_wrong() const { return !why_.empty(); }
    [[nodiscard]] const std::string& why() const { return why_; }

    void require(bool holds, std::string_view field, std::string_view what)
    {
        if (!holds && why_.empty())
            why_ = std::string(field) + " " + std::string(what);
    }

    ledger::Units units(std::string_view field, std::int64_t number, ledger::Units least)
    {
        require(number >= least && number <= ledger::units_max, field, "is out of its range");
        return number;
    }

    std::string name(std::string_view field, const std::string& text)
    {
        require(!text.empty(), field, "is missing");
        return text;
    }

    template <std::size_t Size>
    std::array<std::uint8_t, Size> bytes(std::string_view field, std::string_view from)
    {
        std::array<std::uint8_t, Size> array{};
        require(from.size() == Size, field, "has the wrong length");
        if (from.size() == Size)
            std::ranges::copy(from, array.begin());
        return array;
    }

    /// The enumerator whose stable word it is; `last` is the last of its kind.
    template <class Enum>
    Enum word(std::string_view field, std::string_view text, Enum last)
    {
        for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i)
            if (ledger::word(static_cast<Enum>(i)) == text)
                return static_cast<Enum>(i);
        require(false, field, "is no word that this usherd knows");
        return last;
    }

    ledger::Code code(std::string_view field, std::string_view text)
    {
        return word(field, text, ledger::Code::unsupported);
    }
    ledger::EndReason reason(std::string_view text)
    {
        return word("reason", text, ledger::EndReason::no_longer_possible);
    }
    ledger::LeaseKind kind(std::string_view text)
    {
        return word("kind", text, ledger::LeaseKind::persistent);
    }

  private:
    std::string why_;
};

} // namespace usher::journal
