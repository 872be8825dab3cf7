#include "tests/ledger/script.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace usher::ledger::test {

std::vector<Table> tables_in(const std::string& folder)
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".txt")
            files.push_back(entry.path());
    std::ranges::sort(files);

    std::vector<Table> tables;
    for (const auto& file : files) {
        std::ifstream in(file);
        std::string text;
        for (int number = 1; std::getline(in, text); ++number) {
            if (text.starts_with("== ")) {
                tables.push_back({text.substr(3), {}});
                continue;
            }
            if (text.empty() || text.front() == '#')
                continue;
            if (tables.empty())
                throw std::runtime_error(file.string() + " starts without a claim");
            tables.back().lines.push_back({file.filename().string(), number, text});
        }
    }
    return tables;
}

std::ostream& operator<<(std::ostream& out, const Table& table)
{
    return out << table.claim;
}

} // namespace usher::ledger::test
