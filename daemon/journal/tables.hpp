#pragma once

#include "daemon/journal/chain.hpp"
#include "daemon/journal/database.hpp"
#include "daemon/journal/journal.hpp"

#include <functional>
#include <optional>
#include <vector>

/// The two tables of a journal and how they are read. Whatever is read is checked against the
/// chain first; what does not fit is a `Fault` that names the turn. One thread at a time.
namespace usher::journal {

/// Makes a new, empty journal in `file`, whole or not at all.
void make_journal(const std::filesystem::path& file);

class Tables {
  public:
    explicit Tables(Database& database);

    /// Shows the newest snapshot to `visit`, unless there is none. Gives the head that it stands
    /// on.
    Head read_snapshot(const std::function<void(const Row&)>& visit);

    /// Shows every turn after `from` to `visit`, oldest first. Gives the head.
    Head walk(Head from, const std::function<void(const Row&, const Link&)>& visit);

    /// Refuses a journal that ends before `expected`, or is another one up to there. `head`: where
    /// it ends. `hint`: what whoever expected it can do.
    void check_against(const Head& expected, const Head& head, const std::string& hint);

    /// The link of a turn; none: there is no such turn.
    [[nodiscard]] std::optional<Link> link_of(std::uint64_t number);

    /// The number of the last turn, unchecked; 0: there is none.
    [[nodiscard]] std::uint64_t last_number();

    /// Adds a turn durably. Gives the new head.
    Head add(const Head& head, const Row& turn);

    /// Puts a snapshot in the place of the last one, durably. It stands on `head`.
    void replace_snapshot(const Head& head, const Row& snapshot);

  private:
    Database& database_;
    Chain chain_;
    Statement turns_;
    Statement link_;
    Statement last_;
    Statement snapshot_;
    Statement insert_turn_;
    Statement insert_snapshot_;
    Statement delete_snapshots_;
};

/// Reads `row` into `turn`, whose memory it uses again.
void read_turn(const Row& row, Turn& turn, const std::filesystem::path& file);

} // namespace usher::journal
