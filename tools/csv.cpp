#include "tools/csv.hpp"

#include "tools/printable.hpp"

#include <array>
#include <cstdio>
#include <istream>
#include <utility>

namespace usher::tools {
namespace {

constexpr std::string_view mark = "\xef\xbb\xbf";
constexpr int no_byte = std::char_traits<char>::eof();

/// Nothing but an end of line.
bool is_blank(const CsvRow& row)
{
    return row.objection.empty() && row.fields.empty();
}

} // namespace

CsvReader::CsvReader(std::istream& in) : in_(in)
{
    skip_mark();
    if (!header_.objection.empty())
        return;
    while (peek() == '\n' || peek() == '\r')
        if (get() == '\n')
            ++line_;
    tell_separator();
    if (!read(header_))
        object(header_, "is empty: there is no header");
}

bool CsvReader::next(CsvRow& row)
{
    do
        if (!header_.objection.empty() || is_lost_ || !read(row))
            return false;
    while (is_blank(row));
    if (row.objection.empty() && row.fields.size() != header_.fields.size())
        object(row, "has " + std::to_string(row.fields.size()) + " fields, and the header has " +
                        std::to_string(header_.fields.size()));
    return true;
}

int CsvReader::get()
{
    if (ahead_read_ < ahead_.size())
        return static_cast<unsigned char>(ahead_[ahead_read_++]);
    return in_.rdbuf()->sbumpc();
}

int CsvReader::peek()
{
    if (ahead_read_ < ahead_.size())
        return static_cast<unsigned char>(ahead_[ahead_read_]);
    return in_.rdbuf()->sgetc();
}

void CsvReader::skip_mark()
{
    for (std::size_t i = 0; i < mark.size(); ++i) {
        const int byte = in_.rdbuf()->sbumpc();
        if (byte != no_byte)
            ahead_.push_back(static_cast<char>(byte));
    }
    if (ahead_ == mark)
        ahead_.clear();
    header_.line = 1;
    if (ahead_.starts_with("\xff\xfe") || ahead_.starts_with("\xfe\xff"))
        object(header_, "is UTF-16: save the table as UTF-8");
}

/// Looks at the header without taking it: what is told by all of it must be known at its beginning.
void CsvReader::tell_separator()
{
    constexpr std::array<char, 3> separators{',', ';', '\t'};
    std::array<std::size_t, 3> seen{};
    std::string header;
    bool is_quoted = false;
    for (int byte = get(); byte != no_byte; byte = get()) {
        header.push_back(static_cast<char>(byte));
        if (header.size() > csv_row_bytes_max || (byte == '\n' && !is_quoted))
            break;
        is_quoted = is_quoted != (byte == '"');
        for (std::size_t i = 0; i < separators.size(); ++i)
            seen[i] += !is_quoted && byte == separators[i] ? 1 : 0;
    }
    header.append(ahead_, ahead_read_, std::string::npos);
    ahead_ = std::move(header);
    ahead_read_ = 0;
    std::size_t best = 0;
    for (std::size_t i = 1; i < separators.size(); ++i)
        if (seen[i] > seen[best])
            best = i;
    separator_ = separators[best];
}

/// Whatever is wrong with a row, it is read to its end, and nothing of it is kept.
bool CsvReader::read(CsvRow& row)
{
    row.line = line_;
    row.fields.clear();
    row.objection.clear();
    state_ = State::begin;
    bytes_ = 0;
    if (peek() == no_byte)
        return false;
    while (take(row, get()))
        continue;
    return true;
}

/// False: that was its end.
bool CsvReader::take(CsvRow& row, int byte)
{
    if (byte == no_byte ||
        (state_ != State::quoted && (byte == '\n' || (byte == '\r' && peek() == '\n'))))
        return end(row, byte);
    if (byte == '\n')
        ++line_;
    if (!row.objection.empty())
        return true;
    if (++bytes_ > csv_row_bytes_max) {
        object(row, "is longer than 64 KiB");
        is_lost_ = state_ == State::quoted;
        return !is_lost_;
    }
    if (row.fields.empty())
        row.fields.emplace_back();
    std::string& field = row.fields.back();
    const char letter = static_cast<char>(byte);
    if (state_ == State::quoted) {
        if (letter != '"')
            field.push_back(letter);
        else if (++bytes_; peek() == '"')
            field.push_back(static_cast<char>(get()));
        else
            state_ = State::behind_quote;
    } else if (letter == separator_) {
        row.fields.emplace_back();
        state_ = State::begin;
    } else if (state_ == State::behind_quote) {
        object(row, "has text behind a closing quote");
    } else if (letter == '"') {
        if (state_ == State::plain)
            object(row, "has a quote within a field that has none around it");
        else
            state_ = State::quoted;
    } else {
        field.push_back(letter);
        state_ = State::plain;
    }
    return true;
}

bool CsvReader::end(CsvRow& row, int byte)
{
    if (byte == no_byte && state_ == State::quoted) {
        is_lost_ = true;
        object(row, "opens a quote that is never closed");
    }
    if (byte == '\r')
        byte = get();
    line_ += byte == '\n' ? 1 : 0;
    return false;
}

void CsvReader::object(CsvRow& row, std::string objection)
{
    row.fields.clear();
    row.objection = std::move(objection);
    if (state_ != State::quoted)
        state_ = State::plain; // What is left of it is skipped to the end of the line.
}

std::string csv_field(const std::string& text)
{
    const std::string plain = printable(text);
    if (plain.find_first_of("\",\r\n") == std::string::npos)
        return plain;
    std::string quoted = "\"";
    for (const char each : plain)
        quoted += each == '"' ? std::string("\"\"") : std::string(1, each);
    return quoted + "\"";
}

std::string csv_line(const std::vector<std::string>& fields)
{
    std::string line;
    for (const std::string& field : fields)
        line += field + ",";
    line.pop_back();
    return line + "\r\n";
}

} // namespace usher::tools
