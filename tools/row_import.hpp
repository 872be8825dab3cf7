#pragma once

#include "protocol/requirement.pb.h"
#include "tools/csv.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Tables that become rows of requests: many foundations, or whose many devices are. Pure; what is
/// asked of the daemon is asked by a function that is given.
namespace usher::tools {

/// Most rows of one table, good ones: no server keeps more.
inline constexpr std::size_t imported_rows_max = 2'000'000;

/// Rows that cannot be imported. It remembers where all of them are, and of the first ones why.
class BadRows {
  public:
    static constexpr std::size_t told_max = 20;

    void add(std::uint64_t line, std::string why);

    [[nodiscard]] std::size_t count() const { return lines_.size(); }
    /// By their lines, at most `told_max`; printable.
    [[nodiscard]] const std::map<std::uint64_t, std::string>& told() const { return told_; }
    /// In order.
    [[nodiscard]] std::vector<std::uint64_t> lines() const;

  private:
    std::vector<std::uint64_t> lines_;
    std::map<std::uint64_t, std::string> told_;
};

/// How a table's rows become foundations, as it was typed.
struct RequirementWords {
    std::string product_column; ///< Empty: all are of `product`.
    std::string product;
    std::string vendor; ///< Empty: the only one who has such a product.
    std::string device_column;
    std::string user_column;
    std::string number_column; ///< Empty: 1 each.
    std::string model;         ///< Empty: as its product says.
    std::string source;
    bool is_unconfirmed = false;
};

class RequirementRows {
  public:
    using Message = v1::RequirementAdd;

    /// Throws Fault for a column that the header does not have, or has twice.
    RequirementRows(RequirementWords words, const CsvRow& header);

    /// Adds the row to the request; empty: it did. Else why not, and nothing was added.
    [[nodiscard]] std::string add(const CsvRow& from, Message& to) const;
    /// What two rows of a table may not have in common.
    [[nodiscard]] static std::string key_of(const Message::Row& row);

  private:
    RequirementWords words_;
    std::optional<std::size_t> product_;
    std::optional<std::size_t> number_;
    std::size_t consumer_ = 0;
};

struct PrincipalWords {
    std::string device_column;
    std::string user_column;
};

class PrincipalRows {
  public:
    using Message = v1::PartyPrincipal;

    /// As of RequirementRows.
    PrincipalRows(const PrincipalWords& words, const CsvRow& header);
    [[nodiscard]] std::string add(const CsvRow& from, Message& to) const;
    [[nodiscard]] static std::string key_of(const Message::Row& row);

  private:
    std::size_t device_ = 0;
    std::size_t user_ = 0;
};

/// The daemon's no to one row of a request.
struct RowRefusal {
    std::size_t row = 0; ///< From 1.
    std::string why;     ///< Printable.
};

/// Asks the daemon for a part of a table; none: it agrees. A no that is of no row is thrown.
template <class Message>
using AskForRows = std::function<std::optional<RowRefusal>(const Message&)>;

/// What is in a table.
struct Checked {
    std::size_t rows = 0; ///< Good ones.
    BadRows bad;
    bool is_whole = true; ///< Else nobody knows what follows the last bad row.
};

/// Judges all rows, here and, in parts of 10,000, by `ask`, which must change nothing. Two rows
/// with one key are one too many; of that, the memory grows by some 60 bytes a row. Throws Fault
/// for more rows than `imported_rows_max`.
template <class Rows>
[[nodiscard]] Checked check_rows(CsvReader& table, const Rows& rows,
                                 const AskForRows<typename Rows::Message>& ask);

/// Sends all rows but those that `bad` names, in parts of 10,000, each of which is taken whole or
/// not at all. Throws Fault where one is refused after all, and says how many are there before it.
template <class Rows>
void send_rows(CsvReader& table, const Rows& rows, const BadRows& bad,
               const AskForRows<typename Rows::Message>& ask);

} // namespace usher::tools
