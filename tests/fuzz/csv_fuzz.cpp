#include "tests/fuzz/require.hpp"
#include "tools/csv.hpp"

#include <cstdint>
#include <sstream>
#include <string>

/// Foreign bytes as a table: it is read to an end, line by line, and no row is longer than it may
/// be or has fields that the header does not name.
using namespace usher::tools;
using usher::tests::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    std::istringstream in(std::string(reinterpret_cast<const char*>(bytes), size));
    CsvReader table(in);
    require(table.header().objection.empty() != table.header().fields.empty());
    std::uint64_t line = table.header().line;
    CsvRow row;
    while (table.next(row)) {
        require(row.line > line && !table.header().fields.empty());
        line = row.line;
        require(row.objection.empty() == (row.fields.size() == table.header().fields.size()));
        std::size_t longest = 0;
        for (const std::string& field : row.fields)
            longest += field.size();
        require(longest <= csv_row_bytes_max);
    }
    require(table.is_lost() || !table.next(row));
    return 0;
}
