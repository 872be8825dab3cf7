#include "protocol/limits.hpp"
#include "tools/call.hpp"
#include "tools/printable.hpp"
#include "tools/refusal_text.hpp"
#include "tools/row_import.hpp"
#include "tools/table.hpp"
#include "tools/usher_verbs.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

/// Tables of other programs. Each is read twice: first it is judged here, then it is sent; and it
/// is put when all of it was kept.
namespace usher::tools {
namespace {

/// A long table is put in one turn: so long we wait for it at least.
constexpr std::chrono::seconds put_time(60);

struct Import {
    std::string file;
    bool is_dry_run = false;
    bool skips_bad = false;
};

CLI::Option* add_import(CLI::App& options, Import& asked)
{
    CLI::Option* const file =
        options.add_option("FILE", asked.file, "The table, as CSV with a header")->required();
    options.add_flag("--skip-bad", asked.skips_bad, "Import the others where some rows are bad");
    options.add_flag("--dry-run", asked.is_dry_run, "Only say whether it could be imported");
    return file;
}

std::ifstream opened(const std::string& file)
{
    std::error_code none;
    const auto kind = std::filesystem::status(file, none);
    if (std::filesystem::exists(kind) && !std::filesystem::is_regular_file(kind))
        throw Fault(printable(file) + " is no regular file",
                    {"it is read twice, so put it into a file first"}, Fault::Kind::usage);
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw Fault("cannot read " + printable(file) + ": " + std::strerror(errno), {});
    return in;
}

CsvReader table_in(std::istream& in, const std::string& file)
{
    CsvReader table(in);
    if (!table.header().objection.empty())
        throw Fault(printable(file) + " " + table.header().objection,
                    {"it must be a CSV table whose first line names the columns"});
    return table;
}

/// As far as can be seen without reading it.
struct Stamp {
    explicit Stamp(const std::string& file)
        : bytes(std::filesystem::file_size(file)), written(std::filesystem::last_write_time(file))
    {}

    std::uintmax_t bytes;
    std::filesystem::file_time_type written;

    friend bool operator==(const Stamp&, const Stamp&) = default;
};

v1::RequirementAdd& message_in(v1::Operate& operate, const RequirementRows&)
{
    return *operate.mutable_requirement_add();
}

v1::PartyPrincipal& message_in(v1::Operate& operate, const PrincipalRows&)
{
    return *operate.mutable_party_principal();
}

template <class Rows>
auto asker(Call& call, const Rows& rows)
{
    return [&call, &rows](const typename Rows::Message& some) -> std::optional<RowRefusal> {
        v1::Operate operate;
        message_in(operate, rows) = some;
        try {
            static_cast<void>(call.operate(std::move(operate)));
            return std::nullopt;
        } catch (const Refused& no) {
            if (!no.refused().has_row())
                throw;
            return RowRefusal{static_cast<std::size_t>(no.refused().row()), no.refused().code(),
                              headline_of(no.refused())};
        }
    };
}

std::string count_of_rows(std::size_t count)
{
    return std::to_string(count) + (count == 1 ? " row" : " rows");
}

void tell_bad(const Call& call, const BadRows& bad)
{
    for (const auto& [line, why] : bad.told())
        call.terminal().warning("line " + std::to_string(line) + ": " + why);
    if (bad.count() > bad.told().size())
        call.terminal().warning("and " + std::to_string(bad.count() - bad.told().size()) +
                                " more bad rows");
}

Json json_of(const Checked& checked)
{
    Json told = Json::array();
    for (const auto& [line, why] : checked.bad.told())
        told.push_back({{"line", line}, {"text", why}});
    return {{"rows", checked.rows},
            {"repeated_rows", checked.repeated.size()},
            {"bad_rows", checked.bad.count()},
            {"bad", std::move(told)}};
}

std::string left_out(const Checked& checked)
{
    std::string text;
    if (!checked.repeated.empty())
        text += ", " + std::to_string(checked.repeated.size()) + " repeated";
    if (checked.bad.count() > 0)
        text += ", " + std::to_string(checked.bad.count()) + " left out";
    return text;
}

/// What was kept is forgotten with our connection.
int give_up(const Call& call, const Import& asked, const Checked& checked)
{
    const std::string sentence =
        printable(asked.file) + ": " +
        (checked.is_whole ? count_of_rows(checked.bad.count()) + " cannot be imported"
                          : "what follows the last of these lines cannot be told apart") +
        "; nothing was imported";
    const std::string cure =
        checked.is_whole ? "mend them, or leave them out: --skip-bad" : "mend that line";
    call.terminal().error(sentence);
    call.terminal().hint(cure);
    Json json = json_of(checked);
    json["failed"] = {{"text", sentence}, {"cures", {cure}}};
    call.print(json, {});
    return 1;
}

template <class Rows>
std::vector<std::uint64_t> keep(Call& call, const std::string& file, const Rows& rows,
                                Checked& checked)
{
    std::ifstream in = opened(file);
    CsvReader table = table_in(in, file);
    return keep_rows(table, rows, checked, asker(call, rows));
}

template <class Rows, class Words>
int import_rows(Call& call, const Import& asked, const Words& words)
{
    std::ifstream in = opened(asked.file);
    const Stamp before(asked.file);
    CsvReader table = table_in(in, asked.file);
    const Rows rows(words, table.header());
    Checked checked = check_rows(table, rows);
    if (in.bad())
        throw Fault("cannot read " + printable(asked.file) + " to its end", {});
    const std::vector<std::uint64_t> kept = keep(call, asked.file, rows, checked);
    tell_bad(call, checked.bad);
    if (!checked.is_whole || (checked.bad.count() > 0 && !asked.skips_bad))
        return give_up(call, asked, checked);
    if (Stamp(asked.file) != before)
        throw Fault("the table was changed while it was read", {"import it again"});
    if (!kept.empty()) {
        typename Rows::Message all;
        all.set_dry_run(asked.is_dry_run);
        call.daemon().wait_at_least(put_time);
        put_rows(std::move(all), kept, asker(call, rows));
    }
    Json json{{"done", !asked.is_dry_run}};
    json.update(json_of(checked));
    call.print(json, (asked.is_dry_run ? count_of_rows(checked.rows) + " would be imported"
                                       : "imported " + count_of_rows(checked.rows)) +
                         left_out(checked) + "\n");
    return 0;
}

/// Whose devices are, in parts as the daemon gives them.
int list_principals(Call& call, bool is_csv)
{
    Json list = Json::array();
    Table table({{"DEVICE"}, {"USER"}});
    std::string csv = csv_line({"device", "user"});
    std::string after;
    do {
        v1::Operate operate;
        operate.mutable_principal_list()->set_after(after);
        const v1::Operated part = call.operate(std::move(operate));
        for (const v1::PrincipalList::Row& row : part.principal_list().rows())
            if (call.is_json())
                list.push_back({{"device", row.device()}, {"user", row.user()}});
            else if (is_csv)
                csv += csv_line({csv_field(row.device()), csv_field(row.user())});
            else
                table.add({{row.device()}, {row.user()}});
        after = part.principal_list().after();
    } while (!after.empty());
    call.print({{"principals", list}},
               call.is_json() ? ""
               : is_csv       ? csv
                        : text_or(table, "no device has a principal user", call.is_colored()));
    return 0;
}

} // namespace

int requirement_import(Call& call)
{
    Import asked;
    RequirementWords words{.source = "import"};
    CLI::App& options = call.options();
    add_import(options, asked);
    const auto column = [&](const char* name, std::string& value, const char* help) {
        return options.add_option(name, value, help)->type_name("COLUMN");
    };
    CLI::Option* const product_column =
        column("--product-column", words.product_column, "Where the product stands");
    options.add_option("--product", words.product, "All rows are of this product")
        ->type_name("PRODUCT")
        ->excludes(product_column);
    options.add_option("--vendor", words.vendor, "Of the products, where several have one")
        ->type_name("VENDOR");
    CLI::Option* const device = column("--device-column", words.device_column, "Who needs a right");
    column("--user-column", words.user_column, "The same, of users")->excludes(device);
    column("--number-column", words.number_column, "How many rights; 1");
    options
        .add_option("--model", words.model,
                    "For whom rights are asked, device or user; else as of each product")
        ->check(CLI::IsMember({"device", "user"}))
        ->type_name("MODEL");
    options.add_option("--source", words.source, "Who says so; import")->type_name("SOURCE");
    options.add_flag("--unconfirmed", words.is_unconfirmed,
                     "Asks for nothing before it is confirmed");
    call.parse();
    if (words.product.empty() && words.product_column.empty())
        throw Fault("of which product?", {"--product-column COLUMN", "--product PRODUCT for all"},
                    Fault::Kind::usage);
    if (words.device_column.empty() && words.user_column.empty())
        throw Fault("who needs it?", {"--device-column COLUMN", "--user-column COLUMN"},
                    Fault::Kind::usage);
    if (words.source.empty() || words.source.size() > protocol::source_bytes_max)
        throw Fault("--source: is not 1 to 64 bytes", {"leave it out: import"}, Fault::Kind::usage);
    return import_rows<RequirementRows>(call, asked, words);
}

int party_principals(Call& call)
{
    Import asked;
    PrincipalWords words;
    bool is_csv = false;
    CLI::App& options = call.options();
    add_import(options, asked)->required(false);
    options.add_option("--device-column", words.device_column, "Where the device stands")
        ->type_name("COLUMN");
    options.add_option("--user-column", words.user_column, "Whose it is")->type_name("COLUMN");
    options.add_flag("--csv", is_csv, "Without FILE: for a spreadsheet");
    call.parse();
    if (asked.file.empty())
        return list_principals(call, is_csv);
    if (words.device_column.empty() || words.user_column.empty())
        throw Fault("which columns are it?",
                    {"--device-column COLUMN --user-column COLUMN; without FILE it is listed whose "
                     "devices are"},
                    Fault::Kind::usage);
    return import_rows<PrincipalRows>(call, asked, words);
}

} // namespace usher::tools
