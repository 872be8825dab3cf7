#include "tools/compliance_text.hpp"

#include "tools/csv.hpp"
#include "tools/printable.hpp"
#include "tools/table.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace usher::tools {
namespace {

using Row = v1::Compliance::Row;

std::string limited(const Row& row, std::int64_t units)
{
    return row.unlimited() ? "unlimited" : std::to_string(units);
}

Json limited_or_null(const Row& row, std::int64_t units)
{
    return row.unlimited() ? Json(nullptr) : Json(units);
}

} // namespace

std::string compliance_text(const v1::Compliance& report, bool is_colored)
{
    const auto& rows = report.rows();
    const bool has_vendors = std::ranges::any_of(
        rows, [&](const Row& row) { return row.vendor() != rows.begin()->vendor(); });
    std::vector<Column> columns{{"PRODUCT"}};
    if (has_vendors)
        columns.push_back({"VENDOR"});
    columns.push_back({"MODEL"});
    for (const char* heading : {"OWNED", "USED", "FREE", "NEEDED", "SHORTFALL", "DOWNGRADES",
                                "CHANGES", "REQUIREMENTS", "UNCONFIRMED"})
        columns.push_back({heading, true});
    Table table(std::move(columns));
    for (const Row& row : rows) {
        std::vector<Cell> cells{{row.product()}};
        if (has_vendors)
            cells.push_back({row.vendor()});
        cells.insert(cells.end(), {{row.model()},
                                   {limited(row, row.owned())},
                                   {std::to_string(row.used())},
                                   {limited(row, row.free())},
                                   {std::to_string(row.needed())},
                                   {std::to_string(row.shortfall()),
                                    row.shortfall() > 0 ? Tone::alarm : Tone::plain},
                                   {std::to_string(row.downgrades())},
                                   {std::to_string(row.changes())},
                                   {std::to_string(row.requirements())},
                                   {std::to_string(row.unconfirmed())}});
        table.add(std::move(cells));
    }
    return text_or(table, "nothing is required, and no license covers requirements", is_colored);
}

Json compliance_json(const v1::Compliance& report)
{
    Json list = Json::array();
    for (const Row& row : report.rows()) {
        Json json{{"product", row.product()},
                  {"vendor", row.vendor()},
                  {"model", row.model()},
                  {"owned", limited_or_null(row, row.owned())},
                  {"used", row.used()},
                  {"free", limited_or_null(row, row.free())},
                  {"needed", row.needed()},
                  {"shortfall", row.shortfall()},
                  {"downgrades", row.downgrades()},
                  {"changes", row.changes()},
                  {"requirements", row.requirements()},
                  {"unconfirmed", row.unconfirmed()}};
        if (row.unlimited())
            json["unlimited"] = true;
        list.push_back(std::move(json));
    }
    return {{"products", std::move(list)}};
}

std::string compliance_csv(const v1::Compliance& report)
{
    std::string text =
        csv_line({"product", "vendor", "model", "owned", "unlimited", "used", "free", "needed",
                  "shortfall", "downgrades", "changes", "requirements", "unconfirmed"});
    for (const Row& row : report.rows())
        text += csv_line({csv_field(row.product()), csv_field(row.vendor()), csv_field(row.model()),
                          row.unlimited() ? "" : std::to_string(row.owned()),
                          row.unlimited() ? "true" : "false", std::to_string(row.used()),
                          row.unlimited() ? "" : std::to_string(row.free()),
                          std::to_string(row.needed()), std::to_string(row.shortfall()),
                          std::to_string(row.downgrades()), std::to_string(row.changes()),
                          std::to_string(row.requirements()), std::to_string(row.unconfirmed())});
    return text;
}

} // namespace usher::tools
