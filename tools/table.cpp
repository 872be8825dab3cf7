#include "tools/table.hpp"

#include "tools/printable.hpp"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <utility>

namespace usher::tools {
namespace {

std::string_view escape_of(Tone tone)
{
    switch (tone) {
    case Tone::plain: return "";
    case Tone::faint: return "\x1b[2m";
    case Tone::good: return "\x1b[32m";
    case Tone::warning: return "\x1b[33m";
    case Tone::alarm: return "\x1b[1;31m";
    }
    return "";
}

constexpr std::size_t gap = 2;

} // namespace

std::string in_tone(std::string text, Tone tone, bool is_colored)
{
    if (!is_colored || tone == Tone::plain || text.empty())
        return text;
    return std::string(escape_of(tone)) + text + "\x1b[0m";
}

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add(std::vector<Cell> row)
{
    assert(row.size() == columns_.size());
    for (Cell& cell : row)
        cell.text = cut(printable(cell.text), cell_columns_max);
    rows_.push_back(std::move(row));
}

std::string Table::text(bool is_colored) const
{
    std::vector<Cell> headings;
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        headings.push_back({columns_[i].heading, Tone::faint});
        widths.push_back(columns_of(columns_[i].heading));
        for (const auto& row : rows_)
            widths[i] = std::max(widths[i], columns_of(row[i].text));
    }

    std::string text;
    const auto append = [&](const std::vector<Cell>& row) {
        std::size_t blanks = 0; // Owed before the next cell that has a text.
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::size_t spare = widths[i] - columns_of(row[i].text);
            const std::size_t before = columns_[i].is_number ? spare : 0;
            if (!row[i].text.empty()) {
                text.append(blanks + before, ' ');
                text += in_tone(row[i].text, row[i].tone, is_colored);
                blanks = spare - before + gap;
            } else {
                blanks += spare + gap;
            }
        }
        text += '\n';
    };
    append(headings);
    for (const auto& row : rows_)
        append(row);
    return text;
}

std::string text_or(const Table& table, const std::string& nothing, bool is_colored)
{
    return table.empty() ? in_tone(nothing, Tone::faint, is_colored) + "\n"
                         : table.text(is_colored);
}

std::string text_or_dash(const std::string& text)
{
    return text.empty() ? "-" : text;
}

} // namespace usher::tools
