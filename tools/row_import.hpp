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
#include <type_traits>
#include <vector>

/// Tables that become rows of requests: many foundations, or whose many devices are. Pure; what is
/// asked of the daemon is asked by a function that is given.
namespace usher::tools {

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

/// The daemon's no to one row of a request.
struct RowRefusal {
    std::size_t row = 0; ///< From 1.
    std::string code;    ///< Stable.
    std::string why;     ///< Printable; with the code.
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
    /// What two rows of a table may not say otherwise of.
    [[nodiscard]] static std::string key_of(const Message::Row& row);
    /// The same for people.
    [[nodiscard]] static std::string name_of(const Message::Row& row);
    /// Whose value the daemon refuses; empty: more than one's.
    [[nodiscard]] std::string column_of(const RowRefusal& no) const;

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
    PrincipalRows(PrincipalWords words, const CsvRow& header);
    [[nodiscard]] std::string add(const CsvRow& from, Message& to) const;
    [[nodiscard]] static std::string key_of(const Message::Row& row);
    [[nodiscard]] static std::string name_of(const Message::Row& row);
    [[nodiscard]] std::string column_of(const RowRefusal& no) const;

  private:
    PrincipalWords words_;
    std::size_t device_ = 0;
    std::size_t user_ = 0;
};

/// Asks the daemon for a part of a table; none: it agrees. A no that is of no row is thrown.
template <class Message>
using AskForRows = std::function<std::optional<RowRefusal>(const Message&)>;

/// What is in a table.
struct Checked {
    std::size_t rows = 0; ///< Good ones, each once.
    BadRows bad;
    std::vector<std::uint64_t> repeated; ///< Lines that say once more what one before them says.
    bool is_whole = true;                ///< Else nobody knows what follows the last bad row.
};

/// Judges all rows as far as can be seen here, and asks nobody. Two rows with one key that say
/// otherwise are one too many; of that, the memory grows by some 70 bytes a row. Throws Fault for
/// more good rows than `protocol::table_rows_max`.
template <class Rows>
[[nodiscard]] Checked check_rows(CsvReader& table, const Rows& rows);

/// Sends the rows that are good so far, in parts of 10,000 that the daemon judges and keeps for
/// this connection: what it refuses becomes bad, and is not kept. The lines of those that are kept,
/// in their order.
template <class Rows>
[[nodiscard]] std::vector<std::uint64_t> keep_rows(CsvReader& table, const Rows& rows,
                                                   Checked& checked,
                                                   const AskForRows<typename Rows::Message>& ask);

/// Has all that is kept put at once, or, where the message says so, only judged as one. Throws
/// Fault where it is refused after all, or nobody knows what became of it.
template <class Message>
void put_rows(Message message, const std::vector<std::uint64_t>& kept,
              const std::type_identity_t<AskForRows<Message>>& ask);

} // namespace usher::tools
