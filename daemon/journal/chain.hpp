#pragma once

#include "daemon/ledger/types.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// What ties each turn to all before it, so that a changed, removed or moved one is noticed.
namespace usher::journal {

/// SHA-256 of everything up to and with a turn. Zeros before the first.
using Link = std::array<std::uint8_t, 32>;

/// A turn, or a snapshot of all turns up to `number`, as it is stored.
struct Row {
    std::uint64_t number = 0;
    ledger::CalendarInstant at{};
    std::string_view record;
};

/// Where a chain ends: the number of its last turn and the link of that one.
struct Head {
    std::uint64_t number = 0; ///< 0: there is no turn.
    Link link{};

    friend bool operator==(const Head&, const Head&) = default;
};

/// Computes links. One thread at a time.
class Chain {
  public:
    Chain();
    ~Chain();
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

    /// The link of `turn` after `before`: SHA-256(before ‖ number ‖ at ‖ record), the numbers with
    /// 8 bytes, the most significant first, `at` in microseconds.
    [[nodiscard]] Link after(const Link& before, const Row& turn);

    /// The digest of a snapshot that stands on `link`: the same over the word `snapshot` and then
    /// `link`, so that no turn can pass for a snapshot.
    [[nodiscard]] Link of_snapshot(const Link& link, const Row& snapshot);

  private:
    [[nodiscard]] Link digest(std::string_view prefix, const Link& before, const Row& row);

    struct Inside;
    std::unique_ptr<Inside> inside_;
};

/// As people compare it: `1207:` and 64 hexadecimal digits.
[[nodiscard]] std::string to_text(const Head& head);
/// None: it is no head.
[[nodiscard]] std::optional<Head> head_from(std::string_view text);

} // namespace usher::journal
