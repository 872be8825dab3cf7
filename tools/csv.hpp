#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

/// Tables as other programs write them (RFC 4180): quotes, quotes doubled within them, line breaks
/// in quotes, CRLF and LF, a byte order mark, and the separator that the header tells. Read as a
/// stream, in memory that does not grow with the file, and written line by line. One thread.
namespace usher::tools {

/// Longest row, with all its lines and quotes.
inline constexpr std::size_t csv_row_bytes_max = 64 << 10;

struct CsvRow {
    std::uint64_t line = 0; ///< In which it begins, from 1.
    std::vector<std::string> fields;
    std::string objection; ///< Empty: none. Else why it is no row, and `fields` mean nothing.
};

class CsvReader {
  public:
    /// Reads the header, the first line that is not blank. `in` must outlive this.
    explicit CsvReader(std::istream& in);

    /// The names of the columns. Objections: there is none, it is UTF-16, and those of any row.
    [[nodiscard]] const CsvRow& header() const { return header_; }

    /// `,`, `;` or a tab: the one that stands most often in the header, outside quotes.
    [[nodiscard]] char separator() const { return separator_; }

    /// Reads the next row into `row`, whose memory it uses again; false: there is none. Blank lines
    /// are none. Objections: too long, text behind a closing quote, a quote within a field that has
    /// none around it, another number of fields than the header has, a quote that is never closed.
    [[nodiscard]] bool next(CsvRow& row);

    /// A quote was opened and not closed: where the next row begins, nobody knows, so none follows.
    [[nodiscard]] bool is_lost() const { return is_lost_; }

  private:
    /// What stands before the next byte, within its field.
    enum class State : std::uint8_t { begin, plain, quoted, behind_quote };

    int get();
    [[nodiscard]] int peek();
    void skip_mark();
    void tell_separator();
    bool read(CsvRow& row);
    bool take(CsvRow& row, int byte);
    bool end(CsvRow& row, int byte);
    void object(CsvRow& row, std::string objection);

    std::istream& in_;
    std::string ahead_; ///< Of the header, read to tell the separator.
    std::size_t ahead_read_ = 0;
    char separator_ = ',';
    CsvRow header_;
    std::uint64_t line_ = 1;
    bool is_lost_ = false;

    // Of the row that is being read.
    State state_ = State::begin;
    std::size_t bytes_ = 0;
};

/// A text as one field, printable; in quotes where it could be taken for more than one.
[[nodiscard]] std::string csv_field(const std::string& text);
/// Fields that are such, or numbers, as a line that ends in CRLF.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& fields);

} // namespace usher::tools
