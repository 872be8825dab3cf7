#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// Tables for people. Pure.
namespace usher::tools {

/// What a text means, and so its colour.
enum class Tone : std::uint8_t { plain, faint, good, warning, alarm };

/// `text` in the colour of its tone, or as it is.
[[nodiscard]] std::string in_tone(std::string text, Tone tone, bool is_colored);

struct Column {
    std::string heading;    ///< In capitals.
    bool is_number = false; ///< Set to the right.
};

/// Whatever the text: it is made printable, and cut to `Table::cell_columns_max`.
struct Cell {
    std::string text;
    Tone tone = Tone::plain;
};

class Table {
  public:
    static constexpr std::size_t cell_columns_max = 40;

    explicit Table(std::vector<Column> columns);

    /// One cell for each column.
    void add(std::vector<Cell> row);

    [[nodiscard]] bool empty() const { return rows_.empty(); }

    /// The heading and a line a row, each ending in a newline and without blanks before it.
    [[nodiscard]] std::string text(bool is_colored) const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

/// The table; where it has no row, `nothing` as a line.
[[nodiscard]] std::string text_or(const Table& table, const std::string& nothing, bool is_colored);

/// What stands in a cell of which there is nothing to say.
[[nodiscard]] std::string text_or_dash(const std::string& text);

} // namespace usher::tools
